"""Two folders with one book, and two desks with one code: nothing is given out or booked twice.

A desk works for a while; then its book is there twice: the folder is copied, on the same PC or to
another, a backup is restored beside it or put somewhere by hand, the folder is moved, the whole PC
is cloned. Or a second desk of the account was never given a code, and the first is restored from a
backup. Both then work at random on one account, and are restarted; a desk that asks gets the true
answer. At the end, after a calm look, no receipt number and no payment is in both books, or
the desk has asked or reported it. The control is the same without the check at the start and
without the tag.

A situation is a row of SITUATIONS; those of anchors put an older file back in their folder.
"""

from __future__ import annotations

import random
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from unittest.mock import patch

from desktop_app.domain.errors import DomainError
from desktop_app.domain.payment import Method
from desktop_app.domain.reference import is_of_code
from desktop_app.services.errors import GatewayError, ServiceError
from desktop_app.services.identity import foreign_orders
from desktop_app.services.identity.checks import check_code
from desktop_app.services.identity.foreign_orders import ForeignOrders
from desktop_app.services.recovery.restore_recovery import RestoreRecovery
from desktop_app.services.views.maintenance import Health
from desktop_app.storage.store import DATABASE
from tests.clock import TestClock
from tests.exported_rows import exported
from tests.fake_gateway import FakeGateway
from tests.memory_registry import MemoryRegistry
from tests.two_folders import FolderDesk, copy_book, copy_folder

from .proof_desk import temporary_folder
from .report_figures import Figure, count_figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    Situation = Callable[["World", MemoryRegistry], list["Book"]]

    from desktop_app.services.payments.channels.base import Origin

SEED = 20261129
ROUNDS, LONG_ROUNDS = 1, 60
STEPS_BEFORE, STEPS_AFTER, SHORT_STEPS_AFTER = 10, 24, 12
STUDENTS = 14
EXPECTED = (DomainError, ServiceError, GatewayError)
CHANNELS = (Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK)


@dataclass
class Book:
    """One folder as its desk has it now, and what it held when the book was doubled."""

    folder: Path
    registry: MemoryRegistry
    answer: str = ""
    desk: FolderDesk | None = None
    numbers: frozenset[str] = frozenset()
    payments: frozenset[str] = frozenset()
    receipted: frozenset[str] = frozenset()


@dataclass
class World:
    """One account, its clock, the parents' phones and a room for folders."""

    room: Path
    rng: random.Random
    is_checked: bool
    clock: TestClock = field(default_factory=TestClock)
    qrs: list[str] = field(default_factory=list)
    asked: int = 0

    def __post_init__(self) -> None:
        self.gateway = FakeGateway(self.clock)

    def start(self, book: Book) -> FolderDesk:
        """Open a book's folder again; answer what the desk asks."""
        if book.desk is not None:
            book.desk.close()
        book.desk = FolderDesk(
            book.folder, book.registry, self.gateway, self.clock, is_checked=self.is_checked
        )
        if book.desk.identity.question() is not None:
            self.asked += 1
            if book.answer == "moved":
                book.desk.identity.moved()
            else:
                book.desk.identity.copied()
        return book.desk

    def new_book(self, name: str, registry: MemoryRegistry) -> Book:
        """Make a new desk and let it work."""
        book = Book(self.room / name, registry)
        self.start(book)
        self.work([book], STEPS_BEFORE)
        return book

    def work(self, books: list[Book], steps: int) -> None:
        """Make desks, parents and the clock do something at random."""
        for _step in range(steps):
            book = self.rng.choice(books)
            desk = book.desk or self.start(book)
            do = self.rng.choice(ACTS)
            with suppress(*EXPECTED):
                do(self, desk)
            if self.rng.random() < 0.08:
                self.start(book)

    def student(self) -> str:
        return f"R{self.rng.randrange(STUDENTS):03d}"


def _cash(world: World, desk: FolderDesk) -> None:
    desk.cash(world.student())


def _show(world: World, desk: FolderDesk) -> None:
    view = desk.shown(world.student(), world.rng.choice(CHANNELS))
    if view.qr_text:
        world.qrs.append(view.qr_text)


def _pay(world: World, desk: FolderDesk) -> None:
    del desk
    if world.qrs:
        world.gateway.pay(world.rng.choice(world.qrs))


def _cancel(world: World, desk: FolderDesk) -> None:
    live = desk.desk.payments.waiting()
    if live:
        desk.desk.payments.cancel(world.rng.choice(live).uid)


def _poll(world: World, desk: FolderDesk) -> None:
    world.clock.advance(world.rng.choice((2, 60, 1_000)))
    desk.desk.polling.run()


def _reconcile(world: World, desk: FolderDesk) -> None:
    del world
    desk.desk.polling.reconcile()


def _refund(world: World, desk: FolderDesk) -> None:
    """Ask for a refund, mostly while offline: it then waits in the outbox."""
    paid = sorted(desk.paid_ids())
    if not paid:
        return
    is_offline = world.rng.random() < 0.7
    world.gateway.down = GatewayError("offline") if is_offline else None
    try:
        desk.desk.refunds.refund(world.rng.choice(paid), None, "leaves")
    finally:
        world.gateway.down = None


def _decide(world: World, desk: FolderDesk) -> None:
    held = desk.desk.unapplied.held()
    if held:
        chosen = world.rng.choice(held)
        act = world.rng.choice((desk.desk.unapplied.enrol, desk.desk.unapplied.refund))
        act(chosen.uid)


ACTS: tuple[Callable[[World, FolderDesk], None], ...] = (
    _cash, _cash, _show, _show, _show, _pay, _pay, _pay, _cancel, _poll, _reconcile, _refund,
    _decide,
)  # fmt: skip


# --- the situations: each returns the books that work on


def _close(book: Book) -> None:
    if book.desk is not None:
        book.desk.close()
        book.desk = None


def copied_folder(world: World, registry: MemoryRegistry) -> list[Book]:
    first = world.new_book("first", registry)
    _close(first)
    return [first, Book(copy_folder(first.folder, world.room / "copy"), registry, "copied")]


def copied_to_another_pc(world: World, registry: MemoryRegistry) -> list[Book]:
    first, second = copied_folder(world, registry)
    second.registry = MemoryRegistry("another PC")
    return [first, second]


def copied_twice(world: World, registry: MemoryRegistry) -> list[Book]:
    first, second = copied_folder(world, registry)
    third = Book(copy_folder(first.folder, world.room / "third"), registry, "copied")
    return [first, second, third]


def restored_beside(world: World, registry: MemoryRegistry) -> list[Book]:
    """A backup is restored into another folder while the first desk still works."""
    first = world.new_book("first", registry)
    backup = world.room / "backup.sqlite3"
    assert first.desk is not None
    first.desk.desk.backups.make(backup)
    world.work([first], STEPS_BEFORE // 2)
    _close(first)
    folder = world.room / "restored"
    folder.mkdir()
    backup.rename(folder / DATABASE)
    return [first, Book(folder, registry, "copied")]


def copied_by_hand(world: World, registry: MemoryRegistry) -> list[Book]:
    """The database alone is put into another folder, without the anchor beside it."""
    first = world.new_book("first", registry)
    _close(first)
    copy_book(first.folder, world.room / "by-hand" / DATABASE)
    return [first, Book(world.room / "by-hand", registry, "copied")]


def moved_folder(world: World, registry: MemoryRegistry) -> list[Book]:
    first, second = copied_folder(world, registry)
    first.answer, second.answer = "copied", "moved"
    world.start(second)
    return [second, first]


def cloned_pc(world: World, registry: MemoryRegistry) -> list[Book]:
    """All of the PC is cloned, and with it what the system remembers: no start can see it."""
    first = world.new_book("first", registry)
    _close(first)
    folder = copy_folder(first.folder, world.room / "clone")
    clone = MemoryRegistry()
    clone.places = {book: (folder, code) for book, (_old, code) in registry.places.items()}
    return [first, Book(folder, clone, "copied")]


def two_desks_with_one_code(world: World, registry: MemoryRegistry) -> list[Book]:
    del registry
    return [world.new_book(name, MemoryRegistry(name)) for name in ("first", "second")]


def restored_beside_another_desk(world: World, registry: MemoryRegistry) -> list[Book]:
    """One of two desks with one code is restored from its backup."""
    first, second = two_desks_with_one_code(world, registry)
    assert first.desk is not None
    backup = world.room / "backup.sqlite3"
    first.desk.desk.backups.make(backup)
    world.work([first, second], STEPS_BEFORE)
    for book in (first, second):
        _close(book)
    backup.rename(first.folder / DATABASE)
    return [first, second]


COPIES = (
    copied_folder, copied_to_another_pc, copied_twice, restored_beside, copied_by_hand,
    moved_folder,
)  # fmt: skip
"""Situations that a start sees."""
SITUATIONS = (*COPIES, cloned_pc, two_desks_with_one_code, restored_beside_another_desk)
CONTROL_SITUATIONS = (copied_twice, restored_beside)
"""Those of the short form's control: without the checks they show every kind of harm."""


# --- the result


@dataclass
class Outcome:
    """The numbers and payments in two books at the end, and whether the desk said so."""

    numbers_twice: set[str]
    payments_twice: set[str]
    foreign_in_inbox: set[str]
    is_said: bool
    asked: int
    reports: int


def run_case(
    situation: Callable[[World, MemoryRegistry], list[Book]],
    seed: int,
    room: Path,
    *,
    steps: int,
    is_checked: bool = True,
) -> Outcome:
    """Bring a situation about, let its desks work, and compare their books."""
    world = World(room, random.Random(f"{situation.__name__} {seed}"), is_checked)
    books = situation(world, MemoryRegistry())
    for book in books:
        _note(book, world.start(book))
    world.work(books, steps)
    reports = 0
    for book in books:
        desk = world.start(book)
        with suppress(*EXPECTED):
            desk.shown(f"LAST-{book.folder.name}")
    for book in books:
        desk = world.start(book)
        desk.desk.polling.run(asked=True)
        desk.desk.polling.reconcile()
        reports += check_code(desk.context).health is Health.BAD
    is_said = world.asked > 0 or reports > 0
    outcome = Outcome(set(), set(), _foreign(books), is_said, world.asked, reports)
    for at, one in enumerate(books):
        for other in books[at + 1 :]:
            outcome.numbers_twice |= _new_numbers(one) & _new_numbers(other)
            outcome.payments_twice |= _new_payments(one) & _new_payments(other)
    for book in books:
        _close(book)
    return outcome


def _note(book: Book, desk: FolderDesk) -> None:
    book.numbers, book.payments = frozenset(desk.numbers()), frozenset(desk.paid_ids())
    book.receipted = frozenset(_receipted(desk))


def _receipted(desk: FolderDesk) -> set[str]:
    """Return the payments of the gateway for which the desk has given a receipt."""
    rows = exported(desk.store, "receipts")
    return {str(row["payment_id"]) for row in rows if row["payment_id"]}


def _new_numbers(book: Book) -> set[str]:
    return set(book.desk.numbers()) - book.numbers if book.desk else set()


def _new_payments(book: Book) -> set[str]:
    """Return payments booked or given a receipt since the book was doubled."""
    if book.desk is None:
        return set()
    booked = book.desk.paid_ids() - book.payments
    return booked | (_receipted(book.desk) - book.receipted)


def _foreign(books: list[Book]) -> set[str]:
    """Return payments in an inbox as of an unknown fee that are in another book with their fee."""
    found: set[str] = set()
    for book in books:
        if book.desk is None:
            continue
        strays = {
            str(each.payment_id)
            for each in book.desk.desk.unapplied.held()
            if not each.course_label
        }
        others = {
            paid
            for other in books
            if other is not book and other.desk
            for paid in other.desk.paid_ids()
        }
        found |= strays & others
    return found


def _by_code_alone(recovery: RestoreRecovery, origin: Origin) -> bool:
    """Return what was compared before there were tags: the desk's code."""
    return is_of_code(origin.reference, recovery._context.settings().desk_id)


def _unseen(_orders: ForeignOrders, _shown: object) -> None:
    """Ignore the orders of other desks."""


def _run_all(
    rounds: int, *, steps: int, is_checked: bool, situations: Sequence[Situation] = SITUATIONS
) -> Counter[str]:
    """Run the situations; return the counts of what went wrong."""
    counts: Counter[str] = Counter()
    with temporary_folder() as room, ExitStack() as stack:
        stack.enter_context(patch.object(foreign_orders, "log"))
        if not is_checked:
            stack.enter_context(patch.object(RestoreRecovery, "_is_ours", _by_code_alone))
            stack.enter_context(patch.object(ForeignOrders, "notice", _unseen))
        for situation in situations:
            for number in range(rounds):
                place = room / f"{situation.__name__}-{number}"
                place.mkdir()
                found = run_case(
                    situation, SEED + number, place, steps=steps, is_checked=is_checked
                )
                is_copy = situation in COPIES
                is_repeated = bool(found.numbers_twice or found.payments_twice)
                counts["cases"] += 1
                counts["numbers"] += len(found.numbers_twice) if is_copy else 0
                counts["payments"] += len(found.payments_twice) if is_copy else 0
                counts["foreign"] += len(found.foreign_in_inbox)
                counts["silent"] += is_repeated and not found.is_said
                counts["unasked"] += is_copy and not found.asked
                counts["false"] += found.reports if is_copy else 0
    return counts


def prove(*, long: bool) -> Iterator[Figure]:
    """Run every situation, with the checks and, as the control, without."""
    rounds = LONG_ROUNDS if long else ROUNDS
    print(f"  seed {SEED}, {rounds} rounds of {len(SITUATIONS)} situations")
    steps = STEPS_AFTER if long else SHORT_STEPS_AFTER
    ours = _run_all(rounds, steps=steps, is_checked=True)
    control = _run_all(
        max(1, rounds // 10),
        steps=STEPS_AFTER,
        is_checked=False,
        situations=SITUATIONS if long else CONTROL_SITUATIONS,
    )
    yield Figure("two_books.cases", str(ours["cases"]), f"≥ {rounds * len(SITUATIONS)}", holds=True)
    for name, key in (
        ("numbers_twice_in_copies", "numbers"),
        ("payments_twice_in_copies", "payments"),
        ("another_desks_money_in_the_inbox", "foreign"),
        ("repeated_in_silence", "silent"),
        ("copies_not_asked_about", "unasked"),
    ):
        yield count_figure(f"two_books.{name}", ours[key], control=control[key])
    yield count_figure("two_books.false_reports_of_a_shared_code", ours["false"])
