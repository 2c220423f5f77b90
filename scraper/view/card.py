"""The card of a data set: what is in it, where it came from, under which terms.

<https://huggingface.co/docs/hub/datasets-cards>.  Importing this needs the library `pyarrow` (the
extra `datasets`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scraper.errors import UsageError
from scraper.record import Article
from scraper.view.front_matter import front_matter
from scraper.view.plain import plain

_SHOWN: Final = 50
_SIZES: Final = {1_000: "n<1K", 10_000: "1K<n<10K", 100_000: "10K<n<100K", 10**6: "100K<n<1M"}
_TERMS: Final = (
    "The texts and pictures belong to their publishers and authors; that they are in this data set "
    "gives nobody a right to them. Before you publish or train on them, make sure that you may."
)

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_]*$")]


class Profile(BaseModel):
    """What the pages do not say: the keys of --profile."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str | None = None
    description: str | None = None
    licence: str = Field(default="unknown", description="SPDX identifier or address")
    homepage: str | None = None
    contact: str | None = Field(default=None, description="whom to ask for removal")
    terms: str = _TERMS
    splits: dict[Name, Annotated[float, Field(gt=0)]] = Field(
        default={"train": 0.9, "validation": 0.05, "test": 0.05}, min_length=1
    )
    shard: int = Field(default=10_000, ge=1, description="rows of a file")

    def split_of(self, id: str) -> str:
        """Always the same for one id, whatever else is in the set."""
        digest = int.from_bytes(hashlib.sha256(id.encode()).digest()[:8])
        place = digest / 2**64 * sum(self.splits.values())
        for name, share in self.splits.items():
            place -= share
            if place < 0:
                return name
        return name


def read_profile(values: Mapping[str, Any], collection: str) -> Profile:
    """Raises UsageError naming the key."""
    try:
        return Profile.model_validate({"name": collection} | dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "profile"
        raise UsageError(f"profile: {place}: {first['msg']}") from error


class Facts:
    """Counts over the records of a data set."""

    def __init__(self, maker: str, columns: pa.Schema) -> None:
        self.maker, self.columns = maker, columns
        self.splits: Counter[str] = Counter()
        self.sites: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.opt_outs: Counter[str] = Counter()
        self.total = self.distinct = self.characters = self.pictures = 0
        self.published: list[datetime] = []
        self.fetched: list[datetime] = []

    def add(self, article: Article, split: str, *, first: bool) -> None:
        self.total += 1
        self.distinct += first
        self.splits[split] += 1
        self.sites[article.site] += 1
        self.languages[article.language or "unknown"] += 1
        self.opt_outs.update(article.opt_out)
        self.characters += len(article.text)
        self.pictures += sum(1 for image in article.images if image.media)
        self.published = _widened(self.published, article.published)
        self.fetched = _widened(self.fetched, article.fetched_at)


def card(profile: Profile, facts: Facts) -> bytes:
    """README.md."""
    title = profile.title or profile.name
    parts = [
        f"# {plain(title)}",
        profile.description or "Articles of the web, one a row, with where each came from.",
        _counts(facts),
        "## Loading\n\n```python\nfrom datasets import load_dataset\n\n"
        'load_dataset("path/to/this/folder", split='
        f'"{next(iter(facts.splits), "train")}")\n```\n\n'
        "```sql\nfrom 'data/*.parquet'  -- DuckDB\n```",
        f"## Splits\n\n{_table(('split', 'rows'), facts.splits.most_common())}\n\nNear-duplicates "
        "have one `cluster`, the id of the first of them, and stand in one split. They are found "
        "by MinHash over character 5-grams. Keep the rows where `cluster = id` to have each text "
        "once.",
        f"## Fields\n\n{_table(('field', 'type', 'meaning'), _fields(facts.columns))}",
        f"## Sources\n\n{_table(('site', 'rows'), facts.sites.most_common(_SHOWN))}"
        + (f"\n\nand {len(facts.sites) - _SHOWN} more." if len(facts.sites) > _SHOWN else ""),
        _terms(profile),
        _opt_outs(facts),
        "## Checking\n\n`sha256sum -c SHA256SUMS` checks every file; `croissant.json` describes "
        f"them ([Croissant](https://mlcommons.org/croissant/)). Made by {plain(facts.maker)}.",
    ]
    return (front_matter(_front(profile, facts)) + "\n" + "\n\n".join(parts) + "\n").encode()


def _front(profile: Profile, facts: Facts) -> dict[str, Any]:
    named = (name.partition("-")[0].lower() for name in facts.languages if name != "unknown")
    size = next((what for most, what in _SIZES.items() if facts.total < most), "n>1M")
    files = [{"split": name, "path": f"data/{name}-*.parquet"} for name in facts.splits]
    return {
        "pretty_name": profile.title or profile.name,
        "license": profile.licence.lower() if "://" not in profile.licence else "other",
        "language": sorted(set(named)),
        "size_categories": [size],
        "configs": [{"config_name": "default", "data_files": files}],
    }


def _counts(facts: Facts) -> str:
    rows = [
        ("records", f"{facts.total:,}"),
        ("without near-duplicates", f"{facts.distinct:,}"),
        ("characters of text", f"{facts.characters:,}"),
        ("stored pictures", f"{facts.pictures:,}"),
        ("sites", f"{len(facts.sites):,}"),
        ("languages", ", ".join(name for name, _ in facts.languages.most_common(_SHOWN))),
    ]
    for name, ends in (("published", facts.published), ("fetched", facts.fetched)):
        if ends:
            rows.append((name, f"{ends[0]:%Y-%m-%d} to {ends[1]:%Y-%m-%d}"))
    return _table(("", ""), rows)


def _terms(profile: Profile) -> str:
    lines = ["## Licence and removal", f"Licence: {plain(profile.licence)}. {profile.terms}"]
    lines.append(
        f"To have something removed, write to {plain(profile.contact)}, naming its `url`."
        if profile.contact
        else "To have something removed, ask whoever gave you this data set, naming its `url`."
    )
    if profile.homepage:
        lines.append(f"Homepage: {plain(profile.homepage)}")
    return "\n\n".join(lines)


def _opt_outs(facts: Facts) -> str:
    asked = _table(("asked", "rows"), facts.opt_outs.most_common(_SHOWN))
    return "## What pages asked of robots\n\n" + (
        "A page or its server asked for this. The column `opt_out` tells which: leave out those "
        f"whose wish your use would not respect.\n\n{asked}"
        if facts.opt_outs
        else "No page asked not to be used."
    )


def _fields(columns: pa.Schema) -> list[tuple[str, str, str]]:
    comments = [(one.metadata or {}).get(b"description", b"").decode() for one in columns]
    return [(one.name, _short(one.type), said) for one, said in zip(columns, comments, strict=True)]


def _short(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"list of {_short(kind.value_type)}"
    if pa.types.is_struct(kind):
        return "struct"
    return "timestamp, UTC" if pa.types.is_timestamp(kind) else str(kind)


def _table(head: tuple[str, ...], rows: Any) -> str:
    cells = [head, tuple("---" for _ in head)]
    cells += [tuple(plain(f"{one:,}" if isinstance(one, int) else one) for one in r) for r in rows]
    return "\n".join(f"| {' | '.join(one)} |" for one in cells)


def _widened(ends: list[datetime], at: datetime | None) -> list[datetime]:
    return [min([*ends[:1], at]), max([*ends[1:], at])] if at else ends
