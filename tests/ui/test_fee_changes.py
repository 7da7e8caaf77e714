"""Each change of a fee on the real desk, without a window: its result, and what it writes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.courses import make_course
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.late_fee import LateKind, LateRule
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.payment import Method
from desktop_app.domain.plans import FeePlan, PlanKind, PlanPart
from desktop_app.domain.students import make_student
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.ui.accounts.changes import CHANGES, Given, credited, done_about, read, today
from desktop_app.ui.core.formatting import short_rupees

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.desk import Desk
    from tests.ui.real_desk import RealDesk

FEE = Money(56_640_00)
WHY = "agreed with the parent"
DAYS = (-60, -20, 10, 40)


@pytest.fixture
def desk(open_copy: Callable[..., RealDesk]) -> Desk:
    """Open a desk where Asha paid the first of four instalments, and the second is late."""
    desk = open_copy("bare").services
    late = LateRule(LateKind.PER_DAY, amount=Money(50_00))
    for code, fee in (("A", FEE), ("B", FEE), ("C", Money(82_600_00))):
        course = make_course(
            code=code, title=f"Course {code}", fee=fee, gst_bp=1_800,
            starts_on=today() - timedelta(days=60), ends_on=today() + timedelta(days=213),
        )  # fmt: skip
        rows = tuple(PlanPart(due_on=today() + timedelta(days=at)) for at in DAYS)
        uid = desk.courses.add(course).uid
        desk.plans.add(uid, FeePlan("FOUR", "Four", PlanKind.DATES, 4, rows=rows), late)
    asha = desk.students.add(make_student(roll_no="R1", name="Asha"))
    joined = today() - timedelta(days=60)
    dues = desk.enrolments.enrol(asha.uid, desk.courses.find("A").uid, joined, "FOUR").dues
    desk.payments.begin_dues({dues[0].uid: None}, Method.CASH)
    return desk


def asha(desk: Desk) -> str:
    return desk.students.find("R1").uid


GIVEN: dict[str, Callable[[Desk], Given]] = {
    "move": lambda _desk: Given(on=today() + timedelta(days=5)),
    "waive": lambda _desk: Given(amount=Money(400_00)),
    "late_fee": lambda _desk: Given(amount=Money(250_00)),
    "write_off": lambda _desk: Given(),
    "replan": lambda _desk: Given(dates=(today(), today() + timedelta(days=31))),
    "transfer": lambda desk: Given(course=desk.courses.find("B").uid, shift="yes"),
    "course": lambda desk: Given(
        course=desk.courses.find("C").uid, mode="prorate", on=today() + timedelta(days=32)
    ),
}


@pytest.mark.parametrize("key", GIVEN)
def test_the_result_that_is_shown_is_what_is_written(desk: Desk, key: str) -> None:
    change = CHANGES[key]
    [subject, *_] = read(desk, asha(desk), change)
    given = GIVEN[key](desk)
    before = desk.dues.account(asha(desk)).standing.balance
    result = change.preview(desk, subject.uid, given)
    assert result.said
    assert desk.dues.account(asha(desk)).standing.balance == before
    change.write(desk, subject.uid, given, WHY)
    account = desk.dues.account(asha(desk))
    shown = {(part.due_on, part.amount) for part in result.after}
    assert shown <= {(due.due_on, due.balance) for due in account.dues}
    difference = total(part.amount for part in result.after) - total(
        part.amount for part in result.before
    )
    assert account.standing.balance == before + difference
    if result.late_before != result.late_after and result.after:
        late = {due.due_on: due.late_fee for due in account.dues}
        assert late[result.after[0].due_on] == result.late_after


def test_credit_moves_to_a_brother_or_sister(desk: Desk) -> None:
    change = CHANGES["credit"]
    assert read(desk, asha(desk), change) == ()
    for roll_no, name in (("R2", "Rohan"), ("R3", "Meena")):
        made = make_student(roll_no=roll_no, name=name, guardian_phone="9811111111")
        desk.students.add(made)
    desk.students.change(
        asha(desk), make_student(roll_no="R1", name="Asha", guardian_phone="9811111111")
    )
    [first, *_] = desk.dues.account(asha(desk)).dues
    more = TypedEvidence(amount=first.balance + Money(500_00))
    desk.payments.begin_dues({first.uid: None}, Method.CASH, more)
    assert [each.name for each in read(desk, asha(desk), change)] == [
        "Asha → Rohan · ₹500", "Asha → Meena · ₹500",
    ]  # fmt: skip
    rohan, meena = read(desk, asha(desk), change)
    given = Given(amount=Money(200_00))
    result = change.preview(desk, rohan.uid, given)
    assert (result.before, result.after, result.amount) == ((), (), Money(200_00))
    [(_, values)] = result.said
    assert values == {"giver": "Asha", "left": "₹300", "taker": "Rohan", "credit": "₹200"}
    for amount in (ZERO, Money(500_01)):
        with pytest.raises(InvalidInputError):
            change.preview(desk, meena.uid, Given(amount=amount))
    change.write(desk, rohan.uid, given, WHY)
    credit = [desk.credits.balance(desk.students.find(roll).uid) for roll in ("R1", "R2", "R3")]
    assert credit == [Money(300_00), Money(200_00), ZERO]


def test_what_was_written_off_comes_back(desk: Desk) -> None:
    change = CHANGES["restore"]
    assert read(desk, asha(desk), change) == ()
    [subject, *_] = read(desk, asha(desk), CHANGES["write_off"])
    desk.dues.write_off(subject.uid, WHY)
    [gone] = read(desk, asha(desk), change)
    result = change.preview(desk, gone.uid, Given())
    assert result.amount == subject.amount
    change.write(desk, gone.uid, Given(), WHY)
    assert len(read(desk, asha(desk), CHANGES["write_off"])) == 4, "and the late fee"


def test_a_fee_that_is_paid_may_still_change_its_course_and_becomes_credit(desk: Desk) -> None:
    for due in desk.dues.account(asha(desk)).dues:
        desk.payments.begin_dues({due.uid: None}, Method.CASH)
    change = CHANGES["course"]
    [subject] = read(desk, asha(desk), change)
    assert [uid for _, uid in subject.courses] == [
        desk.courses.find(code).uid for code in ("B", "C")
    ]
    on = today() - timedelta(days=30)
    result = change.preview(desk, subject.uid, Given(course=subject.courses[0][1],
                                                     mode="prorate", on=on))  # fmt: skip
    assert (result.after, result.amount) == ((), ZERO)
    chosen = Given(course=subject.courses[0][1], mode="prorate", on=on)
    written = change.write(desk, subject.uid, chosen, WHY)
    credit = desk.credits.balance(asha(desk))
    words, values = credited(written)
    assert (bool(words), values.get("credit")) == (bool(credit), short_rupees(credit))
    assert done_about(subject, chosen.course).startswith("Asha · B · "), "not the course she left"
    assert "₹" not in done_about(subject, chosen.course)
    assert done_about(subject) == subject.name
    assert credited(None) == ("", {})
    assert any(values.get("credit") == f"₹{credit.paise / 100:,.2f}".rstrip("0").rstrip(".")
               for _, values in result.said) or credit == ZERO  # fmt: skip
