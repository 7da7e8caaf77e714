"""The fee heads that a plan asks for besides the course fee: head, amount, and when it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import format_plain, parse_rupees
from desktop_app.domain.plans import PlanHead, Spread
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import title_of
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.forms.editors import ValueEditor
from desktop_app.ui.forms.entries import day_typed, parse_day
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.domain.fee_heads import FeeHead

MOST = 6
_WHEN = (
    (N_("With the first instalment"), Spread.FIRST.value),
    (N_("With each instalment"), Spread.PLAN.value),
    (N_("On a date"), Spread.ON_DATE.value),
)


def _line(name: str) -> QLineEdit:
    made = QLineEdit(maxLength=20)
    made.setObjectName(name)
    return made


class HeadRow(QWidget):
    """One fee head with its amount."""

    def __init__(self, owner: HeadsEditor, number: int) -> None:
        super().__init__()
        self.head = QComboBox()
        self.head.setObjectName(f"planHead{number}")
        bind_text(self.head, "accessibleName", N_("Fee head"))
        self.amount = _line(f"planHeadAmount{number}")
        bind_text(self.amount, "accessibleName", N_("Amount in rupees, including GST"))
        bind_text(self.amount, "placeholderText", N_("₹ with GST"))
        self.when = Select(_WHEN, name=f"planHeadWhen{number}", title=N_("Schedule for this fee"))
        self.date = _line(f"planHeadDate{number}")
        bind_text(self.date, "accessibleName", N_("Due date"))
        bind_text(self.date, "placeholderText", N_("DD-MM-YYYY"))
        self.drop = Button(
            kind="status", icon="cross", name=f"planHeadRemove{number}",
            tip=N_("Remove this fee head"),
        )  # fmt: skip
        row = hbox(inside=self, gap=theme.GAP)
        fill(row, (self.head, 2), (self.amount, 1), (self.when, 2), (self.date, 1), self.drop)
        self.head.currentIndexChanged.connect(owner.note)
        self.amount.textChanged.connect(owner.note)
        self.date.textChanged.connect(owner.note)
        self.when.currentIndexChanged.connect(self._timed)
        self.when.currentIndexChanged.connect(owner.note)
        self._timed()

    def _timed(self, _index: object = None) -> None:
        self.date.setVisible(self.when.value() == Spread.ON_DATE.value)

    def head_of_plan(self) -> PlanHead:
        """Return the head as a plan keeps it. Raises InvalidInputError."""
        try:
            amount = parse_rupees(self.amount.text())
        except InvalidInputError as error:
            raise error.about("heads") from error
        spread = Spread(self.when.value())
        due_on = parse_day(self.date.text(), "heads") if spread is Spread.ON_DATE else None
        return PlanHead(str(self.head.currentData()), amount, spread=spread, due_on=due_on)


class HeadsEditor(ValueEditor):
    """The fee heads of a plan, a row each."""

    def __init__(self) -> None:
        super().__init__()
        self._offered: tuple[FeeHead, ...] = ()
        self._rows = [HeadRow(self, number) for number in range(1, MOST + 1)]
        self._used = 0
        self.add = Button(
            N_("Add a fee &head"), kind="quiet", icon="plus", name="planHeadAddButton",
            tip=N_("Add a fee besides the course fee, e.g. registration or books"),
        )  # fmt: skip
        self.add.clicked.connect(self._add)
        column = vbox(inside=self, gap=theme.GAP)
        fill(column, *self._rows, hbox(self.add, STRETCH))
        self.setFocusProxy(self.add)
        for row in self._rows:
            row.drop.clicked.connect(lambda _checked=False, row=row: self._remove(row))
        self._show_rows()

    def offer(self, heads: Sequence[FeeHead]) -> None:
        """Offer these heads."""
        self._offered = tuple(heads)
        for row in self._rows:
            chosen = row.head.currentData()
            row.head.blockSignals(True)  # noqa: FBT003 - Qt's order
            row.head.clear()
            for head in heads:
                row.head.addItem(title_of(head.title, head.title_hi), head.code)
            row.head.setCurrentIndex(max(0, row.head.findData(chosen)))
            row.head.blockSignals(False)  # noqa: FBT003 - Qt's order

    def show_heads(self, heads: Sequence[PlanHead]) -> None:
        """Show the heads of a plan that is edited."""
        self._used = min(len(heads), MOST)
        for row, head in zip(self._rows, heads, strict=False):
            row.head.setCurrentIndex(max(0, row.head.findData(head.head_code)))
            row.amount.setText(format_plain(head.amount).removesuffix(".00"))
            row.when.choose(head.spread.value)
            row.date.setText(day_typed(head.due_on))
        self._show_rows()

    def heads(self) -> tuple[PlanHead, ...]:
        """Return the heads as a plan keeps them. Raises InvalidInputError."""
        return tuple(row.head_of_plan() for row in self._rows[: self._used])

    def value(self) -> str:
        """Return what was typed."""
        return "\n".join(
            "|".join((str(row.head.currentData()), row.amount.text(), row.when.value(),
                      row.date.text()))
            for row in self._rows[: self._used]
        )  # fmt: skip

    def choose(self, value: str) -> None:
        """Set what was typed."""
        lines = value.split("\n") if value else []
        self._used = len(lines)
        for row, line in zip(self._rows, lines, strict=False):
            code, amount, when, day = line.split("|")
            row.head.setCurrentIndex(max(0, row.head.findData(code)))
            row.amount.setText(amount)
            row.when.choose(when)
            row.date.setText(day)
        self._show_rows()

    def retranslate(self) -> None:
        """Name the heads in the current language."""
        self.offer(self._offered)

    def note(self, *_: object) -> None:
        """Report that something was typed."""
        self.chosen.emit(self.value())

    def _add(self) -> None:
        self._used = min(self._used + 1, MOST)
        self._show_rows()
        self._rows[self._used - 1].head.setFocus()
        self.note()

    def _remove(self, row: HeadRow) -> None:
        at = self._rows.index(row)
        lines = self.value().split("\n")
        del lines[at]
        self.choose("\n".join(lines))
        self.add.setFocus()
        self.note()

    def _show_rows(self) -> None:
        for at, row in enumerate(self._rows):
            row.setVisible(at < self._used)
        self.add.setEnabled(self._used < MOST)
