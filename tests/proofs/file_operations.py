"""Fraud by file operations alone: what a person does with a file manager, and without SQL.

Every combination of keeping, deleting, replacing and copying back the files of a data folder
(database, its log and shared memory, anchor, backups) is made while the desk is closed, after an
ordinary close and after a kill that leaves the log, with a keyring and without one. Then the desk
starts as on any morning and its doctor runs; afterwards one fee is taken in cash. Where rows of
the book are gone, the start must be refused, or the doctor must report it; and no receipt number
may be given twice.

The control is a desk whose anchor is a file without a code, and benign where it is missing.

Weaker, and measured: where there is no keyring, the secret and the copy are files of the user's
state folder; a person who puts those back as well, all of one moment, is not noticed.
"""

from __future__ import annotations

import itertools
import random
import shutil
import sqlite3
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest.mock import patch

import keyring.core

from desktop_app.config.book_registry import BookRegistry
from desktop_app.domain.anchor import Anchors
from desktop_app.services.errors import ServiceError, StorageError
from desktop_app.services.views.maintenance import Health
from desktop_app.storage import audit_anchor
from desktop_app.storage.audit_anchor import ANCHOR, AuditAnchor
from desktop_app.storage.store import BACKUPS, DATABASE
from tests.clock import TestClock
from tests.dict_keyring import DictKeyring
from tests.fake_gateway import FakeGateway
from tests.two_folders import FolderDesk

from .proof_desk import temporary_folder
from .report_figures import Figure, count_figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SEED = 11
SHORT = 12
LOG, SHARED = f"{DATABASE}-wal", f"{DATABASE}-shm"

KEEP, DELETE, BACK, REPLACE = "kept", "deleted", "copied back", "replaced"
OPERATIONS: Mapping[str, tuple[str, ...]] = {
    DATABASE: (KEEP, DELETE, BACK, REPLACE),
    LOG: (KEEP, DELETE, BACK),
    SHARED: (KEEP, DELETE, BACK),
    ANCHOR: (KEEP, DELETE, BACK, REPLACE),
    BACKUPS: (KEEP, DELETE, BACK),
}
"""The operations on each file: copied back is yesterday's, a replacement is another desk's."""

Deed = tuple[str, ...]
"""One operation for each file, in the order of `OPERATIONS`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The next start after a deed.

    Attributes:
        is_lossy: whether receipts of today are not in the book, or the files do not fit together.
        is_told: whether the start was refused, or the doctor raised an alarm.
        is_repeated: whether the next receipt has a number that was given today.
    """

    is_lossy: bool
    is_told: bool
    is_repeated: bool


class FolderHistory:
    """A data folder yesterday and today, with what the user's system remembered each time.

    Args:
        place: a folder for everything.
        is_killed: whether each day ends by a kill, which leaves the log.
        has_keyring: whether the system has a keyring.
    """

    def __init__(self, place: Path, *, is_killed: bool, has_keyring: bool) -> None:
        self.name = f"{'killed' if is_killed else 'closed'}, {'' if has_keyring else 'no '}keyring"
        self._place = place / self.name.replace(", ", "-").replace(" ", "-")
        self._folder, self._state = self._place / "desk", self._place / "state"
        self._keyring = DictKeyring() if has_keyring else None
        self._clock = TestClock()
        self._other = self._place / "other-desk"
        self._record_day("other", self._other, ("R900",), is_killed=False)
        self._record_day("yesterday", self._folder, ("R001", "R002"), is_killed=is_killed)
        self._clock.advance(24 * 3_600)
        self.issued = self._record_day("today", self._folder, ("R003", "R004"), is_killed=is_killed)

    def _record_day(
        self, day: str, folder: Path, students: tuple[str, ...], *, is_killed: bool
    ) -> set[str]:
        with self._open(folder) as desk:
            for student in students:
                desk.cash(student)
            desk.desk.backups.make_daily()
            issued = set(desk.numbers())
            if is_killed:  # what is on the disk now is what it leaves
                shutil.copytree(folder, self._place / day)
        if not is_killed:
            shutil.copytree(folder, self._place / day)
        shutil.copytree(self._state, self._place / f"{day}-state")
        return issued

    @contextmanager
    def _open(self, folder: Path) -> Iterator[FolderDesk]:
        """Open the desk of a folder, as one start of the program."""
        with self._system():
            registry = BookRegistry(self._state, keyring_delay_s=60)
            desk = FolderDesk(folder, registry, FakeGateway(self._clock), self._clock)
            try:
                yield desk
            finally:
                desk.close()
                registry.close()

    @contextmanager
    def _system(self) -> Iterator[None]:
        with ExitStack() as stack:
            if self._keyring is not None:
                stack.enter_context(patch.object(keyring.core, "_keyring_backend", self._keyring))
            yield

    # --- deeds

    def deeds(self) -> list[Deed]:
        """Return every combination of operations that are possible on these files."""
        today, yesterday = self._place / "today", self._place / "yesterday"
        possible = {DELETE: today, BACK: yesterday, REPLACE: self._place / "other"}
        choices = [
            [each for each in wanted if each == KEEP or (possible[each] / name).exists()]
            for name, wanted in OPERATIONS.items()
        ]
        return list(itertools.product(*choices))

    def play(self, deed: Deed, *, state: str = KEEP) -> Outcome:
        """Do a deed to today's files, and start the desk."""
        kept = dict(self._keyring.kept) if self._keyring is not None else {}
        self._lay_out("today", self._folder)
        self._lay_out({BACK: "yesterday-state"}.get(state, "today-state"), self._state)
        if state == DELETE:
            shutil.rmtree(self._state)
        for name, operation in zip(OPERATIONS, deed, strict=True):
            self._do(operation, name)
        try:
            return self._start()
        finally:
            if self._keyring is not None:
                self._keyring.kept = kept

    def _lay_out(self, kept: str, target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self._place / kept, target)

    def _do(self, operation: str, name: str) -> None:
        target = self._folder / name
        if operation == KEEP:
            return
        if target.is_dir():
            shutil.rmtree(target)
        target.unlink(missing_ok=True)
        source = self._place / ("yesterday" if operation == BACK else "other") / name
        if operation == DELETE:
            return
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)

    def _start(self) -> Outcome:
        try:
            with self._open(self._folder) as desk:
                if desk.store.refusal is not None:
                    return Outcome(is_lossy=True, is_told=True, is_repeated=False)
                is_sound = not desk.store.reader.audit.problems()
                is_lossy = not (is_sound and self.issued <= set(desk.numbers()))
                is_told = any(
                    each.health is Health.BAD and each.name in {"audit", "database"}
                    for each in desk.desk.health.run()
                )
                return Outcome(is_lossy, is_told, self._is_repeated(desk))
        except (StorageError, ServiceError):
            return Outcome(is_lossy=True, is_told=True, is_repeated=False)

    def _is_repeated(self, desk: FolderDesk) -> bool:
        """Collect a fee in cash; files of different days may be too mixed up for that."""
        try:
            return desk.cash("R100") in self.issued
        except (sqlite3.Error, ServiceError):
            return False


@contextmanager
def unkeyed() -> Iterator[None]:
    """Make the anchor what it was without a secret: a file that may be missing."""

    def read(self: AuditAnchor, _book_id: str, **_how: bool) -> Anchors:
        spelled = audit_anchor._parse(audit_anchor._read(self._path))
        return Anchors((spelled.anchor,) if spelled else (), has_file=True)

    def is_unproven(_chain: object, _anchors: Anchors) -> bool:
        return False

    with (
        patch.object(AuditAnchor, "read", read),
        patch("desktop_app.domain.anchor.is_unproven", is_unproven),
        patch("desktop_app.services.maintenance.audit_verification.is_unproven", is_unproven),
    ):
        yield


def prove(*, long: bool) -> Iterator[Figure]:
    """Do deeds to the files of four desks; then again without a secret, and to the state folder."""
    rng = random.Random(SEED)
    with temporary_folder() as place:
        histories = [
            FolderHistory(place, is_killed=is_killed, has_keyring=has_keyring)
            for is_killed in (False, True)
            for has_keyring in (True, False)
        ]
        done = [(each, deed) for each in histories for deed in each.deeds()]
        if not long:
            done = rng.sample(done, SHORT)
        ours = {(each.name, deed): each.play(deed) for each, deed in done}
        with unkeyed():
            control = {(each.name, deed): each.play(deed) for each, deed in done}
        yield from _figures(ours, control)
        yield from _with_the_state_folder(histories, rng, 2 if not long else 10_000)


def _figures(
    ours: Mapping[tuple[str, Deed], Outcome], control: Mapping[tuple[str, Deed], Outcome]
) -> Iterator[Figure]:
    lossy = [each for each in ours.values() if each.is_lossy]
    yield Figure("fraud.deeds", f"{len(ours)}, {len(lossy)} lose rows", "every kind", bool(lossy))
    unnoticed = [key for key, each in ours.items() if each.is_lossy and not each.is_told]
    for name, deed in unnoticed[:8]:
        print(f"  unnoticed: {name}: {describe(deed)}")
    before = sum(each.is_lossy and not each.is_told for each in control.values())
    yield count_figure("fraud.unnoticed", len(unnoticed), control=before)
    repeated = [key for key, each in ours.items() if each.is_repeated]
    for name, deed in repeated[:8]:
        print(f"  repeated: {name}: {describe(deed)}")
    before = sum(each.is_repeated for each in control.values())
    yield count_figure("fraud.numbers_twice", len(repeated), control=before)
    false = [key for key, each in ours.items() if each.is_told and not each.is_lossy]
    for name, deed in false[:8]:
        print(f"  false alarm: {name}: {describe(deed)}")
    yield count_figure("fraud.false_alarms", len(false))


def _with_the_state_folder(
    histories: list[FolderHistory], rng: random.Random, most: int
) -> Iterator[Figure]:
    """Put the state folder back as well: noticed with a keyring, and without one not always."""
    tried: dict[str, int] = {}
    missed: dict[str, int] = {}
    for each in histories:
        where = "no keyring" if "no keyring" in each.name else "keyring"
        deeds = each.deeds()
        for deed in rng.sample(deeds, min(most, len(deeds))):
            for state in (BACK, DELETE):
                found = each.play(deed, state=state)
                if found.is_lossy:
                    tried[where] = tried.get(where, 0) + 1
                    missed[where] = missed.get(where, 0) + (not found.is_told)
    yield Figure(
        "fraud.with_the_state_folder",
        f"unnoticed with a keyring {missed.get('keyring', 0)} of {tried.get('keyring', 0)}, "
        f"without {missed.get('no keyring', 0)} of {tried.get('no keyring', 0)}",
        "0 with a keyring",
        not missed.get("keyring"),
    )


def describe(deed: Deed) -> str:
    """Return the operations of a deed, without what it leaves alone."""
    named = zip(OPERATIONS, deed, strict=True)
    return ", ".join(f"{name} {operation}" for name, operation in named if operation != KEEP)
