"""What was changed behind the program's back is found, and named."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scraper.job import Job
from scraper.store.verify import verify
from tests.unit.samples import article, failed, nothing, outcome, png, seeds, snapshot
from tests.unit.store.opening import opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two records with a page and a picture each, and a failure."""
    path = tmp_path / "collection"
    requests = seeds(3)
    with opened(path) as collection:
        run = collection.begin(Job(urls=tuple(request.url for request in requests)), requests)
        store, frontier = collection.store(run), collection.frontier(run)
        for n, request in enumerate(requests[:2]):
            made = article(n, pictures=[store.put_media(png(salt=b"%d" % n))])
            store.commit([outcome(request, made, snapshot=snapshot(n))], nothing)
        store.commit([failed(requests[2])], nothing)
        for request in requests:
            frontier.finish(request)
        collection.end(run, "finished", {})
    return path


def problems(path: Path) -> list[tuple[str, str]]:
    with opened(path, writable=False) as collection:
        return [(one.kind, one.problem) for one in verify(collection) if one.problem]


def test_a_whole_collection(path: Path) -> None:
    with opened(path, writable=False) as collection:
        kinds = [one.kind for one in verify(collection)]
    assert {kind: kinds.count(kind) for kind in kinds} == {"line": 3, "picture": 2, "page": 2}
    assert problems(path) == []


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def picture(path: Path) -> Path:
    return next(path.glob("media/*/*"))


def archive(path: Path) -> Path:
    return next(path.glob("archive/*"))


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (lambda p: flip(p / "records.jsonl", 40), ("line", "not what was written")),
        (lambda p: cut(p / "failures.jsonl"), ("line", "not what was written")),
        (lambda p: (p / "records.jsonl").write_bytes(b""), ("line", "ends before")),
        (lambda p: (p / "failures.jsonl").unlink(), ("line", "gone")),
        (lambda p: flip(picture(p), 30), ("picture", "not those")),
        (lambda p: picture(p).unlink(), ("picture", "gone")),
        (lambda p: flip(archive(p), archive(p).stat().st_size - 40), ("page", "")),
        (lambda p: archive(p).unlink(), ("page", "gone")),
    ],
)
def test_what_was_changed_is_found(
    path: Path, harm: Callable[[Path], object], found: tuple[str, str]
) -> None:
    harm(path)
    kinds = {kind for kind, _ in problems(path)}
    assert kinds == {found[0]}
    assert found[1] in problems(path)[0][1]
