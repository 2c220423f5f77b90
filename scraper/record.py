"""The records: what we know about one article, validated, with where each field came from.

`Article` is one line of `records.jsonl`, `Failure` one line of `failures.jsonl`.  Both are frozen
and strict; their JSON
Schemas in `schemas/` are generated from here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

SCHEMA_VERSION: Final = 1

_RUN_BEGAN: Final = re.compile(r"\d{8}T\d{6}Z")
"""How a run's id begins."""

WARNINGS: Final = {
    "load_timeout": "the page never finished loading and was read at the deadline",
    "load_limited": "the page asked for more than one page may; the rest was refused",
    "ready_missing": "what the recipe's `ready` waits for did not come; the page was read without",
    "action_missing": "a node that the recipe's `actions` click, fill or wait for did not come",
    "unsettled": "the page still changed, or waited for an answer, when it was read",
    "layout_surprise": "the page looks like none of the recipe's versions that its date allows",
    "published.zone_assumed": "the date has a time without a zone; UTC was assumed",
    "body.empty": "the page says what it is about, but no body was found",
    "expect.body_chars_min": "the body is shorter than the recipe expects",
    "expect.<field>.min_length": "the value has fewer characters or items than the recipe expects",
    "expect.<field>.pattern": "the value is not of the form that the recipe expects",
    "cut.<field>": "the value was too long and was cut",
    "cut.blocks": "the page has more than 100,000 elements; the body is from the first of them",
    "url.unknown": "the address given for a saved page is none of the web's",
}
"""What may stand in a record's `warnings`, and what it means."""


class Model(BaseModel):
    """Frozen, strict, no unknown keys."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Heading(Model):
    """A heading of the body."""

    type: Literal["heading"] = "heading"
    level: int = Field(ge=1, le=6, description="1 to 6, as h1 to h6; 3 for an inferred heading")
    text: str
    inferred: bool = Field(
        default=False,
        description="a paragraph that is only bold text; it stands in `paragraphs` too",
    )


class Paragraph(Model):
    """Running text."""

    type: Literal["paragraph"] = "paragraph"
    text: str


class ListItem(Model):
    """One item; nested lists are flattened in reading order."""

    text: str
    depth: int = Field(default=0, ge=0, description="0 for the outermost list")


class ListBlock(Model):
    """A bulleted or numbered list."""

    type: Literal["list"] = "list"
    ordered: bool = False
    items: tuple[ListItem, ...]


class Quote(Model):
    """A block quotation."""

    type: Literal["quote"] = "quote"
    paragraphs: tuple[str, ...]


class Code(Model):
    """Preformatted code, white space kept."""

    type: Literal["code"] = "code"
    text: str
    language: str | None = None


class Table(Model):
    """Cells' texts, row by row; the first row is the head when `header` is true."""

    type: Literal["table"] = "table"
    rows: tuple[tuple[str, ...], ...]
    header: bool = False
    caption: str | None = None


class ImageBlock(Model):
    """Where a picture stands; its details are in `images` at `image`."""

    type: Literal["image"] = "image"
    image: int = Field(ge=0, description="index into the record's `images`")


class Embed(Model):
    """A video or another embedded page."""

    type: Literal["embed"] = "embed"
    kind: Literal["video", "audio", "embed"]
    url: str
    title: str | None = None


Block = Annotated[
    Heading | Paragraph | ListBlock | Quote | Code | Table | ImageBlock | Embed,
    Field(discriminator="type"),
]


class Media(Model):
    """A stored picture."""

    path: str = Field(description="below the collection: media/ab/<sha256>.<ext>")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)
    mime: str = Field(description="by the file's signature, not by what the server said")
    width: int | None = Field(
        default=None, description="real width in pixels, null when the format does not tell"
    )
    height: int | None = None


class MediaFailure(Model):
    """Why a picture has no bytes."""

    code: str = Field(description="a failure code, media.disabled, media.opt_out or media.missing")
    message: str


class Image(Model):
    """A picture of the body (or the lead image)."""

    url: str
    alt: str | None = None
    title: str | None = None
    caption: str | None = None
    width: int | None = Field(default=None, description="declared by the page, in CSS pixels")
    height: int | None = None
    position: int | None = Field(
        default=None, description="index of its block in `blocks`; null for a lead image outside"
    )
    media: Media | None = None
    media_failure: MediaFailure | None = Field(
        default=None, description="set when `media` is null after a crawl"
    )


class Link(Model):
    """A link inside the body."""

    url: str
    text: str


class RecipeRef(Model):
    """Which recipe made the record."""

    id: str
    revision: int
    version: str = Field(
        description="id of the dated version that was chosen; empty for a page that the recipe's "
        "verdict refused before"
    )
    hash: str = Field(description="SHA-256 of the recipe file, first 16 hex digits")


class Mentioned(Model):
    """What a place that led to the page says of a field."""

    candidate: str = Field(description="feed:, sitemap:, list: or seeds: with the field's name")
    raw: str = Field(description="as it stood there, at most 500 characters")


class Provenance(Model):
    """Where a field's value came from."""

    candidate: str = Field(
        description="e.g. css:#dt h1, meta:og:title, jsonld:headline, visible:byline"
    )
    index: int | None = Field(
        default=None, description="which candidate of the recipe's list, from 0"
    )
    xpath: str | None = Field(
        default=None, description="the node in the stored page; null when there is none"
    )
    raw: str | None = Field(
        default=None,
        description="the text before transforms and parsing, several with | between, at most 500 "
        "characters",
    )
    also: tuple[Mentioned, ...] = Field(
        default=(), description="what led to the page says this of the field; it was not needed"
    )


class Rendering(Model):
    """Why the page was rendered, or was not."""

    reason: str = Field(description="a code; docs/rendering.md lists them")
    doubts: tuple[str, ...] = Field(
        default=(), description="what spoke against the static page; codes of docs/rendering.md"
    )
    layout: str | None = Field(
        default=None, description="which layout of its host the page has; null when nobody asked"
    )


class ArchiveEntry(Model):
    """A whole record in a WARC file."""

    file: str = Field(description="below the collection: archive/<name>.warc.gz")
    offset: int = Field(ge=0)
    length: int = Field(ge=0)
    digest: str = Field(description="of the payload, as in the WARC header: sha256:<hex>")


class Archive(Model):
    """Where the page this record was made from is kept."""

    document: ArchiveEntry | None = None
    dom: ArchiveEntry | None = None
    screenshot: ArchiveEntry | None = Field(
        default=None, description="a picture of the whole page (WebP), when one was asked for"
    )
    metadata: ArchiveEntry | None = Field(
        default=None, description="the fetch's own facts, as JSON"
    )


class Piece(Model):
    """Text that stayed, went or came."""

    kind: Literal["same", "gone", "new"]
    text: str


class Change(Model):
    """How something in the revision before became what it is now."""

    field: str = Field(
        description="a field's name; `text` for one passage of the body; `pictures` for addresses"
    )
    pieces: tuple[Piece, ...] = Field(description="in order, the old text turning into the new one")


class Gone(Model):
    """The page is no more, as visit after visit found."""

    code: str = Field(description="of the failures that said so: http.404, http.410, verdict.gone")
    since: AwareDatetime = Field(description="when it was first found gone")
    confirmed: AwareDatetime
    visits: int = Field(ge=1, description="in a row, that found it gone")


class Article(Model):
    """One article, as one line of records.jsonl."""

    schema_version: Literal[1] = SCHEMA_VERSION
    id: str = Field(
        description="<site>:<recipe id>, else <host>:<16 hex of SHA-256 of the canonical URL>, the "
        "host with its port unless it is the scheme's own"
    )
    url: str = Field(description="as it was asked for")
    final_url: str = Field(description="after redirects")
    canonical_url: str = Field(
        description="the recipe's form, else rel=canonical of the same site, else final_url"
    )
    site: str = Field(
        description="the recipe's site id, else the registrable domain, without a port"
    )
    kind: str = "article"
    title: str | None = None
    published: AwareDatetime | None = None
    published_raw: str | None = Field(default=None, description="as the page had it")
    published_precision: Literal["day", "minute", "second"] | None = None
    published_zone: Literal["page", "recipe", "assumed"] | None = Field(
        default=None, description="who said the time zone; assumed is UTC and comes with a warning"
    )
    modified: AwareDatetime | None = None
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    source: str | None = Field(default=None, description="the publisher or agency the page names")
    language: str | None = Field(default=None, description="BCP 47")
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    description: str | None = None
    lead_image: Image | None = None
    blocks: tuple[Block, ...] = Field(default=(), description="the body in reading order")
    paragraphs: tuple[str, ...] = Field(
        default=(),
        description=(
            "texts of paragraphs, list items, quotes and inferred headings in order; h1 to "
            "h6 are not in it"
        ),
    )
    text: str = Field(
        default="",
        description="the whole body as plain text with captions, an empty line between blocks",
    )
    html: str = Field(
        default="",
        description="the body's HTML: absolute URLs, no event handlers, scripts or lazy markup",
    )
    images: tuple[Image, ...] = ()
    links: tuple[Link, ...] = ()
    extra: dict[str, Any] = Field(default_factory=dict, description="the recipe's own fields")
    fetched_at: AwareDatetime | None = Field(
        default=None, description="null for a file whose time nobody knows"
    )
    status: int = Field(description="HTTP status of the document; 0 for a file")
    rendered_with: Literal["browser", "http", "file"]
    rendering: Rendering | None = Field(
        default=None, description="why it was rendered, or was not; null outside a crawl"
    )
    run: str | None = Field(
        default=None, description="the run that made it; null outside a collection"
    )
    revision: int = Field(default=1, ge=1)
    previous: int | None = Field(
        default=None, description="the revision before this one; null for the first"
    )
    changes: tuple[Change, ...] = Field(
        default=(),
        description="from the revision before to this one; of the body each passage that changed",
    )
    gone: Gone | None = Field(
        default=None,
        description="set when the page is no more: all else is its last good copy",
    )
    derived_from: int | None = Field(
        default=None,
        description="the revision whose kept page this one was derived from, offline, with other "
        "rules; null when the page was fetched for it",
    )
    content_hash: str = Field(
        pattern=r"^[0-9a-f]{64}$", description="of title, published, authors, blocks, picture URLs"
    )
    opt_out: tuple[str, ...] = Field(
        default=(),
        description="what the page asks of robots: noindex, nofollow, noarchive, noai, "
        "tdm-reservation, …; docs/manners.md says what is done about it",
    )
    recipe: RecipeRef | None = Field(
        default=None, description="null when the generic extractor made it"
    )
    provenance: dict[str, Provenance] = Field(default_factory=dict)
    archive: Archive | None = None
    warnings: tuple[str, ...] = Field(
        default=(), description="what was odd; docs/failures.md lists the codes"
    )

    @property
    def recorded_at(self) -> datetime | None:
        """When its collection came to know it: as it was fetched, or, when that was long before,
        the second in which its run began."""
        began = _RUN_BEGAN.match(self.run or "")
        moment = datetime.strptime(began[0], "%Y%m%dT%H%M%S%z") if began else None
        return max(filter(None, (self.fetched_at, moment)), default=None)

    def is_known_at(self, moment: datetime) -> bool:
        """Whether its collection knew it then, as far as is known."""
        at = self.recorded_at
        return at is None or at <= moment

    def picture_urls(self) -> list[str]:
        """Addresses of the body's pictures and the lead image, each once, in reading order."""
        lead = [self.lead_image.url] if self.lead_image else []
        return list(dict.fromkeys([image.url for image in self.images] + lead))

    def with_media(self, fetched: Mapping[str, Media | MediaFailure]) -> Article:
        """The same record with what became of its pictures, by address; others are left alone."""

        def settle(image: Image) -> Image:
            result = fetched.get(image.url)
            if result is None:
                return image
            stored = result if isinstance(result, Media) else None
            failure = result if isinstance(result, MediaFailure) else None
            return image.model_copy(update={"media": stored, "media_failure": failure})

        lead = settle(self.lead_image) if self.lead_image else None
        images = tuple(settle(image) for image in self.images)
        return self.model_copy(update={"images": images, "lead_image": lead})


class Failure(Model):
    """One URL that did not become a record, as one line of failures.jsonl."""

    schema_version: Literal[1] = SCHEMA_VERSION
    url: str
    final_url: str | None = None
    code: str = Field(description="stable; docs/failures.md lists them")
    message: str = Field(description="one sentence")
    status: int | None = None
    attempts: int = Field(ge=0)
    run: str | None = None
    at: AwareDatetime
    recipe: RecipeRef | None = Field(
        default=None, description="the one that judged the page; null when none came to that"
    )
    field: str | None = Field(
        default=None, description="of field.missing: the one that the recipe did not find"
    )
    archive: Archive | None = Field(
        default=None,
        description="where the page is kept, when what it says is why: to mend what reads it",
    )


def content_hash(
    title: str | None,
    published: datetime | None,
    authors: Iterable[str],
    blocks: Iterable[Model],
    picture_urls: Iterable[str],
) -> str:
    """SHA-256 (hex) over canonical JSON: sorted keys, no spaces, UTF-8, the instant in UTC."""
    value = {
        "title": title,
        "published": published.astimezone(UTC).isoformat() if published else None,
        "authors": list(authors),
        "blocks": [block.model_dump(mode="json") for block in blocks],
        "pictures": list(picture_urls),
    }
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def to_json_line(record: Article | Failure) -> bytes:
    """One line with its newline.  orjson escapes control characters; U+2028 and U+0085 are escaped
    here, because many
    line readers take them for line ends."""
    line = orjson.dumps(record.model_dump(mode="json"))
    for char in ("\u2028", "\u2029", "\u0085"):
        line = line.replace(char.encode(), b"\\u%04x" % ord(char))
    return line + b"\n"
