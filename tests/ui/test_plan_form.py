"""Fee plans on the courses page: the list of a course, and the form with its live totals."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from desktop_app.domain.late_fee import LateKind
from desktop_app.domain.money import Money
from desktop_app.domain.plans import FeePlan, PlanHead, PlanKind, PlanPart, Spread
from desktop_app.ui.courses.page import CoursesPage

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop_app.services.views.plans import PlanRow
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.courses.plan_form import PlanForm
    from tests.ui.real_desk import RealDesk

PHYSICS = 4


@pytest.fixture
def page(qtbot: QtBot, context: PageContext, desk: RealDesk) -> CoursesPage:
    made = CoursesPage(context)
    qtbot.addWidget(made)
    made.resize(1278, 678)
    made.show()
    context.runner.open(desk.services)
    made.arrive()
    qtbot.waitUntil(made.edit_button.isEnabled)
    made.table.pick_row(PHYSICS)
    qtbot.waitUntil(lambda: made.course_title.full_text() == "Physics XI")
    made.tabs.button(1).setChecked(True)
    return made


@pytest.fixture
def form(page: CoursesPage, qtbot: QtBot) -> PlanForm:
    made = page.plans.open_form(None)
    assert made is not None
    qtbot.waitUntil(lambda: "✓" in made.sum.text())
    return made


def put(form: PlanForm, **values: str) -> None:
    form.fill(**values)
    form._adapt()


def total(form: PlanForm, qtbot: QtBot, words: str) -> None:
    qtbot.waitUntil(lambda: words in form.sum.text())


def saved(form: PlanForm, qtbot: QtBot) -> PlanRow:
    with qtbot.waitSignal(form.saved) as signal:
        form.save_button.click()
    row: PlanRow = signal.args[0]
    return row


def write(form: PlanForm, row: int, column: int, text: str) -> None:
    item = form.parts.table.item(row, column)
    assert item is not None
    item.setText(text)


def cells(form: PlanForm) -> list[list[str]]:
    table = form.parts.table
    rows = []
    for at in range(table.rowCount()):
        items = [table.item(at, column) for column in range(4)]
        rows.append([item.text() if item else "" for item in items])
    return rows


def test_a_course_without_a_plan_says_so_and_offers_one(page: CoursesPage) -> None:
    assert page.plans.nothing.text() == "No fee plan yet. The whole fee is due on enrolment."
    assert page.plans.add.isEnabled()
    assert not page.details.isVisible()
    page.tabs.button(0).setChecked(True)
    assert page.details.isVisible()
    assert not page.plans.isVisible()
    page.tabs.button(1).setChecked(True)
    assert page.tabs.checkedId() == 1
    page.arrive()
    assert page.tabs.checkedId() == 0, "the page opens with the details of a course"


def test_a_new_plan_shows_its_instalments_at_once_and_names_its_controls(form: PlanForm) -> None:
    assert form.sum.text() == "Total ₹11,800.00 ✓ · First instalment ₹2,950"
    assert [row[3] for row in cells(form)] == ["2,950.00"] * 4
    assert form.value("parts") == "4"
    assert not form.is_changed
    for kind in (QPushButton, QLineEdit):
        for each in form.findChildren(kind):
            if each.objectName().startswith("plan"):
                assert each.accessibleName(), each.objectName()
    assert form.findChild(QLabel, "planSum") is form.sum


def test_the_plan_is_saved_and_listed(page: CoursesPage, form: PlanForm, qtbot: QtBot) -> None:
    put(form, title="3 instalments", code="THREE", parts="3", is_default="yes", down="5000")
    total(form, qtbot, "First instalment ₹5,000")
    row = saved(form, qtbot)
    assert row.plan == FeePlan(
        "THREE", "3 instalments", PlanKind.EQUAL, 3, down=Money(5_000_00), is_default=True
    )
    qtbot.waitUntil(lambda: len(page.plans.cards) == 1)
    [card] = page.plans.cards
    assert card.title.full_text() == "3 instalments"
    assert card.about.text() == "3 instalments · ₹11,800 · ₹5,000 down"
    qtbot.waitUntil(card.badge.isVisible)
    card.archive.click()
    qtbot.waitUntil(lambda: not page.plans.cards)
    assert page.plans.nothing.isVisible()


def test_shares_that_do_not_add_up_are_named_and_not_saved(
    form: PlanForm, qtbot: QtBot, desk: RealDesk
) -> None:
    put(form, title="Shares", code="S", plan_kind="percent", parts="3")
    for at, share in enumerate(("40", "30", "29.99")):
        write(form, at, 1, share)
    total(form, qtbot, "The shares add up to 99.99 % instead of 100 %.")
    form.save_button.click()
    assert form.fields["rows"].is_wrong or _waits(qtbot, form)
    assert desk.real.plans.of_course(desk.course("PHY-11").uid) == ()
    write(form, 2, 1, "30")
    total(form, qtbot, "✓")
    assert [row[3] for row in cells(form)] == ["4,720.00", "3,540.00", "3,540.00"]
    row = saved(form, qtbot)
    assert row.plan.shares == (4_000, 3_000, 3_000)


def _waits(qtbot: QtBot, form: PlanForm) -> bool:
    qtbot.waitUntil(lambda: form.fields["rows"].is_wrong)
    return True


def test_dates_are_typed_in_the_table(form: PlanForm, qtbot: QtBot) -> None:
    put(form, title="Dates", code="D", plan_kind="dates", parts="2")
    total(form, qtbot, "Enter a date for each instalment.")
    write(form, 0, 2, "01-07-2030")
    write(form, 1, 2, "2030-10-01")
    total(form, qtbot, "✓")
    assert [row[3] for row in cells(form)] == ["5,900.00", "5,900.00"]
    write(form, 1, 2, "31-02-2030")
    total(form, qtbot, "Enter a date, e.g. 14-03-2007.")
    write(form, 1, 2, "01-10-2030")
    plan = saved(form, qtbot).plan
    assert [str(part.due_on) for part in plan.rows] == ["2030-07-01", "2030-10-01"]


def test_a_late_fee_and_a_head_belong_to_the_plan(
    page: CoursesPage, form: PlanForm, qtbot: QtBot, desk: RealDesk
) -> None:
    put(form, title="Full", code="F")
    form.heads.add.click()
    form.heads._rows[0].amount.setText("1,000")
    total(form, qtbot, "Total ₹12,800.00 ✓ · First instalment ₹3,950")
    form.unfold()
    form.late_rule.choose("+")
    put(form, late_kind="per_day", late_value="50", late_grace="5", late_cap="1500")
    row = saved(form, qtbot)
    assert row.plan.heads == (PlanHead("registration", Money(1_000_00), spread=Spread.FIRST),)
    [rule] = desk.real.plans.late_rules()
    assert (rule.code, rule.rule.kind, rule.rule.grace_days) == ("R1", LateKind.PER_DAY, 5)
    assert row.plan.late_rule_code == "R1"
    qtbot.waitUntil(lambda: len(page.plans.cards) == 1)
    assert page.plans.cards[0].about.text() == (
        "4 instalments · ₹12,800 · Late fee ₹50 a day after 5 days, up to ₹1,500"
    )


def test_a_late_fee_by_days_late_is_typed_in_slabs(
    page: CoursesPage, form: PlanForm, qtbot: QtBot, desk: RealDesk
) -> None:
    form.unfold()
    put(form, title="Late", code="LATE", late_rule="+", late_kind="slabs", late_value="8")
    assert form.fields["late_grace"].isHidden()
    form.save_button.click()
    assert "8=200" in form.fields["late_value"].message.text()
    put(form, late_value="8=200, 16=500")
    row = saved(form, qtbot)
    rules = {each.code: each.rule for each in desk.services.plans.late_rules()}
    rule = rules[row.plan.late_rule_code or ""]
    assert rule.slabs == ((8, Money(200_00)), (16, Money(500_00)))
    qtbot.waitUntil(
        lambda: any("₹200 from day 8, ₹500 from day 16" in card.about.text()
                    for card in page.plans.cards)
    )  # fmt: skip


def test_a_plan_is_edited_with_what_it_holds(
    page: CoursesPage, qtbot: QtBot, desk: RealDesk
) -> None:
    rows = (PlanPart(6_000), PlanPart(4_000))
    plan = FeePlan("P", "By share", PlanKind.PERCENT, 2, rows=rows)
    desk.real.plans.add(desk.course("PHY-11").uid, plan)
    page.plans.show_course(page._row)
    qtbot.waitUntil(lambda: len(page.plans.cards) == 1)
    made = page.plans.open_form(page.plans.cards[0].row)
    assert made is not None
    qtbot.waitUntil(lambda: "✓" in made.sum.text())
    assert [row[1] for row in cells(made)] == ["60", "40"]
    assert not made.is_changed
    made.fill(title="Sixty, forty")
    assert saved(made, qtbot).plan == FeePlan("P", "Sixty, forty", PlanKind.PERCENT, 2, rows=rows)


WRONG: tuple[tuple[dict[str, str], str, str], ...] = (
    ({"title": "", "code": "X"}, "title", "Title is missing."),
    ({"title": "X", "code": ""}, "code", "Plan code is missing."),
    ({"code": "X", "parts": "0"}, "parts", "Enter 1 to 24 instalments."),
    ({"parts": "many"}, "parts", "Enter a whole number."),
    ({"parts": "2", "down": "11,800"}, "down", "Enter a down payment below the fee of ₹11,800.00."),
    ({"down": "", "plan_kind": "monthly", "day": "32"}, "day",
     "Enter a day of the month from 1 to 31."),
    ({"day": "10", "plan_kind": "single"}, "plan_kind",
     "A single payment can't be the only plan. First add a plan with instalments."),
)  # fmt: skip
"""Values typed one after the other, the field that is wrong then, and the words."""


def test_a_wrong_value_is_named_beside_its_field(
    form: PlanForm, qtbot: QtBot, desk: RealDesk
) -> None:
    for values, field, words in WRONG:
        put(form, **values)
        form.save_button.click()
        qtbot.waitUntil(partial(_is_told, form, field, words))
        assert desk.real.plans.of_course(desk.course("PHY-11").uid) == ()


def _is_told(form: PlanForm, field: str, words: str) -> bool:
    return form.fields[field].is_wrong and form.fields[field].message.text() == words


def test_a_code_that_is_taken_is_named(form: PlanForm, qtbot: QtBot, desk: RealDesk) -> None:
    desk.real.plans.add(desk.course("PHY-11").uid, FeePlan("X", "X", PlanKind.EQUAL, 2))
    put(form, title="Other", code="x")
    form.save_button.click()
    qtbot.waitUntil(lambda: form.fields["code"].is_wrong)
    assert form.fields["code"].message.text() == "Another plan of this course has this code."
