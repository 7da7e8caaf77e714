"""The anchor of the audit chain: what counts as genuine, and a file that is not one."""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING

import keyring.core
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.config.book_registry import BookRegistry
from desktop_app.domain.anchor import Anchor, Anchors
from desktop_app.domain.audit import NO_ENTRY, Head
from desktop_app.storage.audit_anchor import ANCHOR, LENGTH, MOST_SERIES, AuditAnchor
from tests.dict_keyring import DictKeyring
from tests.memory_registry import MemoryRegistry

if TYPE_CHECKING:
    from pathlib import Path

BOOK = "0190aaaa-0000-7000-8000-000000000001"
OTHER = "0190aaaa-0000-7000-8000-000000000002"
NEWEST = Anchor(Head(7, "ab" * 32), BOOK, {"D1/26-27": 12})


def read(
    folder: Path, registry: BookRegistry | MemoryRegistry | None, *, is_thorough: bool = True,
    book_id: str = BOOK, is_upgrade: bool = False,
) -> Anchors:  # fmt: skip
    anchor = AuditAnchor(folder, registry)
    return anchor.read(book_id, is_thorough=is_thorough, is_upgrade=is_upgrade)


def write_only(
    folder: Path, registry: BookRegistry | MemoryRegistry | None, anchor: Anchor
) -> None:
    anchors = AuditAnchor(folder, registry)
    anchors.write(anchors.seal(anchor))


def write(folder: Path, registry: BookRegistry | MemoryRegistry | None, anchor: Anchor) -> str:
    write_only(folder, registry, anchor)
    return (folder / ANCHOR).read_text()


@pytest.mark.parametrize("is_thorough", [True, False])
def test_what_is_written_is_read_again(
    tmp_path: Path, registry: MemoryRegistry, is_thorough: bool
) -> None:
    write(tmp_path, registry, NEWEST)
    found = read(tmp_path, registry, is_thorough=is_thorough)
    assert found == Anchors((NEWEST,), has_file=True)
    assert found.series == {"D1/26-27": 12}


def test_an_anchor_fits_a_sector_and_leaves_no_older_text(
    tmp_path: Path, registry: MemoryRegistry
) -> None:
    series = {f"X{n:02d}/26-27": 999_999 for n in range(MOST_SERIES + 3)}
    long = write(tmp_path, registry, Anchor(Head(10**9, "ab" * 32), BOOK, series))
    assert len(long) == LENGTH
    [found] = read(tmp_path, registry).genuine
    assert list(found.series) == list(series)[:MOST_SERIES], "the newest series come first"
    short = write(tmp_path, registry, Anchor(NO_ENTRY, BOOK))
    assert len(short) == LENGTH
    assert "X00" not in short


@given(st.data())
def test_no_letter_of_an_anchor_can_be_changed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder, registry = tmp_path_factory.mktemp("anchor"), MemoryRegistry()
    text = write(folder, registry, NEWEST)
    registry.texts.clear()
    at = data.draw(st.integers(0, len(text.rstrip()) - 1))
    letter = data.draw(st.characters(min_codepoint=33, max_codepoint=126))
    changed = text[:at] + letter + text[at + 1 :]
    (folder / ANCHOR).write_text(changed)
    assert len(read(folder, registry).genuine) == int(changed == text)


def forged(**changes: object) -> str:
    found = {"v": 2, "book": BOOK, "number": 7, "hash": "ab" * 32, "series": {}, "code": ""}
    return json.dumps(found | changes)


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "null", "[]", '"x"', "{}", "\x00" * LENGTH, "9" * LENGTH, "[" * LENGTH,
        json.dumps({"number": 7, "hash": "ab" * 32}), forged(), forged(code="00" * 32),
        forged(v=1), forged(number=-1), forged(number="x"), forged(number=10**40),
        forged(series=[]), forged(series={"../x": 1}), forged(series={"D1/26-27": "x"}),
        forged(hash="x"), forged(code=None), forged(code=7), forged(book=OTHER),
    ],
)  # fmt: skip
def test_a_file_that_this_installation_did_not_write_counts_for_nothing(
    tmp_path: Path, registry: MemoryRegistry, text: str
) -> None:
    (tmp_path / ANCHOR).write_text(text)
    assert read(tmp_path, registry).genuine == ()
    write(tmp_path, registry, NEWEST)
    (tmp_path / ANCHOR).write_text(text)
    assert read(tmp_path, registry).genuine == (NEWEST,), "the copy outside the folder counts"


def test_another_books_anchor_does_not_count(tmp_path: Path, registry: MemoryRegistry) -> None:
    write(tmp_path, registry, Anchor(NEWEST.head, OTHER, {"D1/26-27": 5}))
    found = read(tmp_path, registry)
    assert found.genuine == ()
    assert found.claimed == {"D1/26-27": 5}
    assert read(tmp_path, registry, book_id="").genuine, "a book without an id may be any"


def test_another_installations_anchor_only_claims_its_numbers(
    tmp_path: Path, registry: MemoryRegistry
) -> None:
    write(tmp_path, MemoryRegistry("another computer"), NEWEST)
    found = read(tmp_path, registry)
    assert found.genuine == ()
    assert found.claimed == {"D1/26-27": 12}


def test_the_earlier_format_counts_before_the_first_version_with_a_secret_alone(
    tmp_path: Path, registry: MemoryRegistry
) -> None:
    (tmp_path / ANCHOR).write_text(json.dumps({"number": 7, "hash": "ab" * 32}).ljust(160))
    old = read(tmp_path, registry, book_id="", is_upgrade=True)
    assert old.genuine == (Anchor(NEWEST.head),)
    assert read(tmp_path, registry).genuine == (), "the book has been used by this version"
    registry.remember_place(BOOK, tmp_path)
    registry.remember_anchor(BOOK, "anything")
    again = read(tmp_path, registry, book_id="", is_upgrade=True)
    assert again.genuine == (), "the folder's book has been used by this version"


def test_all_genuine_anchors_are_found_newest_first(
    tmp_path: Path, registry: MemoryRegistry
) -> None:
    older = Anchor(Head(6, "cd" * 32), BOOK, {"D1/26-27": 13})
    before = write(tmp_path, registry, older)
    write(tmp_path, registry, NEWEST)
    (tmp_path / ANCHOR).write_text(before)
    found = read(tmp_path, registry, is_thorough=False)
    assert found.genuine == (NEWEST, older)
    assert found.series == {"D1/26-27": 13}


def test_the_copy_of_a_book_that_lives_elsewhere_is_not_replaced(
    tmp_path: Path, registry: MemoryRegistry
) -> None:
    registry.remember_place(BOOK, tmp_path / "elsewhere")
    registry.remember_anchor(BOOK, "its own")
    text = write(tmp_path, registry, NEWEST)
    assert text.strip()
    assert registry.anchor(BOOK) == "its own"


# --- the keyring


@pytest.fixture
def safe(monkeypatch: pytest.MonkeyPatch) -> DictKeyring:
    made = DictKeyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", made)
    return made


def test_a_quick_look_asks_no_keyring(tmp_path: Path, safe: DictKeyring) -> None:
    first = BookRegistry(tmp_path / "state")
    write(tmp_path, first, NEWEST)
    first.close()
    before = safe.calls
    assert read(tmp_path, BookRegistry(tmp_path / "state"), is_thorough=False).genuine
    assert safe.calls == before
    assert read(tmp_path, BookRegistry(tmp_path / "state")).genuine == (NEWEST,)
    assert safe.calls > before


def test_a_locked_keyring_raises_no_alarm_and_the_next_start_compares(
    tmp_path: Path, safe: DictKeyring
) -> None:
    first = BookRegistry(tmp_path / "state")
    write(tmp_path, first, NEWEST)
    first.close()
    safe.is_locked = True
    later = Anchor(Head(9, "cd" * 32), BOOK)
    locked = BookRegistry(tmp_path / "state")
    assert '"code":""' in write(tmp_path, locked, later)
    assert read(tmp_path, locked).genuine == (later,), "the file is the copy outside the folder"
    (tmp_path / ANCHOR).write_text(forged(number=8))
    assert read(tmp_path, locked).genuine == (later,)
    locked.close()
    safe.is_locked = False
    found = read(tmp_path, BookRegistry(tmp_path / "state"))
    assert found.genuine == (later, NEWEST), "the keyring's own is compared as well"


def test_folder_and_state_folder_together_do_not_outweigh_the_keyring(
    tmp_path: Path, safe: DictKeyring
) -> None:
    first = BookRegistry(tmp_path / "state")
    older = Anchor(Head(6, "cd" * 32), BOOK)
    write(tmp_path, first, older)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    write(tmp_path, first, NEWEST)
    first.close()
    for path, text in before.items():
        path.write_bytes(text)
    assert read(tmp_path, BookRegistry(tmp_path / "state")).genuine == (NEWEST, older)


def test_without_a_place_for_the_secret_only_the_file_counts(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    write(tmp_path, BookRegistry(tmp_path / "file" / "state"), NEWEST)
    assert read(tmp_path, BookRegistry(tmp_path / "file" / "state")).genuine == (NEWEST,)


# --- a file that is not one

links = pytest.mark.skipif(os.name != "posix", reason="links and pipes as POSIX has them")


def test_a_folder_in_its_place_is_passed_over(tmp_path: Path, registry: MemoryRegistry) -> None:
    (tmp_path / ANCHOR).mkdir()
    write_only(tmp_path, registry, NEWEST)
    assert read(tmp_path, registry).genuine == (NEWEST,)


@links
@pytest.mark.timeout(20)
def test_a_pipe_in_its_place_stops_nobody(tmp_path: Path, registry: MemoryRegistry) -> None:
    os.mkfifo(tmp_path / ANCHOR)
    assert read(tmp_path, registry).genuine == ()
    write(tmp_path, registry, NEWEST)
    assert (tmp_path / ANCHOR).is_file()


@links
@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_a_link_in_its_place_is_replaced_and_its_target_kept(
    tmp_path: Path, registry: MemoryRegistry, link: str
) -> None:
    target = tmp_path / "desk.sqlite3"
    target.write_text("the book")
    getattr(tmp_path / ANCHOR, link)(target)
    write(tmp_path, registry, NEWEST)
    assert target.read_text() == "the book"
    assert read(tmp_path, registry).genuine == (NEWEST,)


def test_a_file_that_may_not_be_written_is_replaced(
    tmp_path: Path, registry: MemoryRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ANCHOR).write_text("from a disc")
    opened, is_refused = os.open, [True]

    def refuse_once(path: Path, *given: int) -> int:
        if is_refused.pop() if is_refused else False:
            raise PermissionError(errno.EACCES, "read-only")
        return opened(path, *given)

    monkeypatch.setattr(os, "open", refuse_once)
    write(tmp_path, registry, NEWEST)
    assert read(tmp_path, registry).genuine == (NEWEST,)


def test_a_folder_that_may_not_be_written_stops_nobody(
    tmp_path: Path, registry: MemoryRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> int:
        raise PermissionError(errno.EACCES, "read-only")

    monkeypatch.setattr(os, "open", refuse)
    write_only(tmp_path, registry, NEWEST)
    assert read(tmp_path, registry).genuine == (NEWEST,)


def test_a_new_file_is_flushed_and_an_existing_one_is_not(
    tmp_path: Path, registry: MemoryRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", flushed.append)
    write(tmp_path, registry, NEWEST)
    assert len(flushed) == 1
    write(tmp_path, registry, NEWEST)
    assert len(flushed) == 1, "a payment does not wait for the disk once more"
