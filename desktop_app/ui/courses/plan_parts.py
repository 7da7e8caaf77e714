"""The instalments of a plan as a table: shares and dates are typed, amounts follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem

from desktop_app.domain.money import format_plain
from desktop_app.domain.plan_checks import format_share
from desktop_app.domain.plans import PlanKind, PlanPart
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.forms.editors import ValueEditor
from desktop_app.ui.forms.entries import day_typed, parse_day, parse_percent
from desktop_app.ui.widgets.boxes import vbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.services.views.plans import PreviewPart

HEADINGS = (N_("No."), N_("Share %"), N_("Due date"), N_("Amount ₹"))
SHARE, DUE, AMOUNT = 1, 2, 3
ROW_PX = 32
SHOWN = 6
"""As many rows are shown; more of them scroll."""
_SHARED = {PlanKind.PERCENT, PlanKind.DATES}
_DATED = {PlanKind.EQUAL, PlanKind.PERCENT, PlanKind.DATES}


class PartsTable(ValueEditor):
    """A row for each instalment. Its value lists the typed shares and dates, a line each."""

    def __init__(self) -> None:
        super().__init__()
        self._kind = PlanKind.EQUAL
        self._typed: list[list[str]] = []
        self._shown: tuple[PreviewPart, ...] = ()
        self._count = 0
        self.table = QTableWidget(0, len(HEADINGS))
        self.table.setObjectName("planTable")
        bind_text(self.table, "accessibleName", N_("Instalments"))
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(True)
        header = self.table.horizontalHeader()
        for column in range(len(HEADINGS)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        vbox(self.table, inside=self)
        self.setFocusProxy(self.table)
        self.table.itemChanged.connect(self._edited)
        self.rescale()

    def value(self) -> str:
        """Return what was typed: a line for each instalment, share and date."""
        return "\n".join("|".join(row) for row in self._typed[: self._count])

    def choose(self, value: str) -> None:
        """Set what was typed."""
        self._typed = [[*line.split("|"), ""][:2] for line in value.split("\n")]
        self._draw()

    def show_rows(self, rows: Sequence[PlanPart]) -> None:
        """Show the shares and dates of a plan that is edited."""
        self._typed = [
            [format_share(row.share_bp) if row.share_bp else "", day_typed(row.due_on)]
            for row in rows
        ]
        self._draw()

    def show_kind(self, kind: PlanKind, count: int) -> None:
        """Show so many instalments, and let be typed what this kind of plan needs."""
        if (kind, count) != (self._kind, self._count):
            self._kind, self._count = kind, count
            self._draw()

    def show_preview(self, parts: Sequence[PreviewPart]) -> None:
        """Show the amounts and dates of a preview; none where it could not be computed."""
        self._shown = tuple(parts)
        self._draw()

    def rows(self) -> tuple[PlanPart, ...]:
        """Return the typed shares and dates; none where nothing was typed.

        Raises:
            InvalidInputError: a share or a date cannot be read.
        """
        typed = [self._of(at) for at in range(self._count)]
        shares = [parse_percent(row[0], "rows") for row in typed if self._kind in _SHARED]
        dates = [parse_day(row[1], "rows") for row in typed if self._kind in _DATED]
        if not any(shares) and not any(dates):
            return ()
        shares, due = shares or [0] * self._count, dates or [None] * self._count
        return tuple(PlanPart(share, on) for share, on in zip(shares, due, strict=True))

    def rescale(self) -> None:
        """Follow the text size and the theme."""
        self._draw()

    def _fit(self) -> None:
        row = theme.px(ROW_PX)
        self.table.verticalHeader().setDefaultSectionSize(row)
        lines = min(max(self._count, 1), SHOWN) * row
        self.table.setFixedHeight(lines + self.table.horizontalHeader().sizeHint().height() + 4)

    def retranslate(self) -> None:
        """Write the headings in the current language."""
        self.table.setHorizontalHeaderLabels([tr(each) for each in HEADINGS])

    def _of(self, at: int) -> list[str]:
        while len(self._typed) <= at:
            self._typed.append(["", ""])
        return self._typed[at]

    def _draw(self) -> None:
        self.retranslate()
        with QSignalBlocker(self.table):
            self.table.setRowCount(self._count)
            for at in range(self._count):
                self._draw_row(at)
        self._fit()

    def _draw_row(self, at: int) -> None:
        share, due = self._of(at)
        shown = self._shown[at] if at < len(self._shown) else None
        is_shared, is_dated = self._kind in _SHARED, self._kind in _DATED
        day = due if is_dated and due else day_typed(shown.due_on if shown else None)
        self._put(at, 0, str(at + 1), is_typed=False)
        self._put(at, SHARE, share if is_shared else "", is_typed=is_shared)
        self._put(at, DUE, day, is_typed=is_dated, is_quiet=not (is_dated and due))
        self._put(at, AMOUNT, format_plain(shown.amount) if shown else "", is_typed=False)

    def _put(
        self, at: int, column: int, text: str, *, is_typed: bool, is_quiet: bool = False
    ) -> None:
        item = QTableWidgetItem(text)
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        item.setFlags(flags | Qt.ItemFlag.ItemIsEditable if is_typed else flags)
        if column in {SHARE, AMOUNT}:
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if is_quiet or not is_typed:
            item.setForeground(QColor(theme.tokens().ink_2))
        self.table.setItem(at, column, item)

    def _edited(self, item: QTableWidgetItem) -> None:
        if item.column() in {SHARE, DUE}:
            self._of(item.row())[item.column() - 1] = item.text().strip()
            self.chosen.emit(self.value())
