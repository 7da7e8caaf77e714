"""The form of a fee head: its names, its tax, and what of it is refunded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox

from desktop_app.domain.fee_heads import COACHING_BP, LAST, FeeHead, RefundRule, Treatment
from desktop_app.domain.fees import SAC_COACHING
from desktop_app.domain.money import percent_text
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.forms.entries import parse_percent
from desktop_app.ui.forms.form import FormDialog
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop_app.services.views.plans import FeeHeadRow
    from desktop_app.ui.core.jobs import JobRunner

TREATMENTS = (
    (N_("With GST"), Treatment.TAXABLE.value),
    (N_("Nil-rated or exempt"), Treatment.EXEMPT.value),
    (N_("Outside GST, e.g. a deposit"), Treatment.OUTSIDE.value),
)
REFUNDS = (
    (N_("For the remaining days"), RefundRule.PRO_RATA.value),
    (N_("Until the course starts"), RefundRule.UNTIL_START.value),
    (N_("Never"), RefundRule.NEVER.value),
    (N_("In full (deposit)"), RefundRule.DEPOSIT.value),
)


class FeeHeadForm(FormDialog):
    """A fee head; `saved` carries it as a `FeeHeadRow`.

    Args:
        runner: runs what blocks.
        parent: the window it belongs to.
        row: the head to edit; None for a new one.
        last: the highest priority of the heads so far; a new one is paid after them.
    """

    taken = ("code", N_("Another fee head has this code."))

    def __init__(
        self, runner: JobRunner, parent: QWidget | None, row: FeeHeadRow | None, last: int
    ) -> None:
        title = N_("Add fee head") if row is None else N_("Edit fee head")
        super().__init__(runner, parent, title=title, action=N_("Save"))
        self.setObjectName("feeHeadForm")
        self._row = row
        self._priority = row.head.priority if row is not None else min(last + 1, LAST - 1)
        self._build()
        self._load()
        self._adapt()
        self.setMinimumWidth(theme.px(520))
        self.settle()
        self.title.setFocus()

    def _build(self) -> None:
        self.title = self.add_line("title", N_("&Name"), (0, 0), placeholder=N_("e.g. Transport"))
        self.add_line("title_hi", N_("Name in &Hindi"), (0, 1))
        self.code = self.add_line("code", N_("&Code"), (1, 0), placeholder=N_("e.g. bus"))
        self.treatment = Select(TREATMENTS)
        self.add_field("treatment", N_("&GST"), self.treatment, (1, 1))
        self.sac = self.add_line("sac", N_("&SAC or HSN code"), (2, 0))
        self.rate = self.add_line("gst_rate", N_("GST &rate in %"), (2, 1))
        self.refund = Select(REFUNDS)
        self.add_field(
            "refund", N_("Re&fund when a student leaves"), self.refund, (3, 0), span=2,
            hint=N_("Applies to new plans. Existing enrolments don't change."),
        )  # fmt: skip
        self.concession = QCheckBox()
        self.concession.setObjectName("headConcession")
        bind_text(self.concession, "text", N_("A&llow concessions"))
        self.body.addWidget(self.concession, 4, 0, 1, 2)
        self.treatment.currentIndexChanged.connect(self._adapt)

    def _load(self) -> None:
        if self._row is None:
            self.fill(sac=SAC_COACHING, gst_rate=percent_text(COACHING_BP))
            return
        head = self._row.head
        self.fill(
            title=head.title,
            title_hi=head.title_hi,
            code=head.code,
            treatment=head.treatment.value,
            sac=head.sac,
            gst_rate=percent_text(head.gst_bp),
            refund=head.refund.value,
        )
        self.code.setEnabled(False)
        self.concession.setChecked(head.concession_ok)

    def _adapt(self, *_: object) -> None:
        """Show the code where there is a supply, and the rate where it is taxed."""
        treatment = Treatment(self.value("treatment"))
        self.fields["sac"].setVisible(treatment is not Treatment.OUTSIDE)
        self.fields["gst_rate"].setVisible(treatment is Treatment.TAXABLE)

    @property
    def is_changed(self) -> bool:
        """Whether something was changed since `settle`."""
        was = self._row.head.concession_ok if self._row is not None else False
        return super().is_changed or was != self.concession.isChecked()

    def save(self) -> None:
        """Check the fields and save the head."""
        treatment = Treatment(self.value("treatment"))
        is_taxed = treatment is Treatment.TAXABLE
        head = FeeHead(
            code=self.value("code"),
            title=self.value("title"),
            title_hi=self.value("title_hi"),
            treatment=treatment,
            sac="" if treatment is Treatment.OUTSIDE else self.value("sac").strip(),
            gst_bp=parse_percent(self.value("gst_rate"), "gst_rate") if is_taxed else 0,
            refund=RefundRule(self.value("refund")),
            priority=self._priority,
            concession_ok=self.concession.isChecked(),
        )
        is_new, is_archived = self._row is None, self._row is not None and self._row.is_archived
        self.submit(lambda desk: desk.plans.save_head(head, is_new=is_new, is_archived=is_archived))
