"""The memory of books in the user's system: files, a keyring, and one without the other."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING

import keyring
import keyring.core
import platformdirs
import pytest
from keyring.backends.chainer import ChainerBackend

from desktop_app.config.book_registry import BookRegistry
from desktop_app.config.keyring_access import keeps_secrets
from desktop_app.config.paths import data_folder, state_folder
from desktop_app.services.errors import NoKeyringError
from tests.dict_keyring import DictKeyring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BOOK = "0190aaaa-0000-7000-8000-000000000001"
OTHER = "0190aaaa-0000-7000-8000-000000000002"


@pytest.fixture
def safe(monkeypatch: pytest.MonkeyPatch) -> DictKeyring:
    made = DictKeyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", made)
    return made


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def start(state: Path) -> Iterator[Callable[[], BookRegistry]]:
    """Return a function that makes the registry of a new start of the program."""
    made: list[BookRegistry] = []

    def new() -> BookRegistry:
        for each in made:
            each.close()
        made.append(BookRegistry(state, keyring_delay_s=60))
        return made[-1]

    yield new
    for each in made:
        each.close()


def test_an_installation_is_made_once(start: Callable[[], BookRegistry], safe: DictKeyring) -> None:
    first = start()
    uid, secret = first.installation_id(), first.secret()
    assert len(secret) == 32
    assert first.is_in_keyring
    second = start()
    assert (second.installation_id(), second.secret()) == (uid, secret)
    assert second.is_in_keyring
    assert second.is_kept


def test_the_secret_is_in_no_file_where_there_is_a_keyring(
    start: Callable[[], BookRegistry], safe: DictKeyring, state: Path
) -> None:
    secret = start().secret()
    texts = [path.read_text() for path in state.iterdir()]
    assert texts
    assert not any(secret.hex() in text for text in texts)


def test_without_a_keyring_the_secret_is_in_the_state_folder(
    start: Callable[[], BookRegistry], state: Path
) -> None:
    first = start()  # the tests' own keyring keeps nothing
    secret = first.secret()
    assert not first.is_in_keyring
    assert first.is_kept
    assert start().secret() == secret
    assert any(secret.hex() in path.read_text() for path in state.iterdir())


def test_files_are_for_their_owner_alone(start: Callable[[], BookRegistry], state: Path) -> None:
    opened = start()
    opened.installation_id()
    opened.remember_place(BOOK, Path("/data"))
    opened.remember_anchor(BOOK, "head")
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in state.iterdir()} == {0o600}
    assert len(list(state.iterdir())) == 3


def test_a_deleted_state_folder_comes_back_from_the_keyring(
    start: Callable[[], BookRegistry], safe: DictKeyring, state: Path
) -> None:
    first = start()
    uid, secret = first.installation_id(), first.secret()
    first.remember_place(BOOK, Path("/data/one"))
    first.remember_anchor(BOOK, "head 7")
    first.close()
    for path in state.iterdir():
        path.unlink()
    second = start()
    assert (second.installation_id(), second.secret()) == (uid, secret)
    assert second.book_at(Path("/data/one")) == BOOK
    assert second.book_at(Path("/data/two")) is None
    assert second.place(BOOK) == Path("/data/one")
    assert second.anchor(BOOK) == "head 7"


def test_a_start_with_its_files_asks_no_keyring(
    start: Callable[[], BookRegistry], safe: DictKeyring
) -> None:
    first = start()
    first.installation_id()
    first.remember_place(BOOK, Path("/data"))
    first.remember_anchor(BOOK, "head")
    second = start()
    before = safe.calls
    second.installation_id()
    second.place(BOOK)
    second.anchor(BOOK)
    second.remember_anchor(BOOK, "next")
    assert second.is_in_keyring
    assert safe.calls == before


def test_a_keyring_that_is_locked_today_changes_nothing_but_the_secret(
    start: Callable[[], BookRegistry], safe: DictKeyring
) -> None:
    first = start()
    uid, secret = first.installation_id(), first.secret()
    first.remember_anchor(BOOK, "head")
    first.close()
    safe.is_locked = True
    locked = start()
    assert locked.installation_id() == uid
    assert locked.anchors(BOOK) == ("head",)
    with pytest.raises(NoKeyringError):
        locked.secret()
    calls = safe.calls
    locked.remember_anchor(BOOK, "next")
    locked.close()
    with pytest.raises(NoKeyringError):
        locked.secret()
    assert safe.calls == calls, "a locked keyring asked the user again"
    safe.is_locked = False
    again = start()
    assert (again.installation_id(), again.secret()) == (uid, secret)
    assert again.anchor(BOOK) == "next"


def test_a_keyring_that_comes_later_takes_the_secret_over(
    start: Callable[[], BookRegistry], state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = start().secret()
    found = DictKeyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", found)
    assert start().secret() == secret
    assert start().is_in_keyring
    assert not any(secret.hex() in path.read_text() for path in state.iterdir())


def test_a_file_does_not_choose_the_secret_where_a_keyring_has_one(
    start: Callable[[], BookRegistry], safe: DictKeyring, state: Path
) -> None:
    first = start()
    uid, secret = first.installation_id(), first.secret()
    forged = json.dumps({"id": "forged", "secret": "00" * 32})
    (state / "installation.json").write_text(forged)
    assert start().secret() == secret
    assert start().installation_id() == uid


def test_a_wiped_keyring_gets_a_new_secret_for_the_same_installation(
    start: Callable[[], BookRegistry], safe: DictKeyring
) -> None:
    first = start()
    uid, secret = first.installation_id(), first.secret()
    first.close()
    safe.kept.clear()
    second = start()
    assert second.installation_id() == uid
    assert second.secret() != secret
    assert start().secret() == second.secret()


def test_an_older_file_put_back_is_seen_beside_the_keyring(
    start: Callable[[], BookRegistry], safe: DictKeyring, state: Path
) -> None:
    first = start()
    first.remember_anchor(BOOK, "head 1")
    old = {path: path.read_bytes() for path in state.iterdir()}
    first.remember_anchor(BOOK, "head 2")
    first.close()
    for path, text in old.items():
        path.write_bytes(text)
    second = start()
    assert second.anchor(BOOK) == "head 1"
    assert second.anchors(BOOK) == ("head 1", "head 2")


def test_the_keyring_has_the_newest_text_after_close(
    start: Callable[[], BookRegistry], safe: DictKeyring
) -> None:
    opened = start()
    opened.installation_id()
    before = safe.calls
    for number in range(500):
        opened.remember_anchor(BOOK, f"head {number}")
    opened.close()
    assert "head 499" in safe.kept.values()
    assert safe.calls - before == 2, "writes are collected"


def test_the_keyring_is_written_while_the_program_runs(state: Path, safe: DictKeyring) -> None:
    opened = BookRegistry(state, keyring_delay_s=0.01)
    opened.remember_anchor(BOOK, "head")
    end = time.monotonic() + 10
    while "head" not in safe.kept.values() and time.monotonic() < end:
        time.sleep(0.01)
    assert "head" in safe.kept.values()
    opened.remember_anchor(BOOK, "next")
    opened.close()
    assert "next" in safe.kept.values()
    assert not [each for each in threading.enumerate() if each.name == "keyring"]


def test_remembering_costs_far_below_a_millisecond(start: Callable[[], BookRegistry]) -> None:
    opened = start()
    took = []
    for number in range(200):
        begun = time.perf_counter()
        opened.remember_anchor(BOOK, f"head {number} " + "x" * 300)
        took.append(time.perf_counter() - begun)
    assert sorted(took)[100] < 0.001


def test_books_have_their_own_places_and_codes(
    start: Callable[[], BookRegistry], state: Path
) -> None:
    opened = start()
    assert opened.place(BOOK) is None
    opened.remember_place(BOOK, Path("/data/one"), "D1")
    opened.remember_place(OTHER, Path("/data/two"), "K7")
    (state / "0.place.json").write_text("{")
    assert start().place(BOOK) == Path("/data/one")
    assert start().place(OTHER) == Path("/data/two")
    assert start().codes() == {"D1", "K7"}
    assert start().codes(but=BOOK) == {"K7"}


@pytest.mark.parametrize("book", ["../../etc/passwd", "", "a" * 5000, "\ud800", "/"])
def test_a_hostile_book_id_stays_in_the_folder(
    start: Callable[[], BookRegistry], state: Path, book: str
) -> None:
    opened = start()
    opened.remember_place(book, Path("/data"))
    opened.remember_anchor(book, "head")
    assert start().place(book) == Path("/data")
    assert start().anchor(book) == "head"
    assert len(list(state.iterdir())) == 2


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"id": 3}', '{"id": ""}', "\x00"])
def test_a_damaged_file_is_replaced_from_the_keyring(
    start: Callable[[], BookRegistry], safe: DictKeyring, state: Path, text: str
) -> None:
    uid = start().installation_id()
    (state / "installation.json").write_text(text)
    assert start().installation_id() == uid


def test_a_state_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    opened = BookRegistry(tmp_path / "file" / "state")
    assert len(opened.installation_id()) == 32
    assert not opened.is_kept
    opened.remember_place(BOOK, tmp_path)
    opened.remember_anchor(BOOK, "head")
    assert opened.place(BOOK) is None
    opened.close()


def test_backends_that_keep_nothing_or_plain_text_do_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Plain(DictKeyring):
        pass

    Plain.__module__ = "keyrings.alt.file"
    assert keeps_secrets(DictKeyring())
    assert not keeps_secrets(Plain())
    for name, counts in (("null.Keyring", False), ("fail.Keyring", False)):
        assert keeps_secrets(keyring.core.load_keyring(f"keyring.backends.{name}")) is counts
    chain = ChainerBackend.__new__(ChainerBackend)
    for members, counts in (
        ((), False),
        ((DictKeyring(), Plain()), True),
        ((Plain(), DictKeyring()), False),
    ):
        monkeypatch.setattr(ChainerBackend, "backends", members)
        assert keeps_secrets(chain) is counts


def test_the_state_folder_is_outside_every_data_folder() -> None:
    usual = data_folder(None, training=False)
    assert not state_folder().is_relative_to(usual)
    assert state_folder().is_relative_to(os.environ["XDG_STATE_HOME"])


def test_a_shorter_and_a_very_long_text_replace_the_one_before(
    start: Callable[[], BookRegistry],
) -> None:
    opened = start()
    for text in ("a" * 900, "b", "c" * 5_000, "d" * 1_024, "e"):
        opened.remember_anchor(BOOK, text)
        assert opened.anchor(BOOK) == text
        assert start().anchor(BOOK) == text


@pytest.mark.parametrize("home", ["", "  ", "/var/state"])
def test_the_state_folder_is_where_platformdirs_has_it(
    monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", home)
    expected = platformdirs.user_state_dir("Pravesh-books", appauthor=False)
    assert state_folder() == Path(expected).expanduser()


def test_making_a_registry_imports_no_keyring(state: Path) -> None:
    BookRegistry(state).installation_id()
    code = (
        "import sys, pathlib\n"
        "from desktop_app.config.book_registry import BookRegistry\n"
        f"found = BookRegistry(pathlib.Path({str(state)!r}))\n"
        "found.installation_id(), found.place('b'), found.remember_anchor('b', 'head')\n"
        "sys.exit('keyring' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], timeout=50, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("has_keyring", [True, False])
def test_of_several_programs_that_start_first_one_makes_the_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_keyring: bool
) -> None:
    for turn in range(20):
        if has_keyring:
            monkeypatch.setattr(keyring.core, "_keyring_backend", DictKeyring())
        folder = tmp_path / str(turn)
        barrier = Barrier(6)

        def made(folder: Path = folder, barrier: Barrier = barrier) -> tuple[str, bytes]:
            registry = BookRegistry(folder)
            barrier.wait()
            found = registry.installation_id(), registry.secret()
            registry.close()
            return found

        with ThreadPoolExecutor(6) as pool:
            found = {each.result() for each in [pool.submit(made) for _ in range(6)]}
        later = BookRegistry(folder)
        assert found == {(later.installation_id(), later.secret())}
