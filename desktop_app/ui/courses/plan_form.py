"""The form for a fee plan of a course, with its instalments as a student would pay them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from desktop_app.domain.errors import DomainError, InvalidInputError
from desktop_app.domain.late_fee import LateKind, LateRule, parse_slabs
from desktop_app.domain.money import ZERO, Money, format_plain, format_rupees, parse_rupees
from desktop_app.domain.plans import MOST_PARTS, FeePlan, PlanKind
from desktop_app.domain.text import clean_line
from desktop_app.services.errors import ServiceError
from desktop_app.ui.core import theme
from desktop_app.ui.core.error_notices import typed_wrongly
from desktop_app.ui.core.formatting import short_rupees
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.courses.late_words import rule_words
from desktop_app.ui.courses.plan_heads import HeadsEditor
from desktop_app.ui.courses.plan_parts import PartsTable
from desktop_app.ui.forms.date_field import DateField
from desktop_app.ui.forms.entries import day_typed, parse_day, parse_percent
from desktop_app.ui.forms.form import FormDialog
from desktop_app.ui.widgets.boxes import fill, hbox
from desktop_app.ui.widgets.labels import label, set_tone
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from desktop_app.domain.fee_heads import FeeHead
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import CourseRow
    from desktop_app.services.views.plans import LateRuleRow, PlanPreview, PlanRow
    from desktop_app.ui.core.jobs import JobRunner

KINDS = (
    (N_("Equal instalments"), PlanKind.EQUAL.value),
    (N_("Instalments by share"), PlanKind.PERCENT.value),
    (N_("Instalments on fixed dates"), PlanKind.DATES.value),
    (N_("Monthly"), PlanKind.MONTHLY.value),
    (N_("Single payment"), PlanKind.SINGLE.value),
)
UNITS = ((N_("1 paisa"), "1"), (N_("₹1"), "100"), (N_("₹10"), "1000"), (N_("₹100"), "10000"))
NO_RULE, NEW_RULE = "", "+"
LATE_KINDS = (
    (N_("₹ a day"), LateKind.PER_DAY.value),
    (N_("₹ once"), LateKind.FLAT.value),
    (N_("% a month"), LateKind.PERCENT_MONTH.value),
    (N_("% once"), LateKind.PERCENT_ONCE.value),
    (N_("₹ by days late"), LateKind.SLABS.value),
)
_LATE_EXAMPLES = {
    LateKind.SLABS.value: N_("e.g. 8=200, 16=500"),
    LateKind.PERCENT_MONTH.value: N_("e.g. 2"),
    LateKind.PERCENT_ONCE.value: N_("e.g. 2"),
}
_SLABS_HINT = N_("Example: 8=200, 16=500 means ₹200 from 8 days late and ₹500 from 16 days late.")
_DIVIDED = ("parts", "unit")
_LATE = ("late_kind", "late_value", "late_grace", "late_cap")
_YES_NO = ((N_("No"), "no"), (N_("Yes"), "yes"))
TYPING_MS = 120


class PlanForm(FormDialog):
    """A fee plan; `saved` carries it as a `PlanRow`.

    Args:
        runner: runs what blocks.
        parent: the window it belongs to.
        course: the course.
        row: the plan to edit; None for a new one.
    """

    taken = ("code", N_("Another plan of this course has this code."))

    def __init__(
        self, runner: JobRunner, parent: QWidget | None, course: CourseRow, row: PlanRow | None
    ) -> None:
        title = N_("Edit fee plan") if row else N_("Add fee plan")
        super().__init__(runner, parent, title=title, action=N_("Save"))
        self.setObjectName("planForm")
        self._course, self._row = course, row
        self._late_rule = row.plan.late_rule_code if row else None
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self._ask)
        self._build()
        self.setMinimumWidth(680)
        if row is not None:
            self._show(row.plan)
        self._adapt()
        self.settle()
        self.fields["title"].editor.setFocus()
        runner.local(_offered, self._offer, owner=self)

    def _build(self) -> None:
        hint = N_("You see this name at the counter.")
        self.add_line("title", N_("&Title"), (0, 0), placeholder=N_("e.g. 4 instalments"),
                      hint=hint)  # fmt: skip
        self.add_line("code", N_("&Code"), (0, 1), placeholder=N_("e.g. FOUR"))
        self.kind = Select(KINDS)
        self.add_field("plan_kind", N_("Payment sc&hedule"), self.kind, (1, 0))
        self.add_line("parts", N_("&Instalments"), (1, 1))
        self.fields["parts"].editor.setProperty("text", "4")
        self.add_line("down", N_("&Down payment in rupees"), (2, 0), placeholder=N_("None"))
        self.add_line("day", N_("Day of the &month"), (2, 1), placeholder=N_("Same as start date"))
        self.unit = Select(UNITS)
        self.unit.choose("100")
        self.add_field("unit", N_("&Round instalments to"), self.unit, (3, 0))
        self.is_default = Select(_YES_NO)
        self.add_field("is_default", N_("&Offer this plan first"), self.is_default, (3, 1))
        self.heads = HeadsEditor()
        self.add_field("heads", N_("Other fees in this plan"), self.heads, (4, 0), span=2)
        self.parts = PartsTable()
        self.add_field("rows", N_("Instalments"), self.parts, (5, 0), span=2)
        self._build_sum()
        self._build_more()
        for name in ("shares", "dates"):
            self.answers_for(name, "rows")
        self.answers_for("amount", "late_value")
        self.answers_for("bp", "late_value")
        self.answers_for("slabs", "late_value")
        self.answers_for("grace_days", "late_grace")
        self.answers_for("cap", "late_cap")
        for key in ("parts", "down", "day", "code", "title"):
            self.fields[key].editor.textChanged.connect(self._adapt)  # type: ignore[attr-defined]
        self.kind.currentIndexChanged.connect(self._adapt)
        self.unit.currentIndexChanged.connect(self._adapt)
        self.parts.chosen.connect(self._adapt)
        self.heads.chosen.connect(self._adapt)

    def _build_sum(self) -> None:
        """Build the live total over the buttons: it stays in sight."""
        self.sum = label("", "strong", name="planSum", wrap=True)
        self.joins_on = DateField("planJoinsOn", N_("Joining date for the preview"))
        bar = QWidget()
        row = hbox(inside=bar, gap=theme.GROUP, margins=(theme.MARGIN, theme.GAP))
        fill(row, (self.sum, 1), label(N_("Student joins on"), "small"), self.joins_on)
        self._column.insertWidget(self._column.indexOf(self.strip), bar)
        self.joins_on.chosen.connect(self._adapt)

    def _build_more(self) -> None:
        self.late_rule = Select(((N_("None"), NO_RULE), (N_("New rule…"), NEW_RULE)))
        self.add_field("late_rule", N_("&Late fee"), self.late_rule, (8, 0))
        self.late_kind = Select(LATE_KINDS)
        self.add_field("late_kind", N_("Late fee type"), self.late_kind, (8, 1))
        self.late_value = self.add_line("late_value", N_("Late fee"), (9, 0))
        self.add_line("late_grace", N_("Days without a late fee"), (9, 1), placeholder=N_("0"))
        self.add_line("late_cap", N_("Maximum late fee, in rupees"), (10, 0),
                      placeholder=N_("No limit"))  # fmt: skip
        today = self.joins_on.day
        self.add_date("offered_from", N_("Offered from"), (11, 0), first=today)
        self.add_date("offered_to", N_("Offered until"), (11, 1), first=today)
        self.fold(7, "late_rule", "offered_from", "offered_to")
        self.late_rule.currentIndexChanged.connect(self._show_late)
        self.late_kind.currentIndexChanged.connect(self._show_late)
        self._show_late()

    def unfold(self) -> None:
        """Show the optional fields."""
        super().unfold()
        self._show_late()

    def _show(self, plan: FeePlan) -> None:
        self.parts.show_rows(plan.rows)
        self.heads.show_heads(plan.heads)
        self.fill(
            title=plan.title,
            code=plan.code,
            plan_kind=plan.kind.value,
            parts=str(plan.parts),
            down=format_plain(plan.down).removesuffix(".00") if plan.down else "",
            day=str(plan.day_of_month or ""),
            unit=str(plan.unit.paise),
            is_default="yes" if plan.is_default else "no",
            offered_from=day_typed(plan.offered_from),
            offered_to=day_typed(plan.offered_to),
        )

    def _offer(self, found: tuple[tuple[FeeHead, ...], tuple[LateRuleRow, ...], int]) -> None:
        """Offer the fee heads and late-fee rules of the centre."""
        heads, rules, parts = found
        was_changed = self.is_changed
        self.heads.offer(heads)
        for rule in rules:
            self.late_rule.insertItem(self.late_rule.count() - 1, rule_words(rule.rule), rule.code)
        if self._row is not None:
            self.heads.show_heads(self._row.plan.heads)
            self.late_rule.choose(self._late_rule or NO_RULE)
            if self._late_rule:
                self.unfold()
        elif not was_changed:
            self.fill(parts=str(parts))
        if not was_changed:
            self.settle()
        self._adapt()

    def _adapt(self, *_: object) -> None:
        """Show the fields that this kind of plan has, and compute it again."""
        kind = PlanKind(self.kind.value())
        for key in _DIVIDED:
            self.fields[key].setVisible(kind is not PlanKind.SINGLE)
        self.fields["down"].setVisible(kind in {PlanKind.EQUAL, PlanKind.MONTHLY})
        self.fields["day"].setVisible(kind in {PlanKind.MONTHLY, PlanKind.EQUAL})
        self.parts.show_kind(kind, self._count(kind))
        self._typing.start()

    def _show_late(self, *_: object) -> None:
        is_new = self.late_rule.value() == NEW_RULE and self.more_button.isHidden()
        for key in _LATE:
            self.fields[key].setVisible(is_new)
        kind = self.late_kind.value()
        bind_text(self.late_value, "placeholderText", _LATE_EXAMPLES.get(kind, N_("e.g. 50")))
        is_slabs = kind == LateKind.SLABS.value
        self.fields["late_value"].show_hint(_SLABS_HINT if is_slabs else "")
        self.fields["late_grace"].setVisible(is_new and not is_slabs)

    def _count(self, kind: PlanKind) -> int:
        """Return how many rows the table has; as typed, within bounds."""
        if kind is PlanKind.SINGLE:
            return 1
        typed = clean_line(self.value("parts"))
        return min(max(int(typed), 1), MOST_PARTS) if typed.isascii() and typed.isdigit() else 1

    def _ask(self) -> None:
        """Compute the plan as it is typed."""
        try:
            plan = self._plan(is_draft=True)
        except InvalidInputError as error:
            self._not_computed(error)
            return
        course, day = self._course.uid, self.joins_on.day()
        self.runner.local(
            lambda desk: desk.plans.preview_of(course, plan, day),
            self._computed,
            failed=self._not_computed,
            replaces="plan preview",
        )

    def _computed(self, found: PlanPreview) -> None:
        self.parts.show_preview(found.parts)
        words = N_("Total {total} ✓ · First instalment {first}")
        first = short_rupees(found.parts[0].amount)
        self.sum.setText(tr(words, total=format_rupees(found.total), first=first))
        set_tone(self.sum, "paid")

    def _not_computed(self, error: Exception) -> None:
        self.parts.show_preview(())
        set_tone(self.sum, "wrong")
        if isinstance(error, InvalidInputError):
            self.sum.setText(typed_wrongly(error))
        elif isinstance(error, DomainError | ServiceError):
            self.sum.setText(tr(N_("This course is no longer available.")))
        else:
            self.sum.setText("")
            self.runner.failed.emit(error)

    def _plan(self, *, is_draft: bool = False) -> FeePlan:
        """Return the plan as it is typed; a draft may lack title and code."""
        kind = PlanKind(self.kind.value())
        parts = 1 if kind is PlanKind.SINGLE else _whole(self.value("parts"), "parts")
        is_dated = not self.fields["day"].isHidden()
        has_down = not self.fields["down"].isHidden()
        late = self.late_rule.value()
        return FeePlan(
            code=self.value("code") or ("-" if is_draft else ""),
            title=self.value("title") or ("-" if is_draft else ""),
            kind=kind,
            parts=parts or 0,
            down=_rupees(self.value("down"), "down") if has_down else ZERO,
            unit=Money(int(self.unit.value())),
            day_of_month=_whole(self.value("day"), "day") if is_dated else None,
            is_default=self.value("is_default") == "yes",
            late_rule_code=None if late in {NO_RULE, NEW_RULE} else late,
            offered_from=parse_day(self.value("offered_from"), "offered_from"),
            offered_to=parse_day(self.value("offered_to"), "offered_to"),
            rows=self.parts.rows() if parts == self._count(kind) else (),
            heads=self.heads.heads(),
        )

    def _new_rule(self) -> LateRule | None:
        """Return the late-fee rule that was typed; None for none."""
        if self.late_rule.value() != NEW_RULE:
            return None
        kind, typed = LateKind(self.late_kind.value()), self.value("late_value")
        is_percent = kind in {LateKind.PERCENT_MONTH, LateKind.PERCENT_ONCE}
        is_slabs = kind is LateKind.SLABS
        cap = self.value("late_cap").strip()
        return LateRule(
            kind=kind,
            amount=ZERO if is_percent or is_slabs else _rupees(typed, "late_value"),
            bp=parse_percent(typed, "late_value") if is_percent else 0,
            grace_days=0 if is_slabs else _whole(self.value("late_grace"), "late_grace") or 0,
            cap=_rupees(cap, "late_cap") if cap else None,
            slabs=parse_slabs(typed) if is_slabs else (),
        )

    def save(self) -> None:
        """Check the fields and save the plan."""
        plan, rule = self._plan(), self._new_rule()
        if self._row is None:
            self.submit(partial(_add, self._course.uid, plan, rule))
        else:
            self.submit(partial(_change, self._row.uid, plan, rule))

    def rescale(self) -> None:
        """Keep the room for the table."""
        self.setMinimumWidth(theme.px(680))

    def retranslate(self) -> None:
        """Show the plan in the current language."""
        super().retranslate()
        self._adapt()


def _offered(desk: Desk) -> tuple[tuple[FeeHead, ...], tuple[LateRuleRow, ...], int]:
    return desk.plans.heads(), desk.plans.late_rules(), desk.plans.default_parts()[0]


def _add(course_uid: str, plan: FeePlan, rule: LateRule | None, desk: Desk) -> PlanRow:
    return desk.plans.add(course_uid, plan, rule)


def _change(uid: str, plan: FeePlan, rule: LateRule | None, desk: Desk) -> PlanRow:
    return desk.plans.change(uid, plan, rule)


def _rupees(text: str, field: str) -> Money:
    """Return rupees; zero for an empty text. Raises InvalidInputError about the field."""
    if not text.strip():
        return ZERO
    try:
        return parse_rupees(text, allow_zero=True)
    except InvalidInputError as error:
        raise error.about(field) from error


def _whole(text: str, field: str) -> int | None:
    """Return a whole number; None for an empty text. Raises InvalidInputError."""
    typed = clean_line(text)
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 6):  # noqa: PLR2004
        raise InvalidInputError(field, "Enter a whole number.")
    return int(typed)
