"""The folder of an export: what is written, kept and removed, and what a crash leaves."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from scraper.errors import CollectionBusy, StorageError, UsageError
from scraper.view.folder import Changes, View
from tests.unit.export.exported import tree


def bring(path: Path, units: dict[str, dict[str, bytes]], form: str = "hexo") -> Changes:
    """Up to date with these; a unit is made from its files' content."""
    with View.open(path, form=form, origin="/collection") as view:
        for key, files in units.items():
            stamp = repr(files).encode()
            if not view.has(key, stamp):
                view.put(key, stamp, files)
    return view.changes


ONE = {"a": {"posts/a.md": b"A"}, "b": {"posts/b.md": b"B", "pictures/b.png": b"P"}}


def test_only_what_changed_is_written_and_what_is_gone_is_removed(tmp_path: Path) -> None:
    assert bring(tmp_path, ONE) == Changes(written=3)
    assert bring(tmp_path, ONE) == Changes(kept=3)
    assert bring(tmp_path, ONE | {"a": {"posts/a.md": b"A2"}}) == Changes(written=1, kept=2)
    assert bring(tmp_path, {"b": {"posts/b.md": b"B"}}) == Changes(written=1, removed=2)
    assert tree(tmp_path) == {"posts/b.md": b"B"}
    assert not (tmp_path / "pictures").exists()


def test_a_file_that_was_lost_or_cut_is_made_again(tmp_path: Path) -> None:
    bring(tmp_path, ONE)
    (tmp_path / "posts/a.md").unlink()
    (tmp_path / "pictures/b.png").write_bytes(b"")
    bring(tmp_path, ONE)
    assert tree(tmp_path)["posts/a.md"] == b"A"
    assert tree(tmp_path)["pictures/b.png"] == b"P"


def test_the_folder_may_be_deleted_and_made_again(tmp_path: Path) -> None:
    bring(tmp_path / "one", ONE)
    bring(tmp_path / "two", {"a": {"posts/a.md": b"old"}})
    bring(tmp_path / "two", ONE)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_files_of_others_are_neither_overwritten_nor_removed(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/mine.md").write_bytes(b"mine")
    bring(tmp_path, ONE)
    with pytest.raises(UsageError, match="no export of this program made it"):
        bring(tmp_path, {"c": {"posts/mine.md": b"C"}})
    bring(tmp_path, {})
    assert tree(tmp_path) == {"posts/mine.md": b"mine"}


def test_one_folder_is_one_form_of_one_collection(tmp_path: Path) -> None:
    bring(tmp_path, ONE)
    with pytest.raises(UsageError, match="form hexo"):
        bring(tmp_path, ONE, form="csv")
    with (
        pytest.raises(UsageError, match="/collection"),
        View.open(tmp_path, form="hexo", origin="/other"),
    ):
        pass


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    with (
        View.open(tmp_path, form="hexo", origin="/collection"),
        pytest.raises(CollectionBusy),
        View.open(tmp_path, form="hexo", origin="/collection"),
    ):
        pass


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", ".scraper-export/x"])
def test_no_path_leads_out(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="not a path below"):
        bring(tmp_path / "out", {"a": {path: b"A"}})


@pytest.mark.parametrize("at", range(8))
def test_whatever_stops_it_the_next_one_makes_it_whole(
    tmp_path: Path, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(tmp_path, ONE)
    target = {"a": {"posts/a.md": b"A2", "posts/a2.md": b"A3"}, "c": {"posts/c.md": b"C"}}
    calls = iter(range(100))
    place, remove = View._place, View._remove

    def refused(step: object) -> object:
        def call(self: View, *arguments: object) -> object:
            if next(calls) == at:
                raise OSError(5, "I/O error")
            return step(self, *arguments)  # type: ignore[operator]

        return call

    with monkeypatch.context() as patch:
        patch.setattr(View, "_place", refused(place))
        patch.setattr(View, "_remove", refused(remove))
        with suppress(StorageError, OSError):
            bring(tmp_path, target)
    bring(tmp_path, target)
    wanted = {path: data for files in target.values() for path, data in files.items()}
    assert tree(tmp_path) == wanted
    assert not list((tmp_path / ".scraper-export" / "tmp").iterdir())


def test_a_large_file_takes_its_place_at_the_end(tmp_path: Path) -> None:
    with View.open(tmp_path, form="csv", origin="/collection") as view:
        with view.writing("table", "t.csv", b"1") as file:
            file.write(b"half")
            assert not (tmp_path / "t.csv").exists()
            file.write(b" and half")
        assert view.has("table", b"1")
    assert tree(tmp_path) == {"t.csv": b"half and half"}


def test_a_large_file_that_failed_leaves_the_old_one(tmp_path: Path) -> None:
    def write(text: bytes, *, fails: bool) -> None:
        with (
            View.open(tmp_path, form="csv", origin="/collection") as view,
            view.writing("table", "t.csv", text) as file,
        ):
            file.write(text)
            if fails:
                raise UsageError("no")

    write(b"old", fails=False)
    with pytest.raises(UsageError):
        write(b"new", fails=True)
    assert tree(tmp_path) == {"t.csv": b"old"}
    write(b"new", fails=False)
    assert tree(tmp_path) == {"t.csv": b"new"}
