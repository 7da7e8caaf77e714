"""Every path that a person can name, against every file of the program's own, under each name.

A window is open on the book. One writer after another is given one of the files: by its plain
path, through `..`, by a symbolic link and by a hard link; then its folder, and a named pipe.
Afterwards the window takes a fee in cash and is closed, and everything has to be as it was: each
file has its content, the book has every receipt, and its audit trail holds. What was refused, and
what was written elsewhere, both count as good. The control runs writers that check no path.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from functools import partial
from io import StringIO
from itertools import cycle, islice
from typing import TYPE_CHECKING
from unittest.mock import patch

from desktop_app.bootstrap import Options, open_desk
from desktop_app.cli.main import run
from desktop_app.config.logging import LOG
from desktop_app.domain.courses import make_course
from desktop_app.domain.payment import Method
from desktop_app.domain.students import make_student
from desktop_app.storage.audit_anchor import ANCHOR
from desktop_app.storage.store import BACKUPS, DATABASE
from tests.exported_rows import exported

from .proof_desk import EXPECTED_ERRORS, FEE, temporary_folder
from .report_figures import Figure, count_figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from desktop_app.bootstrap import OpenDesk

SEED = 8
SHORT_CASES = 14
LONGEST_S = 20
MOST_LINES = 10
DAILY = f"{BACKUPS}/daily-20260101.sqlite3"
OWN = (
    DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal", ANCHOR, "window.ini",
    f"logs/{LOG}", "sandbox-address.json", "sandbox-state.json", "logo-0123456789abcdef.png",
    "replaced-20260101T090000.sqlite3", DAILY,
)  # fmt: skip
_LIVING = frozenset({DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal", ANCHOR})
"""Files that the open window writes to; they are judged by what the book says."""
NAMES = ("plain", "roundabout", "symlink", "hard link", "folder", "pipe")
CHECKED_IN = (
    "desktop_app.services.maintenance.backups",
    "desktop_app.services.maintenance.exporting",
    "desktop_app.services.receipts.issuing",
    "desktop_app.cli.sandbox",
)


@dataclass(frozen=True)
class Window:
    """The open desk, its folder, and a receipt that it can save."""

    opened: OpenDesk
    folder: Path
    receipt_uid: str

    def command(self, *words: str) -> None:
        """Run a command beside the window."""
        run([*words, "--data-dir", str(self.folder)])


def _sandbox(option: str, window: Window, path: Path) -> None:
    run(["--data-dir", str(window.folder), "sandbox", option, str(path)])


WRITERS: dict[str, Callable[[Window, Path], object]] = {
    "backup": lambda window, path: window.command("backup", str(path)),
    "export": lambda window, path: window.command("export", "students", str(path)),
    "restore": lambda window, path: window.command("restore", str(path)),
    "import": lambda window, path: window.command("import", "students", str(path)),
    "logo": lambda window, path: window.command("settings", "set", "centre.logo", str(path)),
    "data-dir": lambda _window, path: run(["ledger", "--data-dir", str(path)]),
    "sandbox state": partial(_sandbox, "--state-file"),
    "sandbox log": partial(_sandbox, "--log-file"),
    "receipt": lambda window, path: window.opened.desk.receipts.save_pdf(
        window.receipt_uid, "a5", path
    ),
    "test page": lambda window, path: window.opened.desk.receipts.save_specimen("a5", path),
}


@dataclass(frozen=True, slots=True)
class PathCase:
    """One writer, one file of the program's own, one name for it."""

    writer: str
    own: str
    name: str


@dataclass
class World:
    """A data folder with a book and every other file, which each case starts from.

    Attributes:
        place: holds the folder, what the system remembers of it, and an untouched copy of both.
        damaged: what was not as before, a line each.
    """

    place: Path
    damaged: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.place / "world" / "desk"

    def build(self) -> None:
        """Make the files, and the copy."""
        opened = open_desk(Options(data_dir=self.folder))
        collect_cash(opened, "R001")
        opened.desk.backups.make(self.place / "backup.sqlite3")
        opened.close()
        for name in OWN:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith(".sqlite3") and not path.exists():
                shutil.copy(self.place / "backup.sqlite3", path)
            elif name not in _LIVING and not path.exists():
                path.write_text("{}", encoding="utf-8")
        shutil.copytree(self.place / "world", self.place / "untouched")

    def play(self, case: PathCase) -> None:
        """Play a case, and record what is damaged."""
        shutil.rmtree(self.place / "world")
        shutil.rmtree(self.place / "named", ignore_errors=True)
        shutil.copytree(self.place / "untouched", self.place / "world")
        opened = open_desk(Options(data_dir=self.folder))
        before, numbers = self._contents(), receipt_numbers(opened)
        receipt = opened.desk.receipts.latest()
        window = Window(opened, self.folder, receipt.uid if receipt else "")
        lines: list[str] = []
        try:
            with _silence(), _at_most(LONGEST_S), suppress(*EXPECTED_ERRORS, OSError):
                WRITERS[case.writer](window, self._named(case))
        except TimeoutError:
            lines.append("it hangs")
        lines += self._after(opened, before, numbers)
        self.damaged += [f"{case.writer}, {case.own}, {case.name}: {each}" for each in lines]

    def _named(self, case: PathCase) -> Path:
        own, aside = self.folder / case.own, self.place / "named"
        aside.mkdir()
        link = aside / "list.csv"
        if case.name == "roundabout":
            return self.folder / ".." / self.folder.name / case.own
        if case.name == "symlink":
            link.symlink_to(own)
        elif case.name == "hard link" and own.exists():
            os.link(own, link)
        elif case.name == "folder":
            return own.parent
        elif case.name == "pipe":
            os.mkfifo(link)
        return own if case.name == "plain" else link

    def _contents(self) -> dict[str, bytes]:
        return {name: (self.folder / name).read_bytes() for name in OWN if name not in _LIVING}

    def _after(self, opened: OpenDesk, before: dict[str, bytes], numbers: set[str]) -> list[str]:
        try:
            numbers.add(collect_cash(opened, "R002"))
        except Exception as error:  # noqa: BLE001 - a window that lost its book fails in any way
            return [f"the window takes no fee: {error!r}"]
        finally:
            opened.close()
        found = [
            f"{name} is not as it was" for name, was in before.items() if not self._is(name, was)
        ]
        try:
            again = open_desk(Options(data_dir=self.folder))
        except Exception as error:  # noqa: BLE001 - as above
            return [*found, f"the book does not open: {error!r}"]
        try:
            found += [f"receipt {number} is gone" for number in numbers - receipt_numbers(again)]
            broken = again.verify_trail()
            return [*found, broken] if broken else found
        finally:
            again.close()

    def _is(self, name: str, was: bytes) -> bool:
        path = self.folder / name
        now = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        return now.startswith(was) if name.startswith("logs/") else now == was


def collect_cash(opened: OpenDesk, roll_no: str) -> str:
    """Collect a fee in cash; return the receipt's number."""
    desk, code = opened.desk, f"C-{roll_no}"
    student = desk.students.add(make_student(roll_no=roll_no, name="Asha Rao", phone="9000000001"))
    course = desk.courses.add(make_course(code=code, title="Physics", fee=FEE, gst_bp=0))
    return desk.payments.begin(student.uid, course.uid, Method.CASH).receipt_no or ""


def receipt_numbers(opened: OpenDesk) -> set[str]:
    return {str(row["number"]) for row in exported(opened.store, "receipts")}


@contextmanager
def _silence() -> Iterator[None]:
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        yield


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """Raise TimeoutError in a block that reads a pipe for ever."""

    def stop(_number: int, _frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def every_case() -> list[PathCase]:
    """Return the whole matrix."""
    return [PathCase(writer, own, name) for writer in WRITERS for own in OWN for name in NAMES]


def drawn(rng: random.Random, count: int) -> list[PathCase]:
    """Return some cases: those known to destroy, then each writer, file and name in turn."""
    cases = [PathCase("backup", DATABASE, name) for name in ("plain", "symlink")]
    own, names = rng.sample(OWN, len(OWN)), rng.sample(NAMES, len(NAMES))
    turns = zip(cycle(WRITERS), cycle(own), cycle(names), strict=False)
    return [*cases, *(PathCase(*each) for each in islice(turns, count - len(cases)))]


_CONTROL = tuple(
    PathCase(writer, own, "plain")
    for writer, own in (
        ("backup", DATABASE), ("backup", DAILY), ("receipt", DATABASE), ("sandbox log", DATABASE),
        ("test page", "window.ini"), ("backup", f"logs/{LOG}"),
    )
)  # fmt: skip


def play_all(cases: Sequence[PathCase], *, checked: bool = True) -> list[str]:
    """Play cases in a new world; return what is damaged, a line each."""
    with temporary_folder() as place, ExitStack() as stack:
        state = {"XDG_STATE_HOME": str(place / "world" / "state")}
        stack.enter_context(patch.dict(os.environ, state))
        stack.enter_context(patch("desktop_app.sandbox.server.serve", _serve_shortly))
        if not checked:
            for module in CHECKED_IN:
                stack.enter_context(patch(f"{module}.check_output", lambda *_a, **_n: None))
        world = World(place)
        world.build()
        for case in cases:
            world.play(case)
        return world.damaged


def _serve_shortly(server: object) -> None:
    with server:  # type: ignore[attr-defined]
        pass


def prove(*, long: bool) -> Iterator[Figure]:
    """Play the cases, and some of them with writers that check no path."""
    cases = every_case() if long else drawn(random.Random(SEED), SHORT_CASES)
    damaged = play_all(cases)
    for line in damaged[:MOST_LINES]:
        print(f"  {line}")
    control = play_all(_CONTROL, checked=False)
    yield Figure("paths.cases", str(len(cases)), f"≥ {SHORT_CASES}", len(cases) >= SHORT_CASES)
    yield count_figure("paths.damaged", len(damaged), control=len(control))
