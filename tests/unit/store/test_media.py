from __future__ import annotations

import hashlib
import stat
import struct
from pathlib import Path

import pytest

from scraper.errors import NotAPicture, StorageError
from scraper.store.disk import ignore
from scraper.store.media import MediaFolder
from tests.unit.samples import png


@pytest.fixture
def folder(tmp_path: Path) -> MediaFolder:
    return MediaFolder(tmp_path, ignore)


def files(path: Path) -> list[str]:
    return sorted(str(p.relative_to(path)) for p in path.rglob("*") if p.is_file())


def test_a_picture_is_named_by_its_hash(folder: MediaFolder, tmp_path: Path) -> None:
    media = folder.put(png(4, 3))
    stored = tmp_path / media.path
    assert stored.read_bytes() == png(4, 3)
    assert hashlib.sha256(stored.read_bytes()).hexdigest() == media.sha256 == stored.stem
    assert (media.bytes, media.mime) == (len(png(4, 3)), "image/png")
    assert stored.parent.name == media.sha256[:2]


def test_the_same_bytes_are_stored_once(folder: MediaFolder, tmp_path: Path) -> None:
    first = folder.put(png())
    before = (tmp_path / first.path).stat().st_ino
    assert folder.put(png()) == first
    assert (tmp_path / first.path).stat().st_ino == before
    assert files(tmp_path) == [first.path]


def test_a_cut_file_of_that_name_is_replaced(folder: MediaFolder, tmp_path: Path) -> None:
    media = folder.put(png())
    (tmp_path / media.path).write_bytes(b"cut")
    folder.put(png())
    assert (tmp_path / media.path).read_bytes() == png()


def test_what_a_broken_disk_made_of_it_is_replaced(folder: MediaFolder, tmp_path: Path) -> None:
    """The size is right, the bytes are not."""
    media = folder.put(png())
    (tmp_path / media.path).write_bytes(b"\0" * len(png()))
    folder.put(png())
    assert (tmp_path / media.path).read_bytes() == png()


def test_a_link_as_long_as_the_picture_is_replaced(folder: MediaFolder, tmp_path: Path) -> None:
    media = folder.put(png())
    (tmp_path / media.path).unlink()
    (tmp_path / media.path).symlink_to("x" * len(png()))
    folder.put(png())
    assert not (tmp_path / media.path).is_symlink()
    assert (tmp_path / media.path).read_bytes() == png()


def test_pictures_are_not_executable(folder: MediaFolder, tmp_path: Path) -> None:
    mode = (tmp_path / folder.put(b"<svg/>").path).stat().st_mode
    assert not mode & (stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def test_a_symlink_in_place_of_a_folder_is_not_followed(
    folder: MediaFolder, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "media").mkdir()
    prefix = hashlib.sha256(png()).hexdigest()[:2]
    (tmp_path / "media" / prefix).symlink_to(elsewhere)
    with pytest.raises(StorageError):
        folder.put(png())
    assert not list(elsewhere.iterdir())


def test_a_symlink_in_place_of_a_picture_is_replaced(folder: MediaFolder, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    media = folder.put(png())
    (tmp_path / media.path).unlink()
    (tmp_path / media.path).symlink_to(victim)
    folder.put(png())
    assert victim.read_text() == "precious"
    assert (tmp_path / media.path).read_bytes() == png()


def test_what_is_no_picture_says_what_it_is(folder: MediaFolder, tmp_path: Path) -> None:
    with pytest.raises(NotAPicture, match="text/html"):
        folder.put(b"<!doctype html><p>Sign in")
    with pytest.raises(NotAPicture, match="empty"):
        folder.put(b"")
    assert files(tmp_path) == []


PNG_THAT_CLAIMS_A_LOT = png()[:16] + struct.pack(">II", 1, 2**31) + png()[24:]
JPEG_OF_A_MILLION_PARTS = b"\xff\xd8" + b"\xff\xe1\x00\x02" * 1_000_000


@pytest.mark.parametrize(
    ("body", "size"),
    [
        (png(640, 480), (640, 480)),
        (PNG_THAT_CLAIMS_A_LOT, (None, None)),
        (png(0, 5), (None, None)),
        (b"\x89PNG\r\n\x1a\n", (None, None)),
        (b"GIF89a" + struct.pack("<hh", 12, 34) + b"\0", (12, 34)),
        (b"GIF89a" + struct.pack("<hh", -12, 34) + b"\0", (None, None)),
        (b'<svg width="20" height="10">', (20, 10)),
        (b'<svg width="100%" height="1e999">', (None, None)),
        (b"<svg/>", (None, None)),
        (b"II*\0" + struct.pack("<L", 2**31) + b"\0" * 20, (None, None)),
        (JPEG_OF_A_MILLION_PARTS, (None, None)),
        (b"\0\0\1\0" * 8, (None, None)),
    ],
)
def test_the_real_size_is_read_and_nothing_is_decoded(
    folder: MediaFolder, body: bytes, size: tuple[int | None, int | None]
) -> None:
    media = folder.put(body)
    assert (media.width, media.height) == size


def test_a_sweep_removes_what_no_record_knows(folder: MediaFolder, tmp_path: Path) -> None:
    known, unknown = folder.put(png(salt=b"1")), folder.put(png(salt=b"2"))
    (tmp_path / "media" / known.sha256[:2] / ".tmp-0123").write_bytes(b"half")
    (tmp_path / "media" / known.sha256[:2] / "notes.txt").write_text("not ours")
    folder.sweep(lambda digest: digest == known.sha256)
    assert files(tmp_path) == sorted([known.path, f"media/{known.sha256[:2]}/notes.txt"])
    assert unknown.path not in files(tmp_path)


def test_pictures_that_no_record_claimed_are_dropped(folder: MediaFolder, tmp_path: Path) -> None:
    claimed, known, idle = (folder.put(png(salt=salt)) for salt in (b"1", b"2", b"3"))
    folder.claim({claimed.sha256})
    folder.drop_unclaimed(lambda digest: digest == known.sha256)
    assert files(tmp_path) == sorted([claimed.path, known.path])
    assert idle.path not in files(tmp_path)
