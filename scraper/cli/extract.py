"""`scraper extract`: records from saved pages and archives, offline; or from one address."""

from __future__ import annotations

import gzip
import sys
import zlib
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from scraper.amounts import counted
from scraper.cli import selecting
from scraper.cli.errors import fail, say
from scraper.cli.options import flag
from scraper.errors import UsageError
from scraper.job import Job

if TYPE_CHECKING:
    from scraper.record import Article
    from scraper.selection import Selection

_GZIP = b"\x1f\x8b"
_ARCHIVES = (".warc", ".warc.gz", ".arc", ".arc.gz", ".wacz")


def extract(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|COLLECTION|URL",
            help="A saved page (- is stdin), a web archive (.warc, .warc.gz, .arc, .wacz), a "
            "collection's directory, or an address; with --batch: HTML_DIR MANIFEST.jsonl "
            "OUT.jsonl.",
        ),
    ],
    url: Annotated[str | None, typer.Option(help="The address the saved page came from.")] = None,
    recipes: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="A directory of recipes, searched first."),
    ] = None,
    id: Annotated[
        str | None,
        typer.Option(
            help="The latest revision of this record alone.", rich_help_panel=selecting.PANEL
        ),
    ] = None,
    where: selecting.Where = None,
    since: selecting.Since = None,
    as_of: selecting.AsOf = None,
    explain: Annotated[
        bool,
        flag(
            "--explain",
            help="Say instead which of a recipe's candidates matched and why each part of the page "
            "was kept or dropped, and write the page with its parts marked.",
        ),
    ] = False,
    overlay: Annotated[
        Path, typer.Option(metavar="FILE", help="Where --explain writes the marked page.")
    ] = Path("explained.html"),
    batch: Annotated[bool, flag("--batch", help="Many saved pages, on all cores.")] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Processes for a batch or an archive (default: all cores)."
        ),
    ] = None,
    media: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Store the pictures that a web archive has in DIR/media."),
    ] = None,
) -> int:
    """Extract records to stdout, one JSON object a line.

    From a saved page: needs --url, touches no network. From a web archive, anybody's: a record of
    each page in it; exit code 8 if a part of it is damaged, the rest is read. From a collection:
    derives its records again from the kept pages; exit code 8 if one differs. From an address:
    fetches it first.

    A batch reads lines of {id, url, html_path} and writes lines of {id, title, published, authors,
    text, paragraphs, images, lead_image}.
    """
    known = tuple(recipes or ())
    if batch:
        return _batch(sources, known, jobs)
    if len(sources) != 1:
        raise UsageError("give one file, collection or address; many pages are for --batch")
    source = sources[0]
    if explain:
        return _explain(source, url, id, known, overlay)
    if _is_address(source):
        return _address(source, known)
    if Path(source).is_dir():
        every: Literal["latest", "all"] = "latest" if id else "all"
        chosen = selecting.selection(
            where=where, since=since, as_of=as_of, id=id, revisions="latest" if as_of else every
        )
        return _collection(Path(source), chosen, known)
    if source.lower().endswith(_ARCHIVES) and Path(source).exists():
        return _archive(Path(source), known, jobs, media)
    return _file(source, url, known)


def _is_address(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def _saved(source: str, url: str | None) -> tuple[bytes, str]:
    """The page's bytes and where it came from."""
    if source != "-" and not Path(source).exists():
        raise UsageError(
            f"there is no file or collection {source}; an address begins with https://"
        )
    if url is None:
        raise UsageError(f"where did {source} come from? Add --url https://…")
    try:
        html = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {source}: {error.strerror}") from error
    return (_unpacked(html, source) if html.startswith(_GZIP) else html), url


def _unpacked(html: bytes, source: str) -> bytes:
    """A little gzip can hold a lot: no more than a crawl would take."""
    most = int(Job.model_fields["max_bytes"].default)
    try:
        with gzip.open(BytesIO(html)) as packed:
            page = packed.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"cannot read {source}: it begins as gzip, but is damaged") from error
    if len(page) > most:
        raise UsageError(f"{source} unpacks to more than {most} bytes, which is no page any more")
    return page


def _file(source: str, url: str | None, recipes: tuple[Path, ...]) -> int:
    html, url = _saved(source, url)
    from scraper.cli.printable import json_line
    from scraper.extraction import extract as extract_page
    from scraper.recipe import Recipes

    sys.stdout.write(json_line(extract_page(html, url, recipes=Recipes.load(recipes))))
    return 0


def _explain(
    source: str, url: str | None, id: str | None, recipes: tuple[Path, ...], overlay: Path
) -> int:
    from scraper.cli.explain import show_parts
    from scraper.cli.fetching import fetched, kept
    from scraper.recipe import Recipes
    from scraper.snapshot import Snapshot
    from scraper.url import clean

    known = Recipes.load(recipes)
    if _is_address(source):
        page = fetched(source, known)
    elif Path(source).is_dir():
        page = kept(Path(source), id)
    else:
        html, url = _saved(source, url)
        page = Snapshot(url, clean(url), 0, (), html, None, None, "file")
    return show_parts(page, known, overlay)


def _address(url: str, recipes: tuple[Path, ...]) -> int:
    from scraper.cli.running import Shown, run_shown
    from scraper.wiring import run

    job = Job(urls=(url,), output="-", recipes=tuple(map(str, recipes)))
    return run_shown(Shown(pipe=True), lambda reporters: run(job, reporters=reporters))


def _archive(path: Path, recipes: tuple[Path, ...], jobs: int | None, media: Path | None) -> int:
    from scraper.cli.archive import extract_archive

    return extract_archive(path, recipes, jobs, media)


def _collection(path: Path, wanted: Selection, recipes: tuple[Path, ...]) -> int:
    from scraper.cli.printable import json_line
    from scraper.offline import reextract
    from scraper.record import Failure

    total = different = 0
    for again in reextract(path, wanted=wanted, recipes=recipes):
        stored, derived = again.stored, again.derived
        if derived:
            sys.stdout.write(json_line(derived))
        if isinstance(stored, Failure):
            if derived:
                say(f"{stored.url}: was {stored.code}; scraper reextract --apply makes it a record")
            continue
        total += 1
        if derived != stored:
            different += 1
            why = _difference(stored, derived) if derived else again.problem
            fail(f"{stored.id}: {why}", 8)
    if different:
        return fail(f"{different} of {counted(total, 'record')} came out differently", 8)
    return 0


def _difference(stored: Article, derived: Article) -> str:
    before, after = stored.model_dump(), derived.model_dump()
    names = [name for name in before if before[name] != after[name]]
    return f"differs in {', '.join(names)}"


def _batch(sources: list[str], recipes: tuple[Path, ...], jobs: int | None) -> int:
    from scraper.cli.batch import extract_batch

    if len(sources) != 3:
        raise UsageError("--batch takes HTML_DIR MANIFEST.jsonl OUT.jsonl")
    html_dir, manifest, out = map(Path, sources)
    pages, failed = extract_batch(html_dir, manifest, out, recipes=recipes, jobs=jobs)
    if failed:
        say(f"{failed} of {counted(pages, 'page')} failed: the lines say why")
    return 0
