"""Two windows on one data folder that decide about the same money: their book, and how they run.

A book with held money is built once and copied for each test. The windows run one after the other,
in threads that start together, in separate processes, or in turns: then a list of draws picks the
window that continues, at each transaction and at each call to the gateway.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_app.domain.channels import CHANNELS
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services import errors
from desktop_app.services.ports.records import UnmatchedRecord
from desktop_app.storage.store import DATABASE
from tests.clock import TestClock
from tests.fake_gateway import FakeGateway
from tests.proofs.proof_desk import (
    EXPECTED_ERRORS,
    FEE,
    InterceptedGateway,
    create_data_folder,
    open_services,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from desktop_app.services.views.refunds import RefundBasis
    from tests.proofs.proof_desk import DeskServices

PATIENCE_S = 20.0
LATE, STRAY = "late", "stray"
KINDS = (LATE, STRAY)
"""Held money of a fee in the book, and captured money whose fee is not in it."""


@dataclass(frozen=True)
class Book:
    """A data folder with held money, and what a decision needs to know of it.

    Attributes:
        held: the uid of the held money, by kind.
        due: an open due of the same family and amount.
        attempt: its attempt; a QR of it is open.
        basis: what the Payments page showed of the late money when both windows read it.
    """

    folder: Path
    gateway: FakeGateway
    held: dict[str, str]
    due: str
    attempt: str
    basis: RefundBasis
    _raw: list[sqlite3.Connection] = field(default_factory=list)

    @contextmanager
    def copied(self, folder: Path) -> Iterator[Book]:
        """Yield a copy of the book and of what the gateway knows."""
        made = self.copy(folder)
        try:
            yield made
        finally:
            made.close()

    def copy(self, folder: Path) -> Book:
        """Return a copy, to `close`."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        gateway = FakeGateway(TestClock())
        gateway.adopt(self.gateway)
        return replace(self, folder=folder, gateway=gateway, _raw=[])

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Read the book; its connection stays open, because opening one costs more than a query."""
        if not self._raw:
            self._raw.append(sqlite3.connect(self.folder / DATABASE))
        return self._raw[0].execute(sql).fetchall()

    def close(self) -> None:
        while self._raw:
            self._raw.pop().close()


def make_book(folder: Path) -> Book:
    """Build the book: R001 paid late, R002 has a seat, R003 of the same family has a QR open."""
    create_data_folder(folder)
    gateway = FakeGateway(TestClock())
    desk = open_services(folder, gateway, TestClock())
    course = desk.course(seats=1)
    begun = desk.payments.begin(desk.student("R001"), course, Method.UPI_INTENT)
    view = desk.payments.open(begun.uid)
    desk.payments.expire(view.uid)
    desk.payments.begin(desk.student("R002"), course, Method.CASH)
    gateway.pay(view.qr_text or "")
    desk.polling.reconcile()
    [held] = desk.unapplied.held()
    row = desk.courses.detail(course)
    desk.courses.change(course, replace(row.course, seats=400))
    begun = desk.payments.begin(desk.student("R003"), course, Method.QR_CODE)
    assert desk.payments.open(begun.uid).state is AttemptState.AWAITING
    with desk.store.reading() as books:
        due = books.enrollments.due_of(begun.enrollment_uid or "").uid
    made = Book(
        folder=folder,
        gateway=gateway,
        held={LATE: held.uid, STRAY: _hold_stray(desk, gateway)},
        due=due,
        attempt=begun.uid,
        basis=desk.refunds.basis(held.uid),
    )
    desk.close()
    return made


def _hold_stray(desk: DeskServices, gateway: FakeGateway) -> str:
    """Hold captured money on an order of ours that the book does not know."""
    order = gateway.create_order(reference="D1-" + "b" * 32, amount=FEE, notes={}, unique=False)
    payment_id = gateway._new_payment(order.order_id, FEE.paise)
    gateway._captured(payment_id)
    stray = UnmatchedRecord(
        uid=desk.context.ids.new(),
        payment_id=payment_id,
        order_id=order.order_id,
        reference=order.receipt or "",
        key_id=gateway.key_id,
        rrn="632408184821",
        vpa_masked=None,
        phone_masked="",
        method=Method.UPI_INTENT,
        amount=FEE,
        state="held",
        received_at=desk.context.now(),
    )
    with desk.store.writing() as work:
        work.unmatched.add(stray)
        work.commit()
    return stray.uid


# --- what a window does


def enrol(book: Book, desk: DeskServices, kind: str) -> None:
    desk.unapplied.enrol(book.held[kind])


def place(book: Book, desk: DeskServices, kind: str) -> None:
    desk.unapplied.put_against(book.held[kind], book.due)


def refund(book: Book, desk: DeskServices, kind: str) -> None:
    desk.unapplied.refund(book.held[kind])


def refund_by_dialog(book: Book, desk: DeskServices, kind: str) -> None:
    desk.refunds.refund(book.held[kind], None, "leaves", basis=book.basis)


def refund_a_part(book: Book, desk: DeskServices, kind: str) -> None:
    desk.refunds.refund(book.held[kind], Money(100_000), "a part", basis=book.basis)


def cancel(book: Book, desk: DeskServices, kind: str) -> None:
    """Cancel the open QR of the due that money may be placed on."""
    desk.payments.cancel(book.attempt)


def collect(method: Method) -> Callable[[Book, DeskServices, str], None]:
    """Return what shows another code of the due that money may be placed on."""

    def show(book: Book, desk: DeskServices, kind: str) -> None:
        begun = desk.payments.begin(desk.student("R003"), desk.course(), method)
        desk.payments.open(begun.uid)

    return show


DECISIONS = (enrol, place, refund, refund_by_dialog, refund_a_part, cancel)
ACTIONS: dict[str, Callable[[Book, DeskServices, str], None]] = {
    **{each.__name__: each for each in DECISIONS},
    **{f"collect by {method}": collect(method) for method in CHANNELS},
}


def act(book: Book, desk: DeskServices, name: str, kind: str) -> Exception | None:
    """Do one thing in a window; return why it was refused, None where it was done."""
    try:
        ACTIONS[name](book, desk, kind)
    except EXPECTED_ERRORS as error:
        return error
    return None


# --- how two windows run


def one_after_the_other(book: Book, names: Sequence[str], kind: str) -> list[Exception | None]:
    """Run both windows, the second after the first; both were open before."""
    desks = [open_services(book.folder, book.gateway, TestClock()) for _ in names]
    try:
        return [
            act(book, desk, name, kind) for desk, name in zip(desks, names, strict=True)
        ]  # fmt: skip
    finally:
        for desk in desks:
            desk.close()


def at_once(book: Book, names: Sequence[str], kind: str) -> list[Exception | None]:
    """Run both windows in threads that a barrier releases together."""
    barrier = threading.Barrier(len(names))
    return _in_threads(book, names, kind, lambda _at: barrier.wait(PATIENCE_S), lambda _at: None)


class Turns:
    """Runs one window at a time; which one is drawn at each step.

    Args:
        draws: which of the windows that wait continues, counted from 0; later always the first.
    """

    def __init__(self, draws: Iterator[int], count: int) -> None:
        self._draws = draws
        self._changed = threading.Condition()
        self._waiting: deque[int] = deque()
        self._going: set[int] = set(range(count))
        self._turn: int | None = None

    def wait(self, at: int) -> None:
        """Stop a window before its next step, until it is drawn."""
        with self._changed:
            self._going.discard(at)
            self._waiting.append(at)
            self._draw()
            if not self._changed.wait_for(lambda: self._turn == at, PATIENCE_S):
                raise TimeoutError(f"window {at} is never drawn")
            self._turn = None
            self._going.add(at)

    def end(self, at: int) -> None:
        """Remove a window that is done."""
        with self._changed:
            self._going.discard(at)
            self._draw()

    def _draw(self) -> None:
        if self._going or not self._waiting:
            return
        self._waiting = deque(sorted(self._waiting))
        self._waiting.rotate(-next(self._draws, 0) % len(self._waiting))
        self._turn = self._waiting.popleft()
        self._changed.notify_all()


class _SteppedStore:
    """A store whose transactions each begin with a step."""

    def __init__(self, inner: Any, step: Callable[[], None]) -> None:
        self._inner, self._step = inner, step

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def reading(self) -> Any:
        self._step()
        return self._inner.reading()

    def writing(self) -> Any:
        self._step()
        return self._inner.writing()


def in_turns(
    book: Book, names: Sequence[str], kind: str, draws: Sequence[int]
) -> list[Exception | None]:
    """Run both windows step by step: each draw picks the one that continues."""
    turns = Turns(iter(draws), len(names))
    return _in_threads(book, names, kind, turns.wait, turns.end, turns.wait)


def _in_threads(
    book: Book,
    names: Sequence[str],
    kind: str,
    start: Callable[[int], object],
    end: Callable[[int], object],
    step: Callable[[int], object] | None = None,
) -> list[Exception | None]:
    results: dict[int, Exception | None] = {}
    own = threading.local()

    def pause() -> None:
        if step is not None and hasattr(own, "at"):
            step(own.at)

    def call(_name: str, made: Callable[[], Any]) -> Any:
        pause()
        return made()

    desks = [
        open_services(
            book.folder,
            InterceptedGateway(book.gateway, call),
            TestClock(),
            wrap_store=lambda store: _SteppedStore(store, pause),
        )
        for _ in names
    ]

    def run(at: int) -> None:
        own.at = at
        try:
            start(at)
            results[at] = act(book, desks[at], names[at], kind)
        finally:
            end(at)

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(names))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S * 2)
    for desk in desks:
        desk.close()
    return [results[at] for at in range(len(names))]


# --- a window in a separate process


def main(argv: Sequence[str]) -> None:
    """Do one thing in a window of each book given, one after another."""
    for each in json.loads(argv[0]):
        act_when_told(each)


def act_when_told(given: dict[str, Any]) -> None:
    """Open a window, report it, wait for a line, do one thing, and print the result."""
    do = window(given)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(f"{json.dumps(do())}\n")
    sys.stdout.flush()


def window(given: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    """Open a window with a new gateway; return what does one thing in it and closes it."""
    clock = TestClock()
    gateway = FakeGateway(clock)
    order = gateway.create_order(reference=given["reference"], amount=FEE, notes={}, unique=False)
    for payment_id in given["payments"]:
        made = gateway._new_payment(order.order_id, FEE.paise)
        gateway.payments[payment_id] = replace(gateway.payments.pop(made), payment_id=payment_id)
        gateway._captured(payment_id)
    book = Book(
        Path(given["folder"]),
        gateway,
        given["held"],
        given["due"],
        given["attempt"],
        None,  # type: ignore[arg-type]
    )
    desk = open_services(book.folder, gateway, clock)

    def do() -> dict[str, Any]:
        error = act(book, desk, given["action"], given["kind"])
        desk.close()
        decision = error.decision.value if isinstance(error, errors.AlreadyDecidedError) else ""
        refused = type(error).__name__ if error is not None else ""
        asked = sum(each.reference is not None for each in gateway.refunds.values())
        return {"refused": refused, "decision": decision, "refunds": asked}

    return do


if __name__ == "__main__":
    main(sys.argv[1:])
