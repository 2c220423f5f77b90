"""A data set ready to publish: Parquet and JSONL in splits, a card, checksums, Croissant metadata.

    data/<split>-00000.parquet      what Hugging Face `datasets`, DuckDB and others load
    jsonl/<split>-00000.jsonl.gz    the same rows as lines
    media/                          the pictures that rows name, unless --media says otherwise
    README.md croissant.json SHA256SUMS

Near-duplicates have one `cluster` and stand in one split, so that no test is known from training.
"""

from __future__ import annotations

import gzip
import hashlib
import io
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import IO, Final

import orjson
import pyarrow as pa

from scraper.record import Article
from scraper.view.card import Facts, Profile, card, read_profile
from scraper.view.columns import column_names, row, row_key, schema
from scraper.view.croissant import croissant
from scraper.view.exporter import Source, Wish
from scraper.view.folder import View
from scraper.view.shards import Form, Row, Shards, parquet
from scraper.view.similar import Clusters

COLUMNS: Final = (
    "id url canonical_url site kind title published modified authors editors source language "
    "categories tags description text blocks images lead_image links extra fetched_at revision "
    "content_hash opt_out warnings"
).split()
CLUSTERS: Final = (
    pa.field(
        "cluster",
        pa.string(),
        metadata={"description": "near-duplicates have one: the id of the first of them"},
    ),
    pa.field(
        "cluster_size", pa.int64(), metadata={"description": "how many records are in the cluster"}
    ),
)


@dataclass(frozen=True, slots=True)
class _Member:
    """What is known of a record before its row is written."""

    stamp: bytes
    cluster: str
    size: int
    split: str


def export(source: Source, view: View, wish: Wish) -> None:
    """Raises UsageError for a profile that is none."""
    names = list(dict.fromkeys(["id", *column_names(wish.fields, COLUMNS)]))
    profile = read_profile(wish.profile, source.name)
    total = hashlib.sha256(wish.stamp(source.name))
    for article in source.articles():
        total.update(wish.stamp_of(article))
    if view.is_whole(total.digest()):
        return
    members = _members(source, wish, profile)
    columns = schema(names, CLUSTERS)
    forms = [parquet(columns, "data/"), Form("jsonl/", "jsonl.gz", _Lines)]
    facts = Facts(wish.maker, columns)
    with ExitStack() as stack:
        shards = {
            split: stack.enter_context(Shards(view, split, stamps, forms, size=profile.shard))
            for split in profile.splits
            if (stamps := {key: one.stamp for key, one in members.items() if one.split == split})
        }
        for article in source.articles():
            # A crawl may add records meanwhile: they are for the next export.
            member = members.get(key := row_key(article))
            if member is None:
                continue
            shards[member.split].add(key, partial(_row, article, member, names))
            facts.add(article, member.split, first=member.cluster == article.id)
            if wish.pictures == "local":
                _pictures(article, source, view)
    paths = [path for one in shards.values() for path in one.paths if path.startswith("data/")]
    sums = dict(view.sums())
    _text(view, "croissant.json", croissant(profile, facts, {path: sums[path] for path in paths}))
    _text(view, "README.md", card(profile, facts))
    listed = (f"{sha}  {path}\n" for path, sha in view.sums() if path != "SHA256SUMS")
    _text(view, "SHA256SUMS", "".join(listed).encode())


def _members(source: Source, wish: Wish, profile: Profile) -> dict[str, _Member]:
    """By the keys of their rows, in the order of the collection."""
    clusters = Clusters()
    keys, ids, stamps = [], [], []
    for article in source.articles():
        clusters.add(article.text)
        keys.append(row_key(article))
        ids.append(article.id)
        stamps.append(wish.stamp_of(article))
    firsts = [clusters.first(number) for number in range(len(keys))]
    sizes, members = Counter(firsts), {}
    for key, stamp, first in zip(keys, stamps, firsts, strict=True):
        cluster, size = ids[first], sizes[first]
        split = profile.split_of(cluster)
        mark = hashlib.sha256(stamp + f"{cluster} {size}".encode()).digest()
        members[key] = _Member(mark, cluster, size, split)
    return members


def _row(article: Article, member: _Member, names: Sequence[str]) -> Row:
    return row(article, names) | {"cluster": member.cluster, "cluster_size": member.size}


def _pictures(article: Article, source: Source, view: View) -> None:
    lead = [article.lead_image] if article.lead_image else []
    for media in (image.media for image in (*article.images, *lead) if image.media):
        path = source.picture(media)
        stamp = bytes.fromhex(media.sha256)
        if path and not view.has(media.path, stamp):
            view.put(media.path, stamp, {media.path: path})


def _text(view: View, path: str, data: bytes) -> None:
    stamp = hashlib.sha256(data).digest()
    if not view.has(path, stamp):
        view.put(path, stamp, {path: data})


class _Lines:
    """JSON Lines, gzip without a time, so that the same rows are the same bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._packed = gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0)

    def write(self, rows: list[Row]) -> None:
        lines = io.BytesIO()
        for one in rows:
            lines.write(orjson.dumps(one) + b"\n")
        self._packed.write(lines.getvalue())

    def close(self) -> None:
        self._packed.close()
