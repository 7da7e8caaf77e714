"""Reading never waits for writing, and the writer is opened for what writes only."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.domain.payment import Method
from desktop_app.domain.students import make_student
from desktop_app.services.errors import DatabaseLockedError, UnknownPaymentError
from desktop_app.services.ports.gateway import DisputeFact
from desktop_app.services.refunds.service import RefundService
from desktop_app.storage import read_connections
from tests.integration.reached import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desktop_app.services.desk import Desk
    from desktop_app.services.ports.records import RefundRecord
    from desktop_app.storage.store import SqlStore
    from tests.integration.conftest import Counter

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@contextmanager
def writer_held(store: SqlStore) -> Iterator[None]:
    """Somebody writes, and takes long over it."""
    with store.writing() as work:
        yield
        work.nothing_to_write()


@contextmanager
def no_writer(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail what opens the writer."""

    def refuse(_store: object) -> object:
        raise AssertionError("the writer was opened")

    with monkeypatch.context() as patch:
        patch.setattr(type(counter.context.store), "writing", refuse)
        yield


def held_payment(counter: Counter) -> str:
    """A fee that was paid twice; the uid of the money that is held."""
    view = shown(counter, Method.UPI_INTENT)
    counter.payments.cancel(view.uid)
    counter.payments.begin(view.student_uid, counter.courses.find("PHY-11").uid, Method.CASH)
    counter.pay(view)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    return held.uid


READS: dict[str, Callable[[Counter, Desk, str], object]] = {
    "quote": lambda counter, _desk, _uid: counter.payments.quote(
        counter.students.find("R001").uid, counter.courses.find("PHY-11").uid
    ),
    "held": lambda _counter, desk, _uid: desk.unapplied.held(),
    "family dues": lambda _counter, desk, uid: desk.unapplied.family_dues(uid),
    "refunds": lambda _counter, desk, uid: desk.refunds.of(uid),
    "refundable": lambda _counter, desk, uid: desk.refunds.basis(uid).left,
    "a calm look": lambda counter, _desk, _uid: counter.polling.run(asked=True),
    "a calm reconcile": lambda counter, _desk, _uid: counter.polling.reconcile(),
}


@pytest.mark.parametrize("name", READS)
def test_reading_does_not_wait_for_the_writer(counter: Counter, name: str) -> None:
    uid = held_payment(counter)
    counter.polling.reconcile()
    with writer_held(counter.context.store):  # type: ignore[arg-type]
        assert READS[name](counter, counter.desk, uid) is not None


@pytest.mark.parametrize("name", READS)
def test_what_only_reads_opens_no_writer(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    uid = held_payment(counter)
    counter.polling.reconcile()
    with no_writer(counter, monkeypatch):
        assert READS[name](counter, counter.desk, uid) is not None


def test_a_code_closed_long_ago_and_a_known_dispute_open_no_writer(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = counter.pay(shown(counter))
    counter.polling.run()
    counter.gateway.disputed["disp_1"] = DisputeFact(
        "disp_1", payment_id, 1_180_000, 0, "chargeback", "open", "chargeback", None
    )
    other = counter.payments.begin(
        counter.student("R002").uid, counter.courses.find("PHY-11").uid, Method.QR_CODE
    )
    counter.payments.open(other.uid)
    counter.payments.cancel(other.uid)
    counter.polling.reconcile()
    with no_writer(counter, monkeypatch):
        counter.polling.run(asked=True)
        counter.polling.reconcile()


def test_held_money_that_was_decided_since_it_was_read_is_not_refunded(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = held_payment(counter)
    other = counter.payments.begin(
        counter.students.find("R001").uid, counter.course("CHE-11").uid, Method.UPI_INTENT
    )
    with counter.context.store.reading() as books:
        due = books.enrollments.due_of(other.enrollment_uid or "")
    refund = RefundService.refund

    def too_late(*args: Any, **named: Any) -> RefundRecord:
        counter.desk.unapplied.put_against(uid, due.uid)
        return refund(*args, **named)

    monkeypatch.setattr(RefundService, "refund", too_late)
    with pytest.raises(UnknownPaymentError):
        counter.desk.unapplied.refund(uid)
    assert counter.gateway.refunds == {}
    assert counter.ledger()["refunds"] == []


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


def test_queries_and_readings_lend_the_same_connection_unless_one_is_open(store: SqlStore) -> None:
    idle = store.readers.idle
    store.reader.settings.all()
    with store.reading():
        assert idle == []
        store.reader.settings.all()
        assert len(idle) == 1
    assert len(idle) == 2
    with store.reading():
        assert len(idle) == 1
    store.close()
    assert idle == []


def test_a_stopped_pool_lends_nothing_and_closes_what_is_idle(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.reader.settings.all()
    monkeypatch.setattr(read_connections, "WAIT_S", 0.01)
    with store.readers.stopped():
        assert store.readers.idle == []
        with pytest.raises(DatabaseLockedError):
            store.reader.settings.all()
    assert store.reader.settings.all() is not None
    with store.readers.reading(), pytest.raises(DatabaseLockedError), store.readers.stopped():
        pass
    assert store.reader.settings.all() is not None
