"""Open dues with their ageing, and what is done about them.

Widgets only. Letters work while the list has the keyboard: they are typed into the search else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence

from desktop_app.domain.money import group_digits
from desktop_app.services.views.changes import Changes
from desktop_app.services.views.dues import ListedDue
from desktop_app.ui.accounts.actions import FamilyActions
from desktop_app.ui.accounts.texts import (
    course_text,
    covered_text,
    overdue_tag,
    promise_tag,
    standing_text,
)
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import NONE, day_text, short_rupees, when_text
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.dues.aging_chips import ALL, TO_CALL, AgingChips
from desktop_app.ui.dues.rows import DuesPresenter
from desktop_app.ui.tables.list_page import ListPage
from desktop_app.ui.widgets.badge import StatusBadge
from desktop_app.ui.widgets.boxes import STRETCH, fill
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.detail_pane import Facts
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QVBoxLayout

    from desktop_app.services.views.dues import DueSums
    from desktop_app.services.views.settings import SettingsView
    from desktop_app.ui.accounts.promise_form import PromiseForm, WaiverForm
    from desktop_app.ui.core.page import PageContext

_FACTS = (
    N_("Parent"), N_("Phone"), N_("Course"), N_("Instalment"), N_("Due date"), N_("Paid"),
    N_("Covered"), N_("Late fee"), N_("Promise"), N_("Last contact"),
)  # fmt: skip


class DuesPage(ListPage[ListedDue]):
    """Every open due: what fell due first is first."""

    title = N_("Dues")
    kind = "dues"
    find_hint = N_("Name, roll number, phone or course")
    find_name = "duesFilter"
    counts = (N_("{count} found"), N_("{count} due", "{count} dues"))
    detail_px = 372
    reads = Changes(students=True, payments=True)
    presenter: DuesPresenter

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, DuesPresenter(context.runner))

    def build(self, column: QVBoxLayout) -> None:
        """Build the chips and the details."""
        self._sums: DueSums | None = None
        self.actions_of = FamilyActions(self.context, self)
        self.chips = AgingChips()
        self.parts = label("", "secondary", name="duesParts", wrap=True)
        fill(self.band, self.chips)
        self.add_export(N_("Export all dues as CSV or Excel"), "dues")
        self._build_detail(column)
        self._build_foot()
        self.chips.chosen.connect(self._narrow)
        self.presenter.summed.connect(self._summed)
        self.actions_of.changed.connect(self.presenter.refresh)
        for key, act in (
            ("R", self.promise), ("X", self.waive), ("L", self.send_link), ("W", self.chat),
        ):  # fmt: skip
            self._add_key(key, act)

    def _build_detail(self, column: QVBoxLayout) -> None:
        self.amount = label("", "clock", name="dueAmount")
        self.badge = StatusBadge(name="dueBadge")
        self.student = ElidedLabel(role="strong", name="dueStudent")
        self.facts = Facts(_FACTS)
        fill(column, flowing(self.amount, self.badge, spread=True), self.student, theme.GRID)
        fill(column, self.facts, STRETCH)

    def _build_foot(self) -> None:
        self.collect_button = Button(
            N_("Collect"), kind="primary", icon="qr", name="duesCollectButton",
            tip=N_("Collect all overdue fees of the family in one payment (F12)"),
        )  # fmt: skip
        self.account_button = Button(
            N_("Account…"), icon="students", name="duesAccountButton",
            tip=N_("Open the family's account (Enter)"),
        )  # fmt: skip
        self.promise_button = Button(
            N_("Promise…"), kind="compact", name="duesPromiseButton",
            tip=N_("Save a promise to pay (R)"),
        )  # fmt: skip
        self.link_button = Button(
            N_("Link"), kind="compact", name="duesLinkButton",
            tip=N_("Make a payment link for all overdue fees of the family (L)"),
        )  # fmt: skip
        self.chat_button = Button(
            N_("WhatsApp…"), kind="compact", name="duesChatButton",
            tip=N_("Write a reminder in WhatsApp (W)"),
        )  # fmt: skip
        self.waive_button = Button(
            N_("Waive…"),
            kind="compact",
            name="duesWaiveButton",
            tip=N_("Waive the late fee (X)"),
        )
        self.detail.add_foot(
            self.promise_button, self.chat_button, self.link_button, self.waive_button
        )
        self.detail.add_foot(self.collect_button, self.account_button)
        for button, act in (
            (self.collect_button, self.collect),
            (self.account_button, self.open_row),
            (self.promise_button, self.promise),
            (self.link_button, self.send_link),
            (self.chat_button, self.chat),
            (self.waive_button, self.waive),
        ):
            button.clicked.connect(_ignoring(act))

    def _add_key(self, key: str, act: Callable[[], object]) -> None:
        action = QAction(self.table)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(_ignoring(act))
        self.table.addAction(action)

    # --- the list

    def describe_empty(self, text: str) -> None:
        """Explain the empty list; where nothing is due, that is good news."""
        del text
        if self.presenter.is_narrow:
            self.empty.show_words(
                N_("No matching dues"),
                N_("Try fewer words, or show all dues."),
                N_("Show all dues"),
            )
        else:
            self.empty.show_words(
                N_("No fees due"), N_("Fees appear here when you enrol and collect later.")
            )

    def act_on_empty(self) -> None:
        """Show all dues."""
        self.finder.clear()
        self.chips.choose(ALL)

    def _narrow(self) -> None:
        self.presenter.narrow(self.chips.bucket, to_call=self.chips.value == TO_CALL)

    def _summed(self, sums: DueSums) -> None:
        self._sums = sums
        self.chips.show_sums(sums)
        self.show_count()

    def show_count(self) -> None:
        """Show how many dues are listed, and the parts of the whole balance."""
        if self._slice is None:
            return
        count = group_digits(str(self._slice.total))
        words = tr(self.counts[1], count=count)
        if self._sums is not None and self._sums.count and not self.presenter.is_narrow:
            words = f"{words} · {standing_text(self._sums.standing)}"
        self.count.setText(words)

    def picked(self) -> None:
        """Show another due."""
        self.show_row()

    def show_row(self) -> None:
        """Show what is known of the due."""
        row = self._row
        for button in (self.collect_button, self.account_button, self.promise_button,
                       self.link_button, self.chat_button):  # fmt: skip
            button.setEnabled(row is not None)
        self.waive_button.setVisible(row is not None and _has_late_fee(row))
        if row is None:
            return
        self.amount.setText(short_rupees(row.balance))
        tag = overdue_tag(row)
        self.badge.show_state(tr(tag.word), tag.icon, tag.tone)
        self.student.show_text(f"{row.student_name} · {row.roll_no}")
        paid = row.amount - row.balance
        promise = promise_tag(row.promise)
        self.facts.show_values(
            {
                "Parent": row.family,
                "Phone": row.phone,
                "Course": course_text(row),
                "Instalment": str(row.instalment),
                "Due date": day_text(row.due_on),
                "Paid": short_rupees(paid) if paid else "",
                "Covered": covered_text(row) if row.covered else "",
                "Late fee": short_rupees(row.late_fee) if row.late_fee else "",
                "Promise": tr(promise.word) if promise else "",
                "Last contact": when_text(row.contacted_at) if row.contacted_at else NONE,
            }
        )

    def apply_settings(self, settings: SettingsView) -> None:
        """Name the centre in messages."""
        self.actions_of.centre = settings.centre.name

    # --- what is done

    def open_row(self) -> None:
        """Open the account of the family."""
        if self._row is not None:
            self.actions_of.open_account(self._row.student_uid)

    def family_student(self) -> str:
        """Return the student of the due that is shown."""
        return self._row.student_uid if self._row is not None else ""

    def collect(self) -> None:
        """Show the bill of the family at the counter, with everything overdue on it."""
        if self._row is not None:
            self.actions_of.collect(self._row.student_uid)

    def send_link(self) -> None:
        """Make a payment link for all that is overdue of the family, else for this due."""
        if self._row is not None:
            self.actions_of.send_link(self._row.student_uid, self._row.uid)

    def promise(self) -> PromiseForm | None:
        """Open the form for a promise."""
        row = self._row
        if row is None:
            return None
        name = " · ".join(part for part in (row.family, row.student_name) if part)
        return self.actions_of.promise(row.student_uid, name, row.balance)

    def waive(self) -> WaiverForm | None:
        """Open the form that waives the late fee."""
        row = self._row
        return self.actions_of.waive(row) if row is not None else None

    def chat(self) -> None:
        """Write a reminder in WhatsApp."""
        if self._row is not None:
            self.actions_of.chat(self._row.student_uid)


def _has_late_fee(row: ListedDue) -> bool:
    return bool(row.late_fee) or row.kind == "late_fee"


def _ignoring(act: Callable[[], object]) -> Callable[..., None]:
    def run(_checked: object = None) -> None:
        act()

    return run
