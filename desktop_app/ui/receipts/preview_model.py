"""The contents of a receipt preview, and the papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.money import total
from desktop_app.domain.receipt import IST
from desktop_app.ui.core.desktop_services import documents_folder
from desktop_app.ui.core.formatting import day_text, short_rupees
from desktop_app.ui.core.i18n import N_, tr

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.services.views.receipts import ReceiptView


LANGUAGES = (("en", "English"), ("hi", "हिन्दी"))
"""Languages of receipts, each by its own name."""
PAPERS = (
    ("a4", N_("A4 page")), ("a5", N_("A5 page")), ("roll80", N_("80 mm roll")),
    ("roll58", N_("58 mm roll")),
)  # fmt: skip


class ReceiptFormat(NamedTuple):
    """Paper and language of a receipt, each empty for the one that is set."""

    paper: str = ""
    language: str = ""


class Preview(NamedTuple):
    """A receipt ready to be shown."""

    receipt: ReceiptView
    paper: str
    html: str
    language: str = "en"


def suggested_path(number: str) -> Path:
    """Return the suggested path of a receipt's PDF, in the documents folder."""
    return documents_folder() / f"Receipt {number.replace('/', '-')}.pdf"


def receipt_text(receipt: ReceiptView, *others: ReceiptView) -> str:
    """Return a message with what was received; no phone, no name but the centre's.

    Args:
        receipt: the receipt.
        others: those of the same payment for other students.
    """
    words = N_("{centre}: {amount} received on {date}, receipt {number}. Thank you.")
    if others:
        words = N_("{centre}: {amount} received on {date}, receipts {number}. Thank you.")
    said = tr(
        words,
        centre=receipt.centre.name or tr(N_("Fee desk")),
        amount=short_rupees(total(each.amount for each in (receipt, *others))),
        date=day_text(receipt.issued_at.astimezone(IST).date()),
        number=", ".join(each.number for each in (receipt, *others)),
    )
    if receipt.is_training:
        return f"PRACTICE - NOT A RECEIPT. {said}"
    return f"TEST MONEY - NOT A RECEIPT. {said}" if receipt.is_test else said
