"""The fee plans of a course: how each divides the fee; add, edit, archive."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop_app.domain.plans import PlanKind
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import one_line, short_rupees
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.core.window_front import open_in_front
from desktop_app.ui.courses.late_words import rule_words
from desktop_app.ui.widgets.badge import StatusBadge
from desktop_app.ui.widgets.boxes import fill, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.domain.late_fee import LateRule
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import CourseRow
    from desktop_app.services.views.plans import PlanRow
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.courses.plan_form import PlanForm

Found = tuple[str, tuple["PlanRow", ...], "Mapping[str, LateRule]"]


class PlanCard(Card):
    """One plan with its two actions."""

    def __init__(self, row: PlanRow, rule: LateRule | None) -> None:
        super().__init__("well", margin=12)
        self.row, self._rule = row, rule
        self.title = ElidedLabel(one_line(row.plan.title), "strong", name="planTitle")
        self.badge = StatusBadge(name="planDefault")
        self.about = label("", "small", name="planAbout", wrap=True)
        self.edit = Button(N_("Edit…"), kind="compact", icon="edit", name="planEditButton")
        self.archive = Button(
            N_("Archive"), kind="compact", name="planArchiveButton",
            tip=N_("Stop offering this plan. Students on this plan keep it."),
        )  # fmt: skip
        fill(self.column, hbox((self.title, 1), self.badge, gap=theme.GAP), self.about)
        self.column.addWidget(flowing(self.edit, self.archive))
        self.retranslate()

    def retranslate(self) -> None:
        """Describe the plan in the current language."""
        plan = self.row.plan
        self.badge.show_state(tr(N_("Offered first")), "check", "accent")
        self.badge.setVisible(plan.is_default)
        words = N_("{count} instalment · {total}", "{count} instalments · {total}")
        if plan.kind is PlanKind.SINGLE:
            words = N_("Single payment · {total}")
        said = [tr(words, count=plan.parts, total=short_rupees(self.row.total))]
        if plan.down:
            said.append(tr(N_("{amount} down"), amount=short_rupees(plan.down)))
        if self._rule is not None:
            said.append(tr(N_("Late fee {rule}"), rule=rule_words(self._rule)))
        self.about.setText(" · ".join(said))


class PlansPane(QWidget):
    """The plans of the course that is picked; `add` is placed by the owner."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._course: CourseRow | None = None
        self.cards: list[PlanCard] = []
        self._shown: tuple[tuple[PlanRow, ...], Mapping[str, LateRule]] = ((), {})
        self.nothing = label(
            N_("No fee plan yet. The whole fee is due on enrolment."), "small", name="planNothing",
            wrap=True,
        )  # fmt: skip
        self.add = Button(
            N_("Add &fee plan"), icon="plus", name="planAddButton",
            tip=N_("Divide this fee into instalments"),
        )  # fmt: skip
        self.add.clicked.connect(self._add)
        self._list = vbox(gap=theme.GAP)
        vbox(self._list, self.nothing, inside=self, gap=theme.GAP)

    def show_course(self, course: CourseRow | None) -> None:
        """Show the plans of another course, or read those of the same one again."""
        is_other = self._course is None or course is None or self._course.uid != course.uid
        self._course = course
        self.add.setEnabled(course is not None)
        if is_other:
            self._show(())
        if course is not None:
            self._context.runner.local(
                partial(_read, course.uid), self._found, owner=self, replaces="plans"
            )

    def open_form(self, row: PlanRow | None) -> PlanForm | None:
        """Open the form for a plan, or for a new one; return None where no course is picked."""
        course = self._course
        if course is None or self._context.runner.desk is None:
            return None
        from desktop_app.ui.courses.plan_form import PlanForm

        form = PlanForm(self._context.runner, self.window(), course, row)
        form.saved.connect(self._saved)
        open_in_front(form)
        return form

    def _found(self, found: Found) -> None:
        uid, rows, rules = found
        if self._course is not None and self._course.uid == uid:
            self._show(rows, rules)

    def _show(self, rows: tuple[PlanRow, ...], rules: Mapping[str, LateRule] | None = None) -> None:
        shown = (rows, rules or {})
        if shown == self._shown:
            return
        self._shown = shown
        for card in self.cards:
            self._list.removeWidget(card)
            card.deleteLater()
        known = rules or {}
        self.cards = [PlanCard(row, known.get(row.plan.late_rule_code or "")) for row in rows]
        for card in self.cards:
            card.edit.clicked.connect(partial(self._edit, card.row))
            card.archive.clicked.connect(partial(self._archive, card.row))
            self._list.addWidget(card)
        self.nothing.setVisible(not rows)

    def _add(self, _checked: object = None) -> None:
        self.open_form(None)

    def _edit(self, row: PlanRow, _checked: object = None) -> None:
        self.open_form(row)

    def _archive(self, row: PlanRow, _checked: object = None) -> None:
        self._context.runner.local(
            lambda desk: desk.plans.withdraw(row.uid), partial(self._archived, row)
        )

    def _archived(self, row: PlanRow, _nothing: None) -> None:
        words = tr(N_("{title} is archived."), title=one_line(row.plan.title, 60))
        self._context.notices.say(words)
        self.show_course(self._course)

    def _saved(self, _row: object) -> None:
        self.show_course(self._course)


def _read(uid: str, desk: Desk) -> Found:
    rules = {row.code: row.rule for row in desk.plans.late_rules()}
    return uid, desk.plans.of_course(uid), rules
