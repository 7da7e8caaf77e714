"""Open dues with their ageing, and what is done about them.

Widgets only. Letters work while the list has the keyboard: they are typed into the search else.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractItemView, QWidget

from desktop_app.domain.money import group_digits
from desktop_app.services.views.changes import Changes
from desktop_app.services.views.dues import ListedDue
from desktop_app.ui.accounts.actions import FamilyActions
from desktop_app.ui.accounts.change_menu import chosen_of, open_menu
from desktop_app.ui.accounts.texts import (
    course_text,
    covered_text,
    overdue_tag,
    promise_text,
    standing_text,
)
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import NONE, day_text, short_rupees, when_text
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.dues.aging_chips import ALL, TO_CALL, AgingChips
from desktop_app.ui.dues.rows import DuesPresenter
from desktop_app.ui.tables.list_page import ListPage
from desktop_app.ui.widgets.action_buttons import Act, action_buttons, add_key
from desktop_app.ui.widgets.badge import StatusBadge
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox
from desktop_app.ui.widgets.detail_pane import Facts
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QVBoxLayout

    from desktop_app.services.views.dues import DueSums
    from desktop_app.services.views.settings import SettingsView
    from desktop_app.ui.accounts.promise_form import PromiseForm
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.tables.import_export import Write
    from desktop_app.ui.tables.pager import Slice

MOST_SELECTED = 50
"""More fees than any family has at once."""
_FACTS = (
    N_("Parent"), N_("Phone"), N_("Course"), N_("Instalment"), N_("Due date"), N_("Paid"),
    N_("Pending"), N_("Late fee"), N_("Promise"), N_("Last contact"),
)  # fmt: skip


class DuesPage(ListPage[ListedDue]):
    """Every open due: what fell due first is first."""

    title = N_("Dues")
    kind = "dues"
    find_hint = N_("Name, roll number, phone or course")
    find_name = "duesFilter"
    counts = (N_("{count} found"), N_("{count} due", "{count} dues"))
    detail_px = 380
    reads = Changes(students=True, payments=True)
    presenter: DuesPresenter

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, DuesPresenter(context.runner))

    def build(self, column: QVBoxLayout) -> None:
        """Build the chips and the details."""
        self._sums: DueSums | None = None
        self._is_reading = False
        self._wanted: Callable[[], object] | None = None
        self.actions_of = FamilyActions(self.context, self)
        self.chips = AgingChips()
        self.parts = label("", "secondary", name="duesParts", wrap=True)
        fill(self.band, self.chips)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.add_export(N_("Export the dues in this list as CSV or Excel"), "dues")
        self._build_detail(column)
        self._build_foot()
        self._order_tabs()
        self.chips.chosen.connect(self._narrow)
        self.chips.left.connect(self.table.setFocus)
        self.presenter.summed.connect(self._summed)
        self.actions_of.changed.connect(self.presenter.refresh)
        add_key(self.table, "X", partial(self.change, "waive"))

    def _order_tabs(self) -> None:
        """Order the stops of Tab: the search, the chips, the list, what is done about a due."""
        order = (
            self.finder, *self.chips.buttons.values(), self.table, self.account_button,
            self.promise_button, self.chat_button, self.link_button, self.change_button,
            self.collect_button, self.bill_button, self.export_button,
        )  # fmt: skip
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _build_detail(self, column: QVBoxLayout) -> None:
        self.amount = label("", "clock", name="dueAmount")
        self.badge = StatusBadge(name="dueBadge")
        self.student = ElidedLabel(role="strong", name="dueStudent")
        self.facts = Facts(_FACTS)
        [self.account_button] = action_buttons(
            self.table,
            Act(
                N_("Account…"), self.open_row, "duesAccountButton",
                N_("Open the family's account (Enter)"),
            ),
        )  # fmt: skip
        who = hbox((self.student, 1), self.account_button, gap=theme.GAP)
        fill(column, flowing(self.amount, self.badge, spread=True), who, theme.GRID)
        fill(column, self.facts, STRETCH)

    def _build_foot(self) -> None:
        self.promise_button, self.chat_button, self.link_button, self.change_button = (
            action_buttons(
                self.table,
                Act(
                    N_("Promise…"), self.promise, "duesPromiseButton",
                    N_("Save a promise to pay (R)"), key="R",
                ),
                Act(
                    N_("WhatsApp…"), self.chat, "duesChatButton",
                    N_("Write a reminder on WhatsApp (W)"), key="W",
                ),
                Act(
                    N_("Link"), self.send_link, "duesLinkButton",
                    N_("Create a payment link for all the family's overdue fees (L)"), key="L",
                ),
                Act(
                    N_("Change…"), self.open_changes, "duesChangeButton",
                    N_("Change this fee's due date, late fee or instalments, or write it off "
                       "(E)"), key="E",
                ),
            )
        )  # fmt: skip
        self.collect_button, self.bill_button = action_buttons(
            self.table,
            Act(
                N_("Collect   F9"), self.collect, "duesCollectButton",
                N_("Collect the selected fees (F9)"), "qr", "primary",
            ),
            Act(
                N_("Bill   F12"), self.open_bill, "duesBillButton",
                N_("Open the family's bill with the selected fees ticked (F12)"), kind="",
            ),
        )  # fmt: skip
        self.detail.add_foot(
            self.promise_button, self.chat_button, self.link_button, self.change_button
        )
        self.detail.add_foot(self.collect_button, self.bill_button)

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
                N_("No fees due"),
                N_("Fees appear here when you enrol a student and collect later."),
            )

    def act_on_empty(self) -> None:
        """Show all dues."""
        self.finder.clear()
        self.chips.choose(ALL)

    def search(self, text: str) -> None:
        """List what matches a text."""
        self._is_reading = True
        super().search(text)

    def _waits(self, act: Callable[[], object]) -> bool:
        """Keep an action until what was typed or chosen is listed: it is for none of the old rows.

        Returns:
            False where the list is there already.
        """
        if self._typing.isActive():
            self._search_now()
        if self._is_reading:
            self._wanted = act
        return self._is_reading

    def _listed(self, rows: Slice) -> None:
        """Show the list, then do what waited for it."""
        super()._listed(rows)
        self._is_reading = False
        act, self._wanted = self._wanted, None
        if act is not None:
            act()

    def _narrow(self) -> None:
        self._is_reading = True
        chips = self.chips
        self.presenter.narrow(chips.bucket, to_call=chips.value == TO_CALL, month=chips.month)

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

    def written(self, kind: str) -> Write:
        """Return what writes the dues that are listed, with what narrows them."""
        from desktop_app.ui.tables.import_export import about_shown

        del kind
        which = self.presenter.wanted()
        about = about_shown(
            N_("Open dues"), " · ".join(filter(None, (self.chips.name, which.text)))
        )
        return lambda desk, path, watch: desk.exports.dues(which, about, path, watch)

    def picked(self) -> None:
        """Show another due."""
        self.show_row()

    def show_row(self) -> None:
        """Show what is known of the due."""
        row = self._row
        for button in (self.collect_button, self.bill_button, self.account_button,
                       self.promise_button, self.link_button, self.chat_button,
                       self.change_button):  # fmt: skip
            button.setEnabled(row is not None)
        if row is None:
            return
        count = len(self.selected_dues())
        self.collect_button.show_text(
            tr(N_("Collect {count} fees   F9"), count=count) if count > 1 else N_("Collect   F9")
        )
        self.amount.setText(short_rupees(row.balance))
        tag = overdue_tag(row)
        self.badge.show_state(tr(tag.word), tag.icon, tag.tone)
        self.student.show_text(f"{row.student_name} · {row.roll_no}")
        paid = row.amount - row.balance
        self.facts.show_values(
            {
                "Parent": row.family,
                "Phone": row.phone,
                "Course": course_text(row),
                "Instalment": str(row.instalment),
                "Due date": day_text(row.due_on),
                "Paid": short_rupees(paid) if paid else "",
                "Pending": covered_text(row) if row.covered else "",
                "Late fee": short_rupees(row.late_fee) if row.late_fee else "",
                "Promise": promise_text(row),
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

    def selected_dues(self) -> tuple[str, ...]:
        """Return the dues that are selected, else the one that is shown."""
        rows: list[ListedDue] = self.table.selected(MOST_SELECTED)
        if not rows and self._row is not None:
            rows = [self._row]
        return tuple(row.uid for row in rows)

    def collect(self) -> None:
        """Collect what is selected, at once where that is one fee (F9)."""
        if not self._waits(self.collect) and self._row is not None:
            self.actions_of.collect(self._row.student_uid, self.selected_dues(), is_collected=True)

    def open_bill(self) -> bool:
        """Show the bill of the family at the counter, with what is selected on it (F12)."""
        if self._waits(self.open_bill):
            return True
        if self._row is not None:
            self.actions_of.collect(self._row.student_uid, self.selected_dues())
        return self._row is not None

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

    def open_changes(self) -> None:
        """Open the menu of what can be changed of this fee and its enrolment."""
        if self._row is not None:
            open_menu(self.change_button, self.change)

    def change(self, key: str) -> None:
        """Open the form of a change of this fee, or of its enrolment."""
        row = self._row
        if row is not None:
            self.actions_of.change(row.student_uid, key, chosen_of(key, row))

    def chat(self) -> None:
        """Write a reminder in WhatsApp."""
        if self._row is not None:
            self.actions_of.chat(self._row.student_uid)
