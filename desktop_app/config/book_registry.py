"""The memory of books in this user's system, outside their data folders.

The keyring keeps it, and the user's state folder mirrors it: a start reads files, and a keyring
that is locked today raises no alarm. The secret lives in the keyring alone; only where there is
none is it in the state folder, which is weaker. Nothing here reads or writes a data folder.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.config.keyring_access import SERVICE, open_secure_keyring
from desktop_app.config.paths import state_folder
from desktop_app.services.errors import NoKeyringError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

log = logging.getLogger(__name__)

INSTALLATION = "installation"
SECRET_BYTES = 32
KEYRING_DELAY_S = 3.0
"""Importing keyring takes a tenth of a second, which the first frame and search do not wait for."""
OVERWRITTEN = 1_024
"""Bytes of a file that is overwritten in place: always the same, so that no rest stays behind."""
CLOSE_S = 5.0
"""A keyring may ask the user; closing does not wait for longer than this."""


@dataclass(frozen=True, slots=True)
class _Installation:
    """The ids of an installation.

    Attributes:
        secret: None where it was not read from the keyring yet.
        is_in_keyring: whether the keyring holds it.
        is_kept: whether the next start will find it.
    """

    uid: str
    secret: bytes | None
    is_in_keyring: bool = False
    is_kept: bool = True


class BookRegistry:
    """The port `BookRegistry`; safe from any thread. `close` it when done.

    Args:
        folder: where the files are; the user's state folder by default.
        keyring_delay_s: how long writes to the keyring are collected.
    """

    def __init__(
        self, folder: Path | None = None, *, keyring_delay_s: float = KEYRING_DELAY_S
    ) -> None:
        self._folder = folder or state_folder()
        self._within = f"{self._folder}{os.sep}"
        self._lock = threading.RLock()  # a keyring may be asked under it
        self._file_lock = threading.Lock()
        self._entries = _KeyringEntries(keyring_delay_s)
        self._installation: _Installation | None = None
        self._is_consulted = False

    def installation_id(self) -> str:
        """Return the random id of this user's installation, made once.

        Reads a file; only without it does it block on the keyring.
        """
        return self._loaded().uid

    def secret(self) -> bytes:
        """Return 32 random bytes for HMAC, made once. Blocks: keyrings may ask the user.

        Raises:
            NoKeyringError: they are in a keyring that cannot be read now.
        """
        with self._lock:
            found = self._loaded()
            if not self._is_consulted:
                found = self._installation = self._consulted(found)
            if found.secret is None:
                raise NoKeyringError("the keyring with this installation's secret is locked")
            return found.secret

    @property
    def is_in_keyring(self) -> bool:
        """Whether the keyring holds the secret; a file of the state folder does otherwise."""
        return self._loaded().is_in_keyring

    @property
    def is_kept(self) -> bool:
        """Whether the next start will find this installation's id again."""
        return self._loaded().is_kept

    def place(self, book_id: str) -> Path | None:
        """Return the data folder a book was last known in; None for an unknown book."""
        found = _object(self._quickly(book_id, "place")).get("place")
        return Path(str(found)) if found else None

    def remember_place(self, book_id: str, folder: Path, code: str = "") -> None:
        """Remember the data folder of a book, and its desk code."""
        text = json.dumps({"book": book_id, "place": str(folder), "code": code})
        self._mirror(_book_file(book_id, "place"), text)
        self._entries.put_later(_book_entry(book_id, "place"), text)
        self._entries.put_later(_folder_entry(folder), book_id)

    def book_at(self, folder: Path) -> str | None:
        """Return the id of the book that was last known in a data folder; None without one.

        Reads files; only where none names the folder does it block on the keyring.
        """
        for path, found in self._places():
            if found.get("place") == str(folder) and path == _book_file(
                str(found["book"]), "place"
            ):
                return str(found["book"])
        return self._entries.find(_folder_entry(folder)) if self.is_in_keyring else None

    def code(self, book_id: str) -> str | None:
        """Return the desk code remembered for a book; None for an unknown book."""
        found = _object(self._read(_book_file(book_id, "place"))).get("code")
        return str(found) if found else None

    def codes(self, but: str = "") -> frozenset[str]:
        """Return the desk codes of the books that the state folder knows.

        Args:
            but: the id of a book that is left out.
        """
        own = _book_file(but, "place")
        found = {place.get("code") for name, place in self._places() if name != own}
        return frozenset(str(code) for code in found if code)

    def _places(self) -> list[tuple[str, dict[str, object]]]:
        with suppress(OSError):
            names = sorted(path.name for path in self._folder.glob("*.place.json"))
            return [(name, _object(self._read(name))) for name in names]
        return []

    def anchor(self, book_id: str) -> str | None:
        """Return the newest text remembered for a book; None for an unknown book.

        Reads a file; only without it does it block on the keyring.
        """
        return self._quickly(book_id, "anchor")

    def anchors(self, book_id: str) -> tuple[str, ...]:
        """Return the texts that file and keyring remember for a book, without repeats.

        They differ after a crash, where the keyring is behind, and where one of them was put back.
        Blocks on the keyring.
        """
        self._entries.flush()
        kept = self._read(_book_file(book_id, "anchor"))
        found = (kept, self._entries.find(_book_entry(book_id, "anchor")))
        return tuple(dict.fromkeys(text for text in found if text))

    def remember_anchor(self, book_id: str, text: str) -> None:
        """Remember a text for a book: in the file at once, in the keyring a little later.

        Called after every commit; where it cannot be written the older one stays.
        """
        name = _book_file(book_id, "anchor")
        if not self._overwrite(name, text):
            self._mirror(name, text)
        self._entries.put_later(_book_entry(book_id, "anchor"), text)

    def close(self) -> None:
        """Write to the keyring what is still to be written; wait five seconds at most."""
        known = self._installation
        if known is not None and not known.is_in_keyring and not self._entries.is_open:
            self._entries.drop()  # no keyring was there: a short command need not look for it
        self._entries.close()

    # --- the installation

    def _loaded(self) -> _Installation:
        if (known := self._installation) is not None:
            return known
        with self._lock:
            if self._installation is None:
                self._installation = self._from_file() or self._consulted(None)
            return self._installation

    def _from_file(self) -> _Installation | None:
        found = _object(self._read(f"{INSTALLATION}.json"))
        uid = found.get("id")
        if not isinstance(uid, str) or not uid:
            return None
        return _Installation(uid, _secret(found), is_in_keyring=found.get("secret") is None)

    def _consulted(self, known: _Installation | None) -> _Installation:
        """Return the installation as the keyring has it; what it lacks is written there.

        The keyring wins over the file: access to files must not be enough to choose the secret.
        """
        self._is_consulted = True
        try:
            found = _parsed(self._entries.get(INSTALLATION))
            if found is None:
                known = known or self._claimed()
                if known.secret is None:  # another program may have put it there by now
                    found = _parsed(self._entries.get(INSTALLATION))
            if found is None and known is not None:
                found = replace(known, secret=known.secret or _new_secret(), is_in_keyring=True)
                self._entries.put(INSTALLATION, _spelled(found))
        except NoKeyringError:
            found = None
        if found is None:
            return known or self._claimed()
        if known is None or known != replace(found, secret=known.secret):
            found = self._filed(found)
        return found

    def _claimed(self) -> _Installation:
        """Make an installation, or return the one that another program makes at this moment.

        The file decides which of them it is, before a keyring or a book gets to know it.
        """
        made, name = _made(), f"{INSTALLATION}.json"
        with suppress(OSError):
            if self._create(name, _spelled(made)):
                return made
        other = self._from_file()
        return other or replace(made, is_kept=self._mirror(name, _spelled(made)))

    def _filed(self, found: _Installation) -> _Installation:
        """Write the file of an installation that the keyring holds; its secret stays there."""
        is_filed = self._mirror(f"{INSTALLATION}.json", _spelled(replace(found, secret=None)))
        return replace(found, is_kept=is_filed or found.is_in_keyring)

    # --- files

    def _quickly(self, book_id: str, part: str) -> str | None:
        """Return what the file has, or else the keyring where this installation has one."""
        found = self._read(_book_file(book_id, part))
        if found is None and self.is_in_keyring:
            return self._entries.find(_book_entry(book_id, part))
        return found

    def _read(self, name: str) -> str | None:
        try:
            return (self._folder / name).read_text(encoding="utf-8").rstrip(" ")
        except (OSError, ValueError):
            return None

    def _overwrite(self, name: str, text: str) -> bool:
        """Overwrite a file that is there, in one write; return whether that worked.

        A hundred times faster than a new file and a rename, on a disk that is busy.
        """
        content = text.encode().ljust(OVERWRITTEN)
        if len(content) > OVERWRITTEN:
            return False
        try:
            file = os.open(self._within + name, os.O_WRONLY)
            try:
                is_whole = os.fstat(file).st_size == OVERWRITTEN
                return is_whole and os.write(file, content) == OVERWRITTEN
            finally:
                os.close(file)
        except OSError:
            return False

    def _mirror(self, name: str, text: str) -> bool:
        """Replace a file; return whether that worked: where it did not, the older one stays."""
        try:
            self._replace(name, text)
        except OSError as error:
            log.warning("failed to write to the state folder: %s", error.strerror)
            return False
        return True

    def _replace(self, name: str, text: str) -> None:
        with self._file_lock:
            self._part(name, text).replace(self._folder / name)

    def _create(self, name: str, text: str) -> bool:
        """Create a file, whole; return whether it was not there. Raises OSError."""
        part = self._part(name, text)
        try:
            os.link(part, self._folder / name)
        except FileExistsError:
            return False
        finally:
            part.unlink()
        return True

    def _part(self, name: str, text: str) -> Path:
        """Write a file under another name first. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self._folder / f"{name}.{os.getpid()}-{threading.get_ident()}.part"
        file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(file, text.encode().ljust(OVERWRITTEN))
            os.fsync(file)
        finally:
            os.close(file)
        return part


class _KeyringEntries:
    """Entries of the keyring, written in a thread; one failure ends it for this process.

    A locked keyring asks the user once, not again after every payment.
    """

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._waiting: dict[str, str] = {}
        self._thread: threading.Thread | None = None
        self._hurry = threading.Event()
        self._is_broken = False
        self.is_open = False

    def get(self, name: str) -> str | None:
        """Return an entry. Raises NoKeyringError."""
        return self._call(partial(_entry, name))

    def find(self, name: str) -> str | None:
        """Return an entry; None without it or without a keyring."""
        with self._lock:
            if name in self._waiting:
                return self._waiting[name]
        try:
            return self.get(name)
        except NoKeyringError:
            return None

    def put(self, name: str, text: str) -> None:
        """Write an entry and read it back. Raises NoKeyringError."""

        def write(keyring: ModuleType) -> str | None:
            keyring.set_password(SERVICE, name, text)
            return _entry(name, keyring)

        if self._call(write) != text:
            self._is_broken = True
            raise NoKeyringError("this PC's keyring doesn't save anything")

    def put_later(self, name: str, text: str) -> None:
        """Write an entry in a while; a newer text for it replaces this one."""
        with self._lock:
            if self._is_broken:
                return
            self._waiting[name] = text
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="keyring", daemon=True)
                self._thread.start()

    def drop(self) -> None:
        """Forget what is still to be written."""
        with self._lock:
            self._waiting.clear()

    def flush(self) -> None:
        """Write now what is still to be written."""
        while True:
            with self._lock:
                if not self._waiting or self._is_broken:
                    return
                name, text = self._waiting.popitem()
            with suppress(NoKeyringError):
                self.put(name, text)

    def close(self) -> None:
        """Write what is still to be written; wait five seconds at most."""
        self._hurry.set()
        if (thread := self._thread) is not None:
            thread.join(CLOSE_S)

    def _run(self) -> None:
        while True:
            self._hurry.wait(self._delay_s)
            self.flush()
            with self._lock:
                if not self._waiting or self._is_broken:
                    self._thread = None
                    return

    def _call(self, use: Callable[[ModuleType], str | None]) -> str | None:
        with self._turn:
            if self._is_broken:
                raise NoKeyringError("reading the keyring failed earlier")
            try:
                with open_secure_keyring() as keyring:
                    found: str | None = use(keyring)
            except NoKeyringError:
                self._is_broken = True
                raise
            self.is_open = True
            return found


def _entry(name: str, keyring: ModuleType) -> str | None:
    found: str | None = keyring.get_password(SERVICE, name)
    return found


@lru_cache(maxsize=64)
def _book_file(book_id: str, part: str) -> str:
    return f"{_short(book_id)}.{part}.json"


@lru_cache(maxsize=64)
def _book_entry(book_id: str, part: str) -> str:
    return f"book-{_short(book_id)}-{part}"


def _folder_entry(folder: Path) -> str:
    return f"folder-{_short(str(folder))}"


@lru_cache(maxsize=64)
def _short(book_id: str) -> str:
    """Return a name for files: a book's id comes out of a file that anybody may have written."""
    return hashlib.sha256(book_id.encode(errors="replace")).hexdigest()[:24]


def _object(text: str | None) -> dict[str, object]:
    with suppress(ValueError):
        found = json.loads(text or "{}")
        if isinstance(found, dict):
            return found
    return {}


def _made() -> _Installation:
    return _Installation(os.urandom(16).hex(), _new_secret())


def _new_secret() -> bytes:
    return os.urandom(SECRET_BYTES)


def _secret(found: dict[str, object]) -> bytes | None:
    with suppress(ValueError):
        secret = bytes.fromhex(str(found.get("secret")))
        return secret if len(secret) == SECRET_BYTES else None
    return None


def _spelled(found: _Installation) -> str:
    return json.dumps({"id": found.uid, "secret": found.secret.hex() if found.secret else None})


def _parsed(text: str | None) -> _Installation | None:
    """Return the keyring's entry; None without one, or where it is cut off."""
    found = _object(text)
    uid, secret = found.get("id"), _secret(found)
    if not isinstance(uid, str) or not uid or secret is None:
        return None
    return _Installation(uid, secret, is_in_keyring=True)
