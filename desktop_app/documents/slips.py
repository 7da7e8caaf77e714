"""Slips of every kind as they are drawn: a family's bill, a deposit of cheques."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from desktop_app.documents.deposit_html import deposit_html
from desktop_app.documents.receipt_words import TRAINING_WORDS, word
from desktop_app.documents.slip_html import slip_html, slip_warning
from desktop_app.services.views.bills import SlipView, bill_name

if TYPE_CHECKING:
    from desktop_app.services.views.tenders import DepositView


class DrawnSlip(NamedTuple):
    """A slip for a paper and language.

    Attributes:
        warning: the English watermark; empty for none.
        title: of the file, in English.
        name: what the foot of several pages names.
    """

    html: str
    warning: str
    title: str
    name: str


def drawn(slip: SlipView | DepositView, paper: str, language: str, logo: bytes) -> DrawnSlip:
    """Render a slip. Raises InvalidInputError for an unknown paper or language."""
    if isinstance(slip, SlipView):
        html = slip_html(slip, paper, language, logo)
        return DrawnSlip(html, slip_warning(slip), "Family slip", bill_name(slip.bill.number))
    html = deposit_html(slip, paper, language, logo)
    warning = TRAINING_WORDS if slip.is_training else ""
    number = slip.slip.number
    name = f"{word('Deposit slip', language)} {number}"
    return DrawnSlip(html, warning, f"Deposit slip {number}", name)
