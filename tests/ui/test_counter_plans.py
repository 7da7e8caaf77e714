"""Fee plans at the counter: what is due today, what follows, and the key that changes the plan."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.domain.plans import FeePlan, PlanKind, PlanPart
from desktop_app.domain.receipt import IST
from desktop_app.ui.core.formatting import short_rupees
from desktop_app.ui.counter.days import short_date
from desktop_app.ui.counter.presenter import SearchAnswer
from desktop_app.ui.counter.rows import course_rows
from desktop_app.ui.courses.rows import COURSES
from desktop_app.ui.tables.tags import fee_tag

if TYPE_CHECKING:
    from datetime import date

    from tests.ui.clerk import Clerk

KEY = Qt.Key
COLUMNS = {str(each.title): each.text for each in COURSES}


def today() -> date:
    return datetime.now(IST).date()


def add(clerk: Clerk, plan: FeePlan, code: str = "PHY-11") -> None:
    clerk.desk.real.plans.add(clerk.desk.course(code).uid, plan)


def dated(code: str, title: str, *after: int) -> FeePlan:
    rows = tuple(PlanPart(due_on=today() + timedelta(days=days)) for days in after)
    return FeePlan(code, title, PlanKind.DATES, len(rows), unit=Money(1), rows=rows)


def key_p(clerk: Clerk) -> QAction:
    return clerk.the(QAction, "planAction")  # type: ignore[type-var]


@pytest.fixture
def plans(clerk: Clerk) -> list[date]:
    """Offer a course in four dated parts, or at once; return the dates of the parts."""
    add(clerk, dated("FOUR", "4 instalments", 0, 30, 60, 90))
    add(clerk, FeePlan("ONE", "At once", PlanKind.SINGLE))
    return [today() + timedelta(days=days) for days in (0, 30, 60, 90)]


def test_the_bill_says_what_is_due_today_and_what_follows(clerk: Clerk, plans: list[date]) -> None:
    whole = clerk.desk.course("PHY-11").total
    clerk.pick()
    first = Money(whole.paise // 4)
    assert clerk.text("totalLabel") == str(first)
    assert clerk.text("planButton") == "4 instalments   P"
    then = ", ".join(short_date(day) for day in plans[1:])
    assert clerk.text("planLine").endswith(f"Then {then}.")
    assert clerk.text("planLine").startswith("Today: ₹")


def test_p_changes_the_plan_and_f9_collects_by_it(clerk: Clerk, plans: list[date]) -> None:
    assert plans
    whole = str(clerk.desk.course("PHY-11").total)
    clerk.pick()
    assert key_p(clerk).isEnabled()
    clerk.press(KEY.Key_P)
    clerk.wait(lambda: clerk.text("totalLabel") == whole)
    assert clerk.text("planButton") == "At once   P"
    assert clerk.text("planLine") == "The whole fee is due today."
    clerk.press(KEY.Key_P)
    clerk.wait(lambda: clerk.text("totalLabel") != whole)
    clerk.window.parts.counter.bill.ways.choose(Method.CASH)
    clerk.press(KEY.Key_P)
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.state() == "paid")
    assert clerk.desk.real.receipts.recent(1)[0].amount == clerk.desk.course("PHY-11").total


def test_p_is_a_letter_where_no_plan_is_offered(clerk: Clerk, plans: list[date]) -> None:
    assert plans
    assert not key_p(clerk).isEnabled()
    clerk.type("p")
    assert clerk.window.parts.counter.student.box.text() == "p"
    clerk.press(KEY.Key_Escape)
    clerk.pick("R001", "CHE-11")
    assert not clerk.shown("planButton")
    assert not key_p(clerk).isEnabled()
    clerk.press(KEY.Key_Escape)
    clerk.pick("R002", "PHY-11")
    assert key_p(clerk).isEnabled()
    clerk.window.parts.counter.bill.ways.choose(Method.CASH)
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.state() == "paid")
    assert not key_p(clerk).isEnabled()
    clerk.type("p")
    clerk.wait(lambda: clerk.focus == "studentSearch")
    assert clerk.window.parts.counter.student.box.text() == "p"


def test_a_late_fee_is_named_before_the_payment_that_adds_it(
    clerk: Clerk, plans: list[date]
) -> None:
    clerk.pick()
    counter = clerk.window.parts.counter
    assert counter.presenter.bill is not None
    late = counter.presenter.bill._replace(late_fee=Money(550_00))
    said = "When this is paid today, a late fee of ₹550 is added."
    for bill, begins in ((late, "Today: ₹"), (late._replace(plan=None), said)):
        counter.bill.show_bill(bill)
        assert clerk.shown("planLine")
        assert clerk.text("planLine").startswith(begins)
        assert clerk.text("planLine").endswith(said)
        assert clerk.shown("planButton") is (bill.plan is not None)


def test_a_student_who_is_up_to_date_owes_nothing_now(clerk: Clerk, plans: list[date]) -> None:
    clerk.pick()
    clerk.window.parts.counter.bill.ways.choose(Method.CASH)
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.state() == "paid")
    clerk.press(KEY.Key_Escape)
    clerk.press(KEY.Key_F2)
    clerk.type("R001")
    clerk.idle()
    [row] = clerk.window.parts.counter.student.results.rows()
    assert "paid" not in row.spoken(), "three instalments are still to come"
    follows = clerk.desk.student("R001").next_due
    assert follows is not None
    amount = short_rupees(follows.amount)
    assert row.cells[-1].text == f"{amount} due {short_date(plans[1])}"
    assert fee_tag(clerk.desk.student("R001")).word == "Up to date"
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.focus == "courseSearch")
    clerk.idle()
    rows = clerk.window.parts.counter.course.results.rows()
    assert rows[0].cells[-1].text == f"Next {short_date(plans[1])}"
    assert clerk.text("paidFor") == f"Physics XI · Morning · next due {short_date(plans[1])}"
    clerk.type("PHY-11")
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.shown("planLine"))
    assert clerk.text("planLine").startswith(f"Next instalment, due {short_date(plans[1])}: ₹")
    assert not clerk.shown("planButton"), "the plan was chosen at enrolment"
    assert not key_p(clerk).isEnabled()
    assert "F9" in clerk.text("collectButton")


def test_ctrl_enter_collects_the_next_instalment_too(clerk: Clerk, plans: list[date]) -> None:
    whole = clerk.desk.course("PHY-11").total
    clerk.pick()
    assert clerk.shown("nextPartButton")
    clerk.press(KEY.Key_Return, control=True)
    half = Money(whole.paise // 2)
    clerk.wait(lambda: clerk.text("totalLabel") == str(half))
    then = ", ".join(short_date(day) for day in plans[2:])
    assert clerk.text("planLine").startswith("Now: ₹")
    assert clerk.text("planLine").endswith(f"Then {then}.")
    clerk.window.parts.counter.bill.ways.choose(Method.CASH)
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.state() == "paid")
    assert clerk.desk.real.receipts.recent(1)[0].amount == half
    clerk.press(KEY.Key_Escape)
    clerk.pick()
    assert clerk.text("planLine").startswith(f"Next instalment, due {short_date(plans[2])}")
    clerk.press(KEY.Key_Return, control=True)
    clerk.wait(lambda: clerk.text("totalLabel") == str(half))
    assert not clerk.shown("nextPartButton"), "nothing is left after these"


def test_the_list_names_the_plan_of_a_course(clerk: Clerk, plans: list[date]) -> None:
    assert len(plans) == 4
    rows = [clerk.desk.course(code) for code in ("PHY-11", "PHY-12")]
    first, second = course_rows(SearchAnswer("", tuple(rows)))
    assert first.cells[1].text == f"{rows[0].course.title} · 4 instalments +1"
    assert second.cells[1].text == rows[1].course.title
    assert COLUMNS["Fee plans"](rows[0]) == "4 instalments, At once"


def test_a_course_without_a_plan_shows_none(clerk: Clerk) -> None:
    clerk.pick()
    assert not clerk.shown("planLine")


def test_more_dates_than_fit_are_counted(clerk: Clerk) -> None:
    add(clerk, dated("SIX", "6 instalments", 0, 30, 60, 90, 120, 150))
    clerk.pick()
    assert clerk.text("planLine").endswith("and 2 more.")
    assert not key_p(clerk).isEnabled(), "there is no other plan"
    assert clerk.text("planButton") == "6 instalments"
