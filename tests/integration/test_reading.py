"""Reading never waits for writing, and the writer is opened for what writes only."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.domain.payment import Method
from desktop_app.domain.students import make_student
from desktop_app.services.errors import UnknownPaymentError
from desktop_app.services.ports.gateway import DisputeFact
from desktop_app.services.refunds.service import RefundService

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desktop_app.services.desk import Desk
    from desktop_app.services.ports.records import RefundRecord
    from desktop_app.storage.store import SqlStore
    from tests.integration.conftest import Till

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@contextmanager
def writer_held(store: SqlStore) -> Iterator[None]:
    """Somebody writes, and takes long over it."""
    with store.writing() as work:
        yield
        work.nothing_to_write()


@contextmanager
def no_writer(till: Till, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail what opens the writer."""

    def refuse(_store: object) -> object:
        raise AssertionError("the writer was opened")

    with monkeypatch.context() as patch:
        patch.setattr(type(till.context.store), "writing", refuse)
        yield


def held_payment(till: Till) -> str:
    """A fee that was paid twice; the uid of the money that is held."""
    view = till.shown(Method.UPI_INTENT)
    till.payments.cancel(view.uid)
    till.payments.begin(view.student_uid, till.courses.find("PHY-11").uid, Method.CASH)
    till.pay(view)
    till.polling.reconcile()
    [held] = till.desk.unapplied.held()
    return held.uid


READS: dict[str, Callable[[Till, Desk, str], object]] = {
    "quote": lambda till, _desk, _uid: till.payments.quote(
        till.students.find("R001").uid, till.courses.find("PHY-11").uid
    ),
    "held": lambda _till, desk, _uid: desk.unapplied.held(),
    "family dues": lambda _till, desk, uid: desk.unapplied.family_dues(uid),
    "refunds": lambda _till, desk, uid: desk.refunds.of(uid),
    "refundable": lambda _till, desk, uid: desk.refunds.basis(uid).left,
    "a calm look": lambda till, _desk, _uid: till.polling.run(asked=True),
    "a calm reconcile": lambda till, _desk, _uid: till.polling.reconcile(),
}


@pytest.mark.parametrize("name", READS)
def test_reading_does_not_wait_for_the_writer(till: Till, name: str) -> None:
    uid = held_payment(till)
    till.polling.reconcile()
    with writer_held(till.context.store):  # type: ignore[arg-type]
        assert READS[name](till, till.desk, uid) is not None


@pytest.mark.parametrize("name", READS)
def test_what_only_reads_opens_no_writer(
    till: Till, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    uid = held_payment(till)
    till.polling.reconcile()
    with no_writer(till, monkeypatch):
        assert READS[name](till, till.desk, uid) is not None


def test_a_code_closed_long_ago_and_a_known_dispute_open_no_writer(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = till.pay(till.shown())
    till.polling.run()
    till.gateway.disputed["disp_1"] = DisputeFact(
        "disp_1", payment_id, 1_180_000, 0, "chargeback", "open", "chargeback", None
    )
    other = till.payments.begin(
        till.student("R002").uid, till.courses.find("PHY-11").uid, Method.QR_CODE
    )
    till.payments.open(other.uid)
    till.payments.cancel(other.uid)
    till.polling.reconcile()
    with no_writer(till, monkeypatch):
        till.polling.run(asked=True)
        till.polling.reconcile()


def test_held_money_that_was_decided_since_it_was_read_is_not_refunded(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = held_payment(till)
    other = till.payments.begin(
        till.students.find("R001").uid, till.course("CHE-11").uid, Method.UPI_INTENT
    )
    with till.context.store.reading() as books:
        due = books.enrollments.due_of(other.enrollment_uid)
    refund = RefundService.refund

    def too_late(*args: Any, **named: Any) -> RefundRecord:
        till.desk.unapplied.put_against(uid, due.uid)
        return refund(*args, **named)

    monkeypatch.setattr(RefundService, "refund", too_late)
    with pytest.raises(UnknownPaymentError):
        till.desk.unapplied.refund(uid)
    assert till.gateway.refunds == {}
    assert till.ledger()["refunds"] == []


def test_a_reading_is_one_snapshot(store: SqlStore) -> None:
    with store.writing() as work:
        work.students.add("u1", make_student(roll_no="R1", name="Asha"), NOW)
        work.commit()
    with store.reading() as books:
        before = books.students.get("u1")
        with store.writing() as work:
            work.students.change("u1", make_student(roll_no="R1", name="Zoya"), NOW)
            work.commit()
        assert books.students.get("u1") == before
    with store.reading() as books:
        after = books.students.get("u1")
    assert (before and before.name, after and after.name) == ("Asha", "Zoya")


def test_writing_through_a_reading_raises_and_changes_nothing(store: SqlStore) -> None:
    asha = make_student(roll_no="R1", name="Asha")
    with pytest.raises(RuntimeError, match="writing"), store.reading() as books:
        books.students.add("u1", asha, NOW)
    with pytest.raises(RuntimeError, match="writing"), store.reading() as books:
        books.students.mark_served("u1", NOW)
    assert not hasattr(books, "commit")
    assert store.reader.students.page("", 0, 10).total == 0
    with store.reading() as books:
        assert books.students.get("u1") is None, "the connection still works"


# --- a writing transaction that changes nothing


def test_leaving_the_writer_without_a_word_is_a_fault(
    store: SqlStore, idle_writers: list[str]
) -> None:
    with store.writing() as work:
        work.students.get("u1")
    assert len(idle_writers) == 1
    assert "test_reading.py" in idle_writers.pop(), "it says where"
    with store.writing() as work:
        work.commit()
    assert idle_writers.pop(), "committing nothing is the same"
    with store.writing() as work:
        work.students.add("u1", make_student(roll_no="R1", name="Asha"), NOW)
    assert idle_writers.pop(), "a commit was forgotten"


def test_a_writer_that_writes_raises_or_says_so_is_none(
    store: SqlStore, idle_writers: list[str]
) -> None:
    with store.writing() as work:
        work.students.add("u1", make_student(roll_no="R1", name="Asha"), NOW)
        work.commit()
    with store.writing() as work:
        work.nothing_to_write()
    with pytest.raises(ZeroDivisionError), store.writing():
        raise ZeroDivisionError
    assert idle_writers == []
