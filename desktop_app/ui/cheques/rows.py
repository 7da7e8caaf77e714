"""Rows of cheques: which are listed, how they are read, and their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.instruments import InstrumentState
from desktop_app.domain.money import format_plain
from desktop_app.services.views.tenders import ChequeRow
from desktop_app.ui.core.formatting import day_text
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.tables.columns import Column, Tag
from desktop_app.ui.tables.list_presenter import ListPresenter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.services.desk import Desk
    from desktop_app.ui.core.jobs import JobRunner

_S = InstrumentState
STATES: Mapping[str, tuple[InstrumentState, ...]] = {
    "in_hand": (_S.IN_HAND,),
    "deposited": (_S.DEPOSITED,),
    "bounced": (_S.BOUNCED,),
    "all": tuple(_S),
}
"""The states of each tab."""
TAGS: Mapping[InstrumentState, Tag] = {
    _S.IN_HAND: Tag(N_("In hand"), "waiting", "accent"),
    _S.DEPOSITED: Tag(N_("Deposited"), "waiting", "attention"),
    _S.CLEARED: Tag(N_("Cleared"), "paid", "paid"),
    _S.BOUNCED: Tag(N_("Returned by the bank"), "wrong", "wrong"),
    _S.RETURNED: Tag(N_("Returned to the parent"), "cross", "quiet"),
    _S.LOST: Tag(N_("Lost"), "cross", "quiet"),
    _S.STALE: Tag(N_("Too old"), "cross", "quiet"),
}
_HELD = Tag(N_("Post-dated"), "calendar", "quiet")


def cheque_tag(row: ChequeRow) -> Tag:
    """Return the state of a cheque; a post-dated one is not deposited yet."""
    return _HELD if row.is_held else TAGS[row.state]


CHEQUES: tuple[Column[ChequeRow], ...] = (
    Column(N_("Cheque date"), lambda row: day_text(row.dated_on), 104),
    Column(N_("Student"), lambda row: row.student_name, 120, share=3),
    Column(N_("Bank"), lambda row: row.bank, 112, share=2, spare=2),
    Column(N_("Number"), lambda row: row.number, 76),
    Column(N_("Amount ₹"), lambda row: format_plain(row.amount), 96, is_number=True),
    Column(N_("Status"), lambda row: tr(cheque_tag(row).word), 164, tag=cheque_tag),
    Column(N_("Slip"), lambda row: row.slip_no, 148, spare=1),
)


@dataclass(frozen=True, slots=True)
class ChequeRows:
    """Some of the cheques that match; `total` counts all that do."""

    rows: tuple[ChequeRow, ...]
    total: int


class Wanted(NamedTuple):
    """Which cheques to list."""

    text: str
    tab: str


class ChequesPresenter(ListPresenter[ChequeRow]):
    """The cheques of a tab that match a text, by their date."""

    def __init__(self, runner: JobRunner) -> None:
        super().__init__(runner, CHEQUES, read)
        self.tab = "in_hand"

    def choose(self, tab: str) -> None:
        """List another tab."""
        self.tab = tab
        self.refresh()

    def wanted(self) -> Wanted:
        """Return the text and the tab."""
        return Wanted(self.text, self.tab)


def read(desk: Desk, wanted: Wanted, offset: int, limit: int) -> ChequeRows:
    """Read some of the cheques of a tab that match a text."""
    found = desk.cheques.listed(STATES[wanted.tab], wanted.text)
    return ChequeRows(found[offset : offset + limit], len(found))
