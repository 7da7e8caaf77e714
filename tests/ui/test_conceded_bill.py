"""Tenders of the counter for a bill with concessions. No window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.services.views.fees import ConcessionWish
from desktop_app.ui.counter import conceded_bill

if TYPE_CHECKING:
    from tests.ui.real_desk import RealDesk


def test_a_tender_with_evidence_gives_the_concessions_of_the_bill(real_desk: RealDesk) -> None:
    desk = real_desk.real
    student, course = real_desk.student("R001"), real_desk.course("PHY-11")
    wishes = (ConcessionWish(value=1_000, reason="scholarship"),)
    bill = conceded_bill.quote(desk, student.uid, course.uid, None, wishes)
    assert bill.total == Money(10_620_00)
    typed = TypedEvidence(reference="HDFCN52026113000")
    view = conceded_bill.take(bill, wishes, desk, Method.NEFT, typed)
    assert (view.state, view.amount) == (AttemptState.PAID, bill.total)
