"""`scraper extract --batch`: many saved pages, on all cores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Literal

import orjson

from scraper.errors import UsageError
from scraper.extraction import extract
from scraper.recipe import Recipes
from scraper.record import Article
from scraper.workers import Workers

Task = dict[str, Any]
Line = dict[str, Any]


def extract_batch(
    html_dir: Path,
    manifest: Path,
    out: Path,
    *,
    recipes: Sequence[Path] = (),
    jobs: int | None = None,
) -> tuple[int, int]:
    """Write one line for each page of the manifest, in its order; how many pages, and how many of
    them failed.  Raises UsageError for a manifest that cannot be read."""
    pages = failed = 0
    workers = Workers(_extract_page, _failed, recipes=recipes, jobs=jobs)
    with _opened(manifest, "rb") as source, _opened(out, "wb") as lines:
        for line in workers.lines(_tasks(html_dir, manifest, source)):
            lines.write(orjson.dumps(line) + b"\n")
            pages += 1
            failed += "error" in line
    return pages, failed


def flat(article: Article) -> Line:
    """The record's main fields with plain values."""
    return {
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "authors": list(article.authors),
        "text": article.text,
        "paragraphs": list(article.paragraphs),
        "images": [image.url for image in article.images],
        "lead_image": article.lead_image.url if article.lead_image else None,
    }


def _opened(path: Path, mode: Literal["rb", "wb"]) -> IO[bytes]:
    try:
        return path.open(mode)
    except OSError as error:
        verb = "read" if mode == "rb" else "write"
        raise UsageError(f"cannot {verb} {path}: {error.strerror}") from error


def _tasks(html_dir: Path, manifest: Path, source: Iterable[bytes]) -> Iterator[Task]:
    for number, line in enumerate(source, 1):
        if not line.strip():
            continue
        try:
            task = orjson.loads(line)
            yield {
                "id": task["id"],
                "url": str(task["url"]),
                "path": str(html_dir / task["html_path"]),
            }
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{manifest}:{number}: each line is an object with id, url and html_path"
            ) from error


def _extract_page(task: Task, recipes: Recipes) -> Line:
    html = Path(task["path"]).read_bytes()
    return {"id": task["id"]} | flat(extract(html, task["url"], recipes=recipes))


def _failed(task: Task, error: str) -> Line:
    nothing = {"title": None, "published": None, "lead_image": None, "text": ""}
    lists: dict[str, list[str]] = {"authors": [], "paragraphs": [], "images": []}
    return {"id": task["id"]} | nothing | lists | {"error": error}
