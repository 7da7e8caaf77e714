"""Deposit slips as HTML: the cheques of one trip to the bank, with their sum."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from desktop_app.documents.paper_sheet import PaperSheet, amount_cell, day_cell, template
from desktop_app.documents.printable_text import printable
from desktop_app.documents.receipt_pictures import logo_picture
from desktop_app.documents.receipt_words import TRAINING_WORDS
from desktop_app.domain.words import amount_in_words

if TYPE_CHECKING:
    from desktop_app.domain.money import Money
    from desktop_app.services.views.tenders import ChequeRow, DepositView


def deposit_html(view: DepositView, paper: str, language: str = "en", logo: bytes = b"") -> str:
    """Render a deposit slip.

    Args:
        view: its content.
        paper: `a4`, `a5`, `roll80` or `roll58`.
        language: `en` or `hi`.
        logo: the centre's logo as PNG, or empty.

    Raises:
        InvalidInputError: unknown paper or language.
    """
    return _Deposit(view, paper, language, logo).html()


class _Deposit(PaperSheet):
    """One deposit slip for a paper and language."""

    def __init__(self, view: DepositView, paper: str, language: str, logo: bytes) -> None:
        super().__init__(paper, language)
        self._view = view
        self._logo = logo

    def html(self) -> str:
        """Return the filled template."""
        view, slip = self._view, self._view.slip
        picture = logo_picture(self._logo, self.paper)
        texts = {
            "css": self.css(),
            "band": self.band(TRAINING_WORDS if view.is_training else ""),
            "title": self.say("Deposit slip"),
            "number": self.say("No. {number}", number=slip.number),
            "on": day_cell(slip.deposited_on),
            "logo": picture,
            "name_width": "39" if picture else "63",
            "centre_name": printable(view.centre.name) or self.say("Fee desk"),
            "centre_lines": self.muted(self.centre_lines(view.centre), centred=self.on_roll),
            "account": printable(slip.account) or "—",
            "lines": self.rows(map(self._line, slip.cheques)),
            "total_of": self.say("Total of {count}", count=len(slip.cheques)),
            "total": amount_cell(slip.total),
            "words": amount_in_words(slip.total, self.language),
            "word_depositor": self.say("Depositor's signature"),
            "word_bank": self.say("Bank stamp"),
        }
        captions = {
            "word_account": "Bank account", "word_cheques": "Cheques", "word_amount": "Amount ₹",
        }  # fmt: skip
        said = {name: self.say(text) for name, text in captions.items()}
        if not self.on_roll:
            said = {name: text.upper() for name, text in said.items()}
        return Template(template(f"deposit_{self.kind}.html")).substitute(texts | said)

    def _line(self, cheque: ChequeRow) -> tuple[str, Money]:
        facts = [day_cell(cheque.dated_on), printable(cheque.drawer or cheque.student_name)]
        label = f"{printable(cheque.number)} · {printable(cheque.bank)}"
        return f'{label}<br><span class="muted">{" · ".join(facts)}</span>', cheque.amount
