"""The section of fees: the heads of the centre, and the settings of new plans and bills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.fee_heads import NOT_IN_PLANS, TUITION, Treatment
from desktop_app.domain.money import percent_text
from desktop_app.ui.core.formatting import title_of
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.core.window_front import open_in_front
from desktop_app.ui.settings.section import SettingsSection
from desktop_app.ui.settings.table_list import TableList
from desktop_app.ui.widgets.action_buttons import Act, action_buttons
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from desktop_app.domain.fee_heads import FeeHead
    from desktop_app.services.views.plans import FeeHeadRow
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.settings.setup import Setup


class FeesSection(SettingsSection):
    """Fee heads, and the settings of fees.

    Args:
        runner: reads and saves them.
    """

    def __init__(self, runner: JobRunner) -> None:
        self._runner = runner
        self._rows: tuple[FeeHeadRow, ...] = ()
        super().__init__("fees")

    def build_above(self) -> None:
        """Add the list of fee heads with its buttons."""
        self.column.addWidget(label(N_("Fee heads"), "strong"))
        self.heads = TableList("feeHeadTable", N_("Fee heads"), 3)
        self.column.addWidget(self.heads)
        self.add_head, self.edit_head, self.archive_head = action_buttons(
            None,
            Act(N_("Add &fee head…"), self._add, "addHeadButton", icon="plus", kind=""),
            Act(N_("&Edit…"), self._edit, "editHeadButton", icon="edit", kind=""),
            Act(N_("Archi&ve"), self._archive, "archiveHeadButton", kind=""),
        )
        self.add_row(self.add_head, self.edit_head, self.archive_head)
        self.heads.itemSelectionChanged.connect(self._offer)
        self.heads.cellDoubleClicked.connect(lambda *_cell: self._edit())
        self.column.addWidget(label(N_("New plans and bills"), "strong"))

    def load(self, setup: Setup) -> None:
        """Show the settings, and read the heads again."""
        super().load(setup)
        self._read()

    def _read(self, _saved: object = None) -> None:
        self._runner.local(
            lambda desk: desk.plans.all_heads(), self._show, owner=self, replaces="heads"
        )

    def _show(self, rows: tuple[FeeHeadRow, ...]) -> None:
        self._rows = rows
        self.retranslate()

    def retranslate(self) -> None:
        """Write the heads in the current language."""
        self.heads.show_rows([_cells(row) for row in self._rows])
        self._offer()

    def rescale(self) -> None:
        """Follow the text size."""
        self.heads.fit()

    def _offer(self) -> None:
        row = self._row()
        self.edit_head.setEnabled(row is not None)
        kept = NOT_IN_PLANS | {TUITION}
        self.archive_head.setEnabled(row is not None and row.head.code not in kept)
        is_archived = row is not None and row.is_archived
        bind_text(self.archive_head, "text", N_("Offer again") if is_archived else N_("Archi&ve"))

    def _row(self) -> FeeHeadRow | None:
        at = self.heads.currentRow()
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def _add(self) -> None:
        self._open(None)

    def _edit(self) -> None:
        row = self._row()
        if row is not None:
            self._open(row)

    def _open(self, row: FeeHeadRow | None) -> None:
        from desktop_app.ui.settings.fee_head_form import FeeHeadForm

        last = max((each.head.priority for each in self._rows), default=0)
        form = FeeHeadForm(self._runner, self.window(), row, last)
        form.saved.connect(self._read)
        open_in_front(form)

    def _archive(self) -> None:
        row = self._row()
        if row is not None:
            head, is_archived = row.head, not row.is_archived
            self._runner.local(
                lambda desk: desk.plans.save_head(head, is_archived=is_archived), self._read
            )


def _cells(row: FeeHeadRow) -> tuple[str, str, str]:
    head = row.head
    standing = tr(N_("archived")) if row.is_archived else ""
    return title_of(head.title, head.title_hi), _tax(head), standing


def _tax(head: FeeHead) -> str:
    if head.treatment is Treatment.TAXABLE:
        rate = percent_text(head.gst_bp)
        return tr(N_("GST {rate} % · {sac}"), rate=rate, sac=head.sac)
    return tr(N_("No GST"))
