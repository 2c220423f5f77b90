"""A recipe: a site's inert YAML, validated."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from scraper.recipe.discovery import Discovery
from scraper.recipe.fetching import Action, FetchRule
from scraper.recipe.fields import Candidate, Extra, Fields, NodeCandidate
from scraper.recipe.part import (
    Charset,
    Css,
    Day,
    Name,
    Part,
    Selectors,
    Template,
    Texts,
    UrlText,
    Zone,
)
from scraper.recipe.url_pattern import template_names, url_pattern

BlockKind = Literal[
    "heading", "paragraph", "list", "quote", "code", "table", "image", "video", "embed"
]


class Site(Part):
    """Who the site is; `timezone` holds where a page gives a time without its zone."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
    name: str
    home: UrlText
    language: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{2,35}$")] | None = None
    timezone: Zone | None = None
    charset: Charset | None = Field(
        default=None, description="where the pages' own word is wrong; not for rendered pages"
    )


class IdRule(Part):
    """An article's id out of the address: the placeholders `join`ed."""

    join: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    pad: Annotated[tuple[Annotated[int, Field(ge=0, le=18)], ...], Field(strict=False)] = Field(
        default=(), description="the width of each part, filled with zeros; 0 for as it is"
    )
    as_: Literal["text", "int"] = Field(default="text", alias="as")

    @model_validator(mode="after")
    def _pads(self) -> IdRule:
        if self.pad and len(self.pad) != len(self.join):
            raise ValueError("pad has one width for each name of join")
        return self

    def make(self, values: dict[str, str]) -> str:
        widths = self.pad or (0,) * len(self.join)
        text = "".join(
            values[name].zfill(width) for name, width in zip(self.join, widths, strict=True)
        )
        return str(int(text)) if self.as_ == "int" and text.isdigit() else text

    def undo(self, id: str) -> dict[str, str] | None:
        """The parts of an id, the first takes what is left (nothing is 0 when the id is a number);
        None when the widths do not tell."""
        if not id.isdigit():
            return None
        values: dict[str, str] = {}
        rest = id
        widths = self.pad or (0,) * len(self.join)
        for name, width in reversed(list(zip(self.join[1:], widths[1:], strict=True))):
            if not width:
                return None
            values[name], rest = rest[-width:].zfill(width), rest[:-width]
        if not rest and self.as_ != "int":
            return None
        values[self.join[0]] = rest or "0"
        return values


class MatchRule(Part):
    """Which addresses are what; among all that fit, the highest priority counts, then the order."""

    url: UrlText
    kind: Name = "article"
    id: IdRule | None = None
    canonical: Template | None = Field(
        default=None,
        description="without one, an article's form is that of the first rule that can undo its id",
    )
    fetch: Literal["asked", "canonical"] = Field(
        default="asked",
        description="where the page is fetched: at the address that was asked for, or at the "
        "article's canonical one instead (mobile pages, old addresses)",
    )
    priority: int = 0

    @model_validator(mode="after")
    def _known_names(self) -> MatchRule:
        names = url_pattern(self.url).names
        used = set(self.id.join if self.id else ()) | template_names(self.canonical or "")
        for name in sorted(used - names):
            raise ValueError(f"{{{name}}} is no placeholder of {self.url!r}")
        return self


class Verdict(Part):
    """What the page is when all conditions hold; without conditions it always holds."""

    is_: Name = Field(alias="is")
    status: Annotated[tuple[int, ...], Field(strict=False)] = ()
    has: Selectors = Field(default=(), description="each of these matches")
    lacks: Selectors = Field(default=(), description="none of these matches")
    url: Texts = Field(default=(), description="globs; the final address fits one of them")


class Probe(Part):
    """A question to the page's structure."""

    has: Css | None = None
    lacks: Css | None = None


class BodyPart(Part):
    """Where the body is and what stands in it that is not part of it."""

    root: Annotated[tuple[NodeCandidate, ...], Field(strict=False, min_length=1)]
    strip: Selectors = ()
    videos: Selectors = Field(default=(), description="links that stand for a video")
    blocks: Annotated[tuple[BlockKind, ...], Field(strict=False)] | None = Field(
        default=None, description="the kinds to keep; all when not given"
    )
    bold_only_paragraph_is_heading: bool = True
    required: bool = True


class Expectation(Part):
    """What good records of the site look like."""

    body_chars_min: int | None = Field(default=None, ge=0)
    coverage: dict[str, Annotated[float, Field(ge=0, le=1, strict=False)]] = Field(
        default={}, description="share of records that have a field of the version's, or `images`"
    )


class Version(Part):
    """The site as it was in a time, known by a date window and a probe."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
    extends: str | None = Field(
        default=None, description="a version whose parts hold where not given"
    )
    valid_from: Day | None = Field(default=None, description="first day, in the site's time zone")
    valid_until: Day | None = Field(default=None, description="first day no more")
    when: Probe | None = None
    fields: Fields = Fields()
    extra: Extra = Field(default={})
    body: BodyPart | None = None
    expect: Expectation = Expectation()

    @model_validator(mode="after")
    def _days(self) -> Version:
        for day in (self.valid_from, self.valid_until):
            if day:
                date.fromisoformat(day)
        return self

    def holds(self, day: date) -> bool:
        """The window holds the day."""
        text = day.isoformat()
        return (self.valid_from or "") <= text and (not self.valid_until or text < self.valid_until)


class Pages(Part):
    """An article on several pages, which become one record."""

    next: Candidate = Field(description="the address of the next page")
    max: int = Field(default=20, ge=2, le=200, description="of pages; what follows is left out")


class Recipe(Part):
    """One site."""

    recipe: Literal[1] = Field(description="version of this format")
    site: Site
    revision: int = Field(ge=1, description="count it up with each change; records name it")
    maintainer: str | None = None
    license: str | None = None
    note: str | None = Field(default=None, description="e.g. what the site's owner wishes")
    match: Annotated[tuple[MatchRule, ...], Field(strict=False, min_length=1)]
    fetch: FetchRule = FetchRule()
    verdicts: Annotated[tuple[Verdict, ...], Field(strict=False)] = ()
    versions: Annotated[tuple[Version, ...], Field(strict=False, min_length=1)]
    discover: Annotated[tuple[Discovery, ...], Field(strict=False)] = ()
    actions: Annotated[tuple[Action, ...], Field(strict=False, max_length=20)] = ()
    pages: Pages | None = None

    @model_validator(mode="after")
    def _sound(self) -> Recipe:
        if self.actions and self.fetch.render == "http":
            raise _fault(("actions",), "actions need the browser, and fetch says render: http")
        for index, version in enumerate(self.versions):
            if any(other.id == version.id for other in self.versions[:index]):
                raise _fault(("versions", index, "id"), f"a second version {version.id!r}")
            self._line(version, index)
        for index, version in enumerate(self.whole_versions):
            fields = {*version.fields.declared(), *(f"extra.{name}" for name in version.extra)}
            for name in sorted(version.expect.coverage.keys() - fields - {"images"}):
                at = ("versions", index, "expect", "coverage", name)
                raise _fault(at, f"the version has no rule for {name!r}: it is not watched")
        return self

    def _line(self, version: Version, index: int = 0) -> list[Version]:
        """The version, what it extends, and so on."""
        line = [version]
        while (name := line[-1].extends) is not None:
            parent = next((other for other in self.versions if other.id == name), None)
            if parent is None or parent in line:
                problem = f"no version {name!r} to extend" if parent is None else "a circle"
                raise _fault(("versions", index, "extends"), problem)
            line.append(parent)
        return line

    @cached_property
    def whole_versions(self) -> tuple[Version, ...]:
        """The versions with all they inherit: fields and extra by name, body and probes as a whole,
        expectations by key.  Dates and probes are each version's own."""
        return tuple(self._whole(version) for version in self.versions)

    def _whole(self, version: Version) -> Version:
        fields: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        expect: dict[str, Any] = {}
        body = None
        for part in reversed(self._line(version)):
            fields |= part.fields.declared()
            extra |= part.extra
            expect |= {name: getattr(part.expect, name) for name in part.expect.model_fields_set}
            body = part.body or body
        return version.model_copy(
            update={
                "fields": Fields().model_copy(update=fields),
                "extra": extra,
                "expect": Expectation().model_copy(update=expect),
                "body": body,
            }
        )


def _fault(at: tuple[str | int, ...], problem: str) -> PydanticCustomError:
    """A fault at a place below the part that is being checked."""
    return PydanticCustomError("recipe_fault", "{problem}", {"problem": problem, "at": at})
