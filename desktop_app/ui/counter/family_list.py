"""The list of a family: its students, and under each the fees and courses, with their ticks.

Widgets only. Space ticks, `+` adds a course for the student of the row, Del takes a row off, `*`
types a part of its fee.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListView

from desktop_app.domain.ageing import Bucket
from desktop_app.domain.money import format_rupees, total
from desktop_app.ui.core.formatting import one_line
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.counter.days import dated
from desktop_app.ui.widgets.result_list import Cell, ResultList, Row

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtGui import QFocusEvent, QKeyEvent

    from desktop_app.services.views.bills import BillView, LineView, Member
    from desktop_app.ui.counter.family_cart import Entry, FamilyCart

    _Index = QModelIndex | QPersistentModelIndex

SHARES = (0.08, 0.44, 0.24, 0.24)
_NOTHING = N_("No fees due. Press + to add a course.")


class Place(NamedTuple):
    """The row of an entry, or of a student; `at` is the entry's place in the cart."""

    student_uid: str
    at: int | None = None


class FamilyList(ResultList):
    """The rows of a family.

    Signals:
        ticked: put the entry at this place on the bill, or take it off.
        adding: add a course for the student of this uid.
        removed: take the entry at this place off.
        parting: type a part of the entry at this place.
        planning: divide the fee of the entry at this place by another plan.
        moved: another row is selected.
    """

    ticked = Signal(int)
    adding = Signal(str)
    removed = Signal(int)
    parting = Signal(int)
    planning = Signal(int)
    moved = Signal()

    def __init__(self) -> None:
        super().__init__(
            "familyPicker", N_("The family's fees"), SHARES, _NOTHING, takes_keys=True, spare=(2,)
        )
        self.chosen.connect(self._chosen)

    def show_cart(self, cart: FamilyCart) -> None:
        """Show a cart; the row that was selected stays so."""
        at = self.currentIndex().row()
        rows = _cart_rows(cart)
        self.show_rows(rows, query="", count=len(cart.entries))
        first = next((i for i, row in enumerate(rows) if _is_entry(row)), 0)
        self.select(min(at, len(rows) - 1) if at >= 0 else first)

    def show_bill(self, bill: BillView) -> None:
        """Show the lines of a bill that was offered; nothing can be changed of it."""
        rows = tuple(_line_row(line) for line in bill.lines)
        self.show_rows(rows, query="", count=len(rows))

    def place(self) -> Place | None:
        """Return the place of the selected row."""
        row = self.current()
        return row.payload if row is not None and isinstance(row.payload, Place) else None

    def select_student(self, student_uid: str) -> None:
        """Select the row of a student."""
        for number, row in enumerate(self.rows()):
            if row.payload == Place(student_uid):
                self.select(number)

    def select_entry(self, at: int) -> None:
        """Select the row of the entry at a place."""
        for number, row in enumerate(self.rows()):
            if isinstance(row.payload, Place) and row.payload.at == at:
                self.select(number)

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        """Emit that another row is selected."""
        super().currentChanged(current, previous)
        self.moved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tick, add, take off and part by one key each."""
        place = self.place()
        key, text = Qt.Key(event.key()), event.text()
        if place is None:
            super().keyPressEvent(event)
        elif text == "+":
            self.adding.emit(place.student_uid)
        elif place.at is None:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Space:
            self.ticked.emit(place.at)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(place.at)
        elif text == "*":
            self.parting.emit(place.at)
        elif key == Qt.Key.Key_P:
            self.planning.emit(place.at)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keep the selection: the buttons under the list are about it."""
        QListView.focusOutEvent(self, event)

    def _chosen(self, place: object) -> None:
        """Tick a row that was clicked, or taken by Enter."""
        if isinstance(place, Place) and place.at is not None:
            self.ticked.emit(place.at)


def _is_entry(row: Row) -> bool:
    return isinstance(row.payload, Place) and row.payload.at is not None


def _cart_rows(cart: FamilyCart) -> tuple[Row, ...]:
    rows: list[Row] = []
    students = cart.students
    for member in sorted(cart.family.members, key=lambda each: students.index(each.uid)):
        own = [(at, each) for at, each in enumerate(cart.entries) if each.student_uid == member.uid]
        rows.append(_member_row(member, [each for _, each in own]))
        rows += [_entry_row(at, each) for at, each in own]
    return tuple(rows)


def _member_row(member: Member, entries: list[Entry]) -> Row:
    owed = total(each.whole - each.off for each in entries)
    words = format_rupees(owed) if owed else tr(N_("nothing due"))
    name = f"{one_line(member.name)} · {one_line(member.roll_no)}"
    cells = (
        Cell(name, is_bold=True),
        Cell(words, "ink_2", is_right=True, is_whole=True),
    )
    return Row(cells, Place(member.uid), icon="person", icon_tone="ink_2")


def _entry_row(at: int, entry: Entry) -> Row:
    when, tone = _when(entry)
    amount = format_rupees(entry.amount)
    return Row(
        (
            _tick(entry),
            Cell(one_line(entry.label), "ink" if entry.is_ticked else "ink_2"),
            Cell(when, tone, is_whole=True),
            Cell(amount, "ink" if entry.is_ticked else "ink_2", is_right=True, is_whole=True),
        ),
        Place(entry.student_uid, at),
    )


def _tick(entry: Entry) -> Cell:
    if entry.is_ticked:
        return Cell("", "accent", is_whole=True, icon="ticked")
    return Cell("", "line" if entry.is_covered else "ink_2", is_whole=True, icon="box")


def _when(entry: Entry) -> tuple[str, str]:
    """Return the words about an entry, and their tone."""
    if entry.is_full:
        return tr(N_("course is full")), "wrong"
    if entry.is_covered:
        return tr(N_("payment pending")), "attention"
    if entry.part is not None:
        return tr(N_("part of {amount}"), amount=format_rupees(entry.whole)), "attention"
    if entry.due_on is None:
        is_less = bool(entry.off)
        words = (
            tr(N_("{amount} off"), amount=format_rupees(entry.off)) if is_less else tr(N_("new"))
        )
        return words, "paid" if is_less else "accent"
    if entry.bucket is Bucket.TODAY:
        return tr(N_("due today")), "ink_2"
    late = entry.bucket is not Bucket.NOT_DUE
    words = N_("overdue since {day}") if late else N_("due {day}")
    return tr(words, day=dated(entry.due_on)), "attention" if late else "ink_2"


def _line_row(line: LineView) -> Row:
    is_paid = line.is_paid
    words = tr(N_("paid")) if is_paid else tr(N_("due {amount}"), amount=format_rupees(line.rest))
    if line.is_covered:
        words = tr(N_("cheque received"))
    elif line.is_ended:
        words = tr(N_("no longer due"))
    first = line.student_name.split()[0] if line.student_name.split() else line.roll_no
    return Row(
        (
            Cell(
                "",
                "paid" if is_paid else "ink_2",
                is_whole=True,
                icon="ticked" if is_paid else "box",
            ),
            Cell(f"{one_line(first)} · {one_line(line.label)}"),
            Cell(words, "paid" if is_paid else "ink_2", is_whole=True),
            Cell(format_rupees(line.amount), is_right=True, is_whole=True),
        ),
        Place(line.student_uid),
    )
