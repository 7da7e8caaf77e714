"""Family slips as HTML: a bill with the receipts of its students. A slip is no receipt.

It has no number and no tax, and it says at the top what it is.
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from desktop_app.documents.paper_sheet import PaperSheet, amount_cell, template
from desktop_app.documents.printable_text import printable
from desktop_app.documents.receipt_pictures import logo_picture
from desktop_app.documents.receipt_words import (
    METHODS,
    SLIP_WORDS,
    TEST_WORDS,
    TRAINING_WORDS,
    UNFINISHED_WORDS,
)
from desktop_app.domain.money import ZERO, total
from desktop_app.domain.receipt import IST
from desktop_app.services.views.bills import bill_name

if TYPE_CHECKING:
    from desktop_app.domain.money import Money
    from desktop_app.services.views.bills import BillView, LineView, SlipView, TenderView
    from desktop_app.services.views.payments import IssuedReceipt


def slip_html(slip: SlipView, paper: str, language: str = "en", logo: bytes = b"") -> str:
    """Render a family slip.

    Args:
        slip: its content.
        paper: `a4`, `a5`, `roll80` or `roll58`.
        language: `en` or `hi`.
        logo: the centre's logo as PNG, or empty.

    Raises:
        InvalidInputError: unknown paper or language.
    """
    return _Slip(slip, paper, language, logo).html()


def slip_warning(slip: SlipView) -> str:
    """Return the English watermark of a slip of money that is not real; empty for another."""
    if slip.is_training:
        return TRAINING_WORDS
    return TEST_WORDS if slip.is_test else ""


def _words(bill: BillView) -> str:
    """Return why a slip is no receipt."""
    return UNFINISHED_WORDS if bill.awaits_receipts else SLIP_WORDS


class _Slip(PaperSheet):
    """One slip for a paper and language."""

    def __init__(self, slip: SlipView, paper: str, language: str, logo: bytes) -> None:
        super().__init__(paper, language)
        self._slip = slip
        self._logo = logo

    def html(self) -> str:
        """Return the filled template."""
        slip, bill = self._slip, self._slip.bill
        picture = logo_picture(self._logo, self.paper)
        at = bill.closed_at or bill.offered_at or bill.created_at
        came = [each for each in bill.tenders if each.came]
        texts = {
            "css": self.css(),
            "band": self.band(slip_warning(slip) or _words(bill)),
            "title": self.say("Family slip"),
            "bill": self.fill("Bill {number}", number=bill_name(bill.number)),
            "at": at.astimezone(IST).strftime("%d-%m-%Y %H:%M"),
            "logo": picture,
            "name_width": "39" if picture else "63",
            "centre_name": printable(slip.centre.name) or self.say("Fee desk"),
            "centre_lines": self.muted(self.centre_lines(slip.centre), centred=self.on_roll),
            "payer": printable(bill.payer_name),
            "lines": self.rows(map(self._line, (each for each in bill.lines if each.paid))),
            "total": amount_cell(bill.paid),
            "rest": self.rows(self._rests(total(each.amount for each in came))),
            "receipts": self.rows(map(self._receipt, bill.receipts)),
            "tenders": self.rows(map(self._tender, came)),
            "word_total": self.say("Total paid"),
        }
        captions = {
            "word_family": "Received from", "word_particulars": "Particulars",
            "word_amount": "Amount ₹", "word_receipts": "Receipts", "word_payments": "Paid by",
        }  # fmt: skip
        said = {name: self.say(text) for name, text in captions.items()}
        if not self.on_roll:
            said = {name: text.upper() for name, text in said.items()}
        return Template(template(f"slip_{self.kind}.html")).substitute(texts | said)

    def _rests(self, came: Money) -> list[tuple[str, Money]]:
        """Return what came besides what the fees took, and what is left of them."""
        bill = self._slip.bill
        rests = (
            (self.say("Kept as credit or refunded"), came - bill.paid),
            (self.say("Balance left"), bill.rest),
        )
        return [(words, amount) for words, amount in rests if amount > ZERO]

    def _line(self, line: LineView) -> tuple[str, Money]:
        who = f"{printable(line.student_name)} · {printable(line.roll_no)}"
        return f'{who}<br><span class="muted">{printable(line.label)}</span>', line.paid

    def _receipt(self, receipt: IssuedReceipt) -> tuple[str, Money]:
        number, roll_no = printable(receipt.number), printable(receipt.roll_no)
        return f'{number} <span class="muted">{roll_no}</span>', receipt.amount

    def _tender(self, tender: TenderView) -> tuple[str, Money]:
        reference = f'<br><span class="muted">{printable(tender.reference)}</span>'
        label = self.say(METHODS[tender.method])
        return label + (reference if tender.reference else ""), tender.amount
