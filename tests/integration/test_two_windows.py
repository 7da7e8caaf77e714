"""Two windows decide about the same money: one decision is written, the other is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from desktop_app.cli.exits import Exit, explain
from desktop_app.domain.channels import CHANNELS
from desktop_app.domain.errors import AlreadyEnrolledError
from desktop_app.domain.payment import Method
from desktop_app.services.errors import AlreadyDecidedError, FeePaidError
from desktop_app.services.views.unapplied import MoneyDecision
from tests.clock import TestClock
from tests.integration import two_windows
from tests.integration.two_windows import LATE, STRAY, Book, at_once, in_turns, one_after_the_other
from tests.proofs.ledger_audit import DOUBLED
from tests.proofs.proof_desk import open_services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).parents[2]
PAYING, RETURNING = ("enrol", "place"), ("refund", "refund_by_dialog")
LATE_PAIRS = list(product((*PAYING, *RETURNING), repeat=2))
STRAY_PAIRS = list(product(("place", "refund"), repeat=2))
PAIRS = [(LATE, *pair) for pair in LATE_PAIRS] + [(STRAY, *pair) for pair in STRAY_PAIRS]
SAID = {
    **{name: {MoneyDecision.APPLIED} for name in PAYING},
    **{name: {MoneyDecision.REFUND_ASKED, MoneyDecision.REFUNDED} for name in RETURNING},
}


DRAWS = st.one_of(
    st.integers(0, 24).map(lambda steps: [1] * steps), st.lists(st.integers(0, 1), max_size=24)
)
"""The second window goes some steps ahead and the first overtakes it, or any order of steps."""


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return two_windows.make_book(tmp_path_factory.mktemp("first") / "desk")


@pytest.fixture
def book(first: Book, tmp_path: Path) -> Iterator[Book]:
    with first.copied(tmp_path / "desk") as made:
        yield made


def payment_of(book: Book, kind: str) -> str:
    """Return the gateway's id of held money."""
    table = "strays" if kind == STRAY else "payments"
    [[payment_id]] = book.rows(f"SELECT payment_id FROM {table} WHERE uid = '{book.held[kind]}'")
    return str(payment_id)


def is_paying(book: Book, kind: str) -> bool:
    """Return whether the money pays a fee."""
    payment_id = payment_of(book, kind)
    return bool(
        book.rows(
            "SELECT 1 FROM payments p JOIN allocations a ON a.payment_uid = p.uid "
            "JOIN dues d ON d.uid = a.due_uid "
            f"WHERE p.payment_id = '{payment_id}' AND d.state = 'paid'"
        )
    )


def is_going_back(book: Book, kind: str) -> bool:
    """Return whether the gateway was asked to return the money."""
    payment_id = payment_of(book, kind)
    return any(each.payment_id == payment_id for each in book.gateway.refunds.values())


def check_one_decision(
    book: Book, names: Sequence[str], kind: str, results: Sequence[Exception | None]
) -> None:
    """Check that one window decided, that the other learned which, and that the books agree."""
    assert sorted(error is None for error in results) == [False, True], results
    winner = names[results.index(None)]
    [refused] = [error for error in results if error is not None]
    assert isinstance(refused, AlreadyDecidedError), refused
    assert refused.decision in SAID[winner], (winner, refused)
    assert bool(refused.about) == (winner in PAYING), refused
    assert is_paying(book, kind) == (winner in PAYING)
    assert is_going_back(book, kind) == (winner in RETURNING)
    check_books(book)


def check_books(book: Book) -> None:
    for words, sql in DOUBLED.items():
        assert book.rows(sql) == [], words
    sums = "SELECT 1 FROM ledger_entries GROUP BY movement_uid HAVING sum(amount_paise) != 0"
    assert book.rows(sums) == []
    assert book.rows(
        "SELECT 1 FROM attempts a JOIN dues d ON d.uid = a.due_uid WHERE d.state = 'paid' "
        "AND a.state IN ('intent', 'unknown', 'ordered', 'awaiting')"
    ) == []  # fmt: skip


@pytest.mark.parametrize(("kind", "one", "two"), PAIRS)
def test_the_second_window_learns_what_the_first_decided(
    book: Book, kind: str, one: str, two: str
) -> None:
    results = one_after_the_other(book, (one, two), kind)
    assert results[0] is None
    check_one_decision(book, (one, two), kind, results)


@pytest.mark.parametrize(("kind", "one", "two"), PAIRS)
def test_of_two_windows_at_the_same_moment_one_decides(
    book: Book, kind: str, one: str, two: str
) -> None:
    check_one_decision(book, (one, two), kind, at_once(book, (one, two), kind))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=16)
@given(pair=st.sampled_from(PAIRS), draws=DRAWS)
@example(pair=(STRAY, "refund", "refund"), draws=[1] * 5)
@example(pair=(STRAY, "place", "refund"), draws=[1] * 5)
def test_in_whatever_order_their_steps_run_one_decides(
    first: Book, tmp_path: Path, pair: tuple[str, str, str], draws: list[int]
) -> None:
    kind, *names = pair
    with first.copied(tmp_path / "desk") as book:
        check_one_decision(book, names, kind, in_turns(book, names, kind, draws))


def test_of_two_processes_on_one_folder_one_decides(first: Book, tmp_path: Path) -> None:
    """One is this one."""
    pairs = [(LATE, "enrol", "refund"), (LATE, "refund", "place"), (STRAY, "refund", "place")]
    books = [first.copy(tmp_path / f"desk-{at}") for at in range(len(pairs))]
    tasks = [task(book, pair[0], pair[2]) for book, pair in zip(books, pairs, strict=True)]
    other = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.two_windows", json.dumps(tasks)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    for book, (kind, *names) in zip(books, pairs, strict=True):
        answers = answers_at_once(two_windows.window(task(book, kind, names[0])), other)
        assert sorted(each["refused"] for each in answers) == ["", "AlreadyDecidedError"], names
        winner = names[[each["refused"] for each in answers].index("")]
        [loser] = [each for each in answers if each["refused"]]
        assert MoneyDecision(loser["decision"]) in SAID[winner], names
        assert is_paying(book, kind) == (winner in PAYING), names
        assert sum(each["refunds"] for each in answers) == (winner in RETURNING), names
        check_books(book)
        book.close()
    other.communicate(timeout=30)
    assert other.returncode == 0


def task(book: Book, kind: str, action: str) -> dict[str, object]:
    """Return the task of a window in a separate process."""
    return {
        "folder": str(book.folder),
        "held": book.held,
        "due": book.due,
        "attempt": book.attempt,
        "kind": kind,
        "action": action,
        "payments": [payment_of(book, each) for each in (LATE, STRAY)],
        "reference": "D1-" + "c" * 32,
    }


def answers_at_once(
    do: Callable[[], dict[str, Any]], other: subprocess.Popen[str]
) -> list[dict[str, Any]]:
    """Act in this process and in the other, once that is ready; return both answers."""
    assert other.stdout is not None
    assert other.stdin is not None
    assert other.stdout.readline() == "ready\n"
    other.stdin.write("go\n")
    other.stdin.flush()
    return [do(), json.loads(other.stdout.readline())]


# --- refunds of a part


def test_two_windows_that_refund_a_part_do_not_add_up(book: Book) -> None:
    names = ("refund_a_part", "refund_a_part")
    results = at_once(book, names, LATE)
    assert sorted(error is None for error in results) == [False, True], results
    [refused] = [error for error in results if error is not None]
    assert isinstance(refused, AlreadyDecidedError)
    assert refused.decision in SAID["refund"]
    assert [each.amount_paise for each in book.gateway.refunds.values()] == [100_000]


def test_a_refund_whose_payment_still_is_as_it_was_shown_is_made(book: Book) -> None:
    assert one_after_the_other(book, ("refund_a_part",), LATE) == [None]
    assert [each.amount_paise for each in book.gateway.refunds.values()] == [100_000]


def test_money_whose_refund_failed_is_not_refunded_as_the_fee_it_was(book: Book) -> None:
    """A dialog that opened while it paid a fee must not act on money that waits in the inbox."""
    desk = open_services(book.folder, book.gateway, TestClock())
    desk.unapplied.enrol(book.held[LATE])
    basis = desk.refunds.basis(book.held[LATE])
    book.gateway.refund_status = "pending"
    desk.refunds.refund(book.held[LATE], None, "leaves")
    book.gateway.settle_refund(next(iter(book.gateway.refunds)), "failed")
    desk.polling.reconcile()
    with pytest.raises(AlreadyDecidedError) as caught:
        desk.refunds.refund(book.held[LATE], None, "leaves", basis=basis)
    assert caught.value.decision is MoneyDecision.HELD
    desk.close()


# --- two payments for one fee


def test_a_fee_that_other_money_paid_first_takes_no_second(book: Book) -> None:
    desk = open_services(book.folder, book.gateway, TestClock())
    desk.unapplied.put_against(book.held[STRAY], book.due)
    with pytest.raises(FeePaidError) as caught:
        desk.unapplied.put_against(book.held[LATE], book.due)
    assert caught.value.about == "Student R003 · Physics XI · Morning"
    assert [each.uid for each in desk.unapplied.held()] == [book.held[LATE]]
    code, words = explain(caught.value)
    assert code is Exit.REFUSED
    assert "Student R003 · Physics XI · Morning was paid by another payment" in words
    desk.close()


def test_money_whose_own_fee_was_paid_in_cash_says_so(book: Book) -> None:
    desk = open_services(book.folder, book.gateway, TestClock())
    desk.payments.begin(desk.student("R001"), desk.course(), Method.CASH)
    with pytest.raises(FeePaidError):
        desk.unapplied.enrol(book.held[LATE])
    desk.close()


# --- cancelling and collecting beside a decision


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8)
@given(
    kind=st.sampled_from(two_windows.KINDS),
    names=st.permutations(["place", "cancel"]),
    draws=DRAWS,
)
def test_a_qr_that_is_cancelled_while_held_money_pays_its_fee_is_closed(
    first: Book, tmp_path: Path, kind: str, names: list[str], draws: list[int]
) -> None:
    with first.copied(tmp_path / "desk") as book:
        assert in_turns(book, names, kind, draws) == [None, None]
        assert is_paying(book, kind)
        state = f"SELECT state FROM attempts WHERE uid = '{book.attempt}'"
        assert book.rows(state) == [("cancelled",)]
        check_closed(book)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(
    kind=st.sampled_from(two_windows.KINDS),
    method=st.sampled_from(list(CHANNELS)),
    is_placed_first=st.booleans(),
    draws=DRAWS,
)
@example(kind=LATE, method=Method.QR_CODE, is_placed_first=True, draws=[1] * 9)
@example(kind=LATE, method=Method.CHECKOUT, is_placed_first=True, draws=[1] * 14)
@example(kind=LATE, method=Method.PAYMENT_LINK, is_placed_first=True, draws=[1] * 9)
@example(kind=LATE, method=Method.PAYMENT_LINK, is_placed_first=True, draws=[1] * 10)
@example(kind=LATE, method=Method.UPI_INTENT, is_placed_first=True, draws=[1] * 9)
@example(kind=LATE, method=Method.UPI_INTENT, is_placed_first=True, draws=[1] * 14)
def test_a_code_that_is_made_while_held_money_pays_its_fee_is_closed(
    first: Book, tmp_path: Path, kind: str, method: Method, is_placed_first: bool, draws: list[int]
) -> None:
    collecting = f"collect by {method}"
    names = ["place", collecting] if is_placed_first else [collecting, "place"]
    with first.copied(tmp_path / "desk") as book:
        results = dict(zip(names, in_turns(book, names, kind, draws), strict=True))
        assert results["place"] is None
        assert results[collecting] is None or isinstance(results[collecting], AlreadyEnrolledError)
        assert is_paying(book, kind)
        check_closed(book)


def check_closed(book: Book) -> None:
    """Check that no code or link of a paid fee is open once the outbox has run."""
    desk = open_services(book.folder, book.gateway, TestClock())
    desk.polling.reconcile()
    desk.close()
    check_books(book)
    paid = {
        reference for [reference] in book.rows(
            "SELECT a.reference FROM attempts a JOIN dues d ON d.uid = a.due_uid "
            "WHERE d.state = 'paid'"
        )
    }  # fmt: skip
    gateway = book.gateway
    open_ = [each.reference for each in gateway.codes.values() if each.status == "active"]
    open_ += [each.reference for each in gateway.links.values() if each.status == "created"]
    assert not paid.intersection(open_)


# --- words


@pytest.mark.parametrize("decision", MoneyDecision)
def test_the_command_line_says_what_was_decided(decision: MoneyDecision) -> None:
    code, words = explain(AlreadyDecidedError(decision, "Asha Rao · Physics XI"))
    assert code is Exit.REFUSED
    assert words.endswith("Nothing changed.")
    assert ("Asha Rao · Physics XI" in words) == (decision is MoneyDecision.APPLIED)
