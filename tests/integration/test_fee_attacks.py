"""Fees attacked from two sides: money that goes back, decisions and edits at the wrong moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.courses import make_course
from desktop_app.domain.enrollment import DueState
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.payment import Method
from desktop_app.services.views.dues import DueChoice
from desktop_app.services.views.fees import ConcessionWish
from desktop_app.services.views.tenders import TypedEvidence
from tests.integration.test_counter_tenders import DUE, NEFT, credit, doctor, due_of, owed, take

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.services.ports.records import DueRecord
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")
WHY = "agreed with the family"
EARLY = ConcessionWish("early", reason=WHY)


@pytest.fixture(autouse=True)
def _books_add_up(counter: Counter) -> Iterator[None]:
    yield
    assert doctor(counter) == ()
    for due in counter.ledger()["dues"]:
        assert not due["balance"] or due["state"] == "open", "it is owed, and nobody is asked"


def due_now(counter: Counter, uid: str) -> DueRecord:
    with counter.context.store.reading() as books:
        return books.enrollments.due(uid)


def concession_on(counter: Counter, due_uid: str) -> str:
    enrollment = due_now(counter, due_uid).enrollment_uid
    counter.desk.concessions.concede(enrollment, [EARLY])
    [row] = counter.desk.concessions.of_enrollment(enrollment)
    return row.uid


def test_a_concession_that_is_taken_back_asks_nothing_of_a_fee_written_off(
    counter: Counter,
) -> None:
    due = due_of(counter)
    conceded = concession_on(counter, due)
    counter.desk.dues.write_off(due, "moved abroad")
    counter.desk.concessions.take_back(conceded, WHY)
    assert (due_now(counter, due).state, owed(counter, due)) == (DueState.WRITTEN_OFF, ZERO)
    counter.desk.dues.restore(due, "came back")
    assert (due_now(counter, due).state, owed(counter, due)) == (DueState.OPEN, DUE)


def test_a_claim_that_never_came_opens_a_fee_whose_rest_is_written_off(counter: Counter) -> None:
    due = due_of(counter)
    take(counter, Method.NEFT, due, amount=Money(5_000_00), typed=NEFT)
    counter.desk.dues.write_off(due, "the rest is given up")
    [claim] = counter.desk.claims.claimed()
    counter.desk.claims.reverse(claim.uid, "it never came")
    assert (due_now(counter, due).state, owed(counter, due)) == (DueState.OPEN, Money(5_000_00))
    assert [each.uid for each in counter.desk.dues.page(DueChoice()).rows] == [due]


def test_a_claim_whose_credit_a_brother_has_by_now_is_taken_back(counter: Counter) -> None:
    due = due_of(counter)
    counter.student("R002", guardian_phone="9811111111")
    take(counter, Method.NEFT, due, amount=DUE + Money(500_00), typed=NEFT)
    asha, rohan = (counter.students.find(roll).uid for roll in ("R001", "R002"))
    counter.desk.credits.move(asha, rohan, Money(500_00), WHY)
    [claim] = counter.desk.claims.claimed()
    counter.desk.claims.reverse(claim.uid, "it never came")
    assert owed(counter, due) == DUE
    assert (credit(counter), credit(counter, "R002")) == (ZERO, ZERO)


def test_credit_that_a_brother_used_is_taken_back_with_what_it_paid(counter: Counter) -> None:
    due, his = due_of(counter), due_of(counter, "R002", "CHE-11", Money(2_000_00))
    take(counter, Method.NEFT, due, amount=DUE + Money(1_500_00), typed=NEFT)
    asha, rohan = (counter.students.find(roll).uid for roll in ("R001", "R002"))
    counter.desk.credits.move(asha, rohan, Money(1_500_00), WHY)
    take(counter, Method.CREDIT, his)
    assert owed(counter, his) == Money(500_00)
    [claim] = counter.desk.claims.claimed()
    counter.desk.claims.reverse(claim.uid, "it never came")
    assert (owed(counter, due), owed(counter, his)) == (DUE, Money(2_000_00))
    assert (credit(counter), credit(counter, "R002")) == (ZERO, ZERO)


def test_a_failed_refund_leaves_what_was_written_off_as_it_was(counter: Counter) -> None:
    due = due_of(counter)
    view = counter.payments.open(
        counter.payments.begin_dues({due: Money(5_000_00)}, Method.UPI_INTENT).uid
    )
    payment_id = counter.pay(view)
    counter.polling.run(asked=True)
    counter.desk.dues.write_off(due, "the rest is given up")
    counter.gateway.refund_status = "pending"
    counter.desk.refunds.refund(payment_id, Money(2_000_00), "asked")
    [refund] = list(counter.gateway.refunds)
    counter.gateway.settle_refund(refund, "failed")
    counter.polling.reconcile()
    assert due_now(counter, due).paid == Money(5_000_00)
    counter.desk.dues.restore(due, "came back")
    assert owed(counter, due) == Money(9_160_00)
