"""Receipts as HTML in the subset that Qt's rich text supports: tables, no flex, no scripts.

The same facts on four papers: pages (`a4`, `a5`) in two columns, rolls (`roll80`, `roll58`) in
one. All typed text is escaped; pictures are embedded; nothing is fetched.
"""

from __future__ import annotations

import re
from html import escape
from itertools import takewhile
from string import Template
from typing import TYPE_CHECKING

from desktop_app.documents.paper_sheet import (
    LANGUAGES,
    PAPERS,
    ROLLS,
    PaperSheet,
    amount_cell,
    day_cell,
    template,
)
from desktop_app.documents.printable_text import printable
from desktop_app.documents.receipt_pictures import code_picture, logo_picture
from desktop_app.documents.receipt_words import (
    HELD,
    METHODS,
    REFERENCES,
    SLIPS,
    SPECIMEN_WORDS,
    TEST_WORDS,
    TRAINING_WORDS,
    UNSURE,
    UNSURE_PARTS,
    UNSURE_TENDERS,
    word,
)
from desktop_app.domain.money import ZERO, Money, format_plain, total
from desktop_app.domain.receipt import IST
from desktop_app.domain.students import STATES
from desktop_app.domain.words import amount_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.domain.fees import QuoteLine
    from desktop_app.services.views.receipts import ReceiptTender, ReceiptView, TypedProof

__all__ = ["LANGUAGES", "PAPERS", "ROLLS", "is_taxed", "receipt_html", "warning"]
_TAX_LABEL = re.compile(r"[CSI]GST [\d.]+ %")
_COLUMNS = ("52%", "48%")
"""Of a page, from the student down to the payment."""
_MOST_WIDE = 6
"""With more lines than these, the rows are lower."""
_STATE_NEEDED_FROM = Money(50_000_00)
"""Rule 46: an unregistered buyer's State is mandatory from this amount on."""

_THANKS = "This is a computer-generated receipt. Please keep it."
_Fact = tuple[str, str]


def receipt_html(receipt: ReceiptView, paper: str, language: str = "en", logo: bytes = b"") -> str:
    """Render a receipt.

    Args:
        receipt: its content.
        paper: `a4`, `a5`, `roll80` or `roll58`.
        language: `en` or `hi`.
        logo: the centre's logo as PNG, or empty.

    Raises:
        InvalidInputError: unknown paper or language.
    """
    return _Sheet(receipt, paper, language, logo).html()


def is_taxed(receipt: ReceiptView) -> bool:
    """Return whether GST was charged: a registered centre, and lines beyond the fee itself."""
    return bool(receipt.centre.gstin) and any(_is_tax(line) for line in receipt.lines)


def _is_tax(line: QuoteLine) -> bool:
    return _TAX_LABEL.fullmatch(line.label) is not None


def warning(receipt: ReceiptView) -> str:
    """Return the English watermark of a paper that is not a receipt; empty for a receipt."""
    if receipt.is_training:
        return TRAINING_WORDS
    if receipt.is_test:
        return TEST_WORDS
    return SPECIMEN_WORDS if receipt.is_specimen else ""


class _Sheet(PaperSheet):
    """One receipt for a paper and language."""

    def __init__(self, receipt: ReceiptView, paper: str, language: str, logo: bytes) -> None:
        super().__init__(paper, language)
        self._receipt = receipt
        self._logo = logo
        self._slip = SLIPS[receipt.method] if receipt.cheque else None

    def html(self) -> str:
        """Return the filled template."""
        receipt = self._receipt
        facts = self._facts()
        picture = logo_picture(self._logo, self.paper)
        texts = {
            "css": self.css(),
            "left": _COLUMNS[0],
            "right": _COLUMNS[1],
            "title": self.say(self._slip.title if self._slip else "Receipt"),
            "number": printable(receipt.number),
            "issued": receipt.issued_at.astimezone(IST).strftime("%d-%m-%Y %H:%M"),
            "logo": picture,
            "name_width": "39" if picture else "63",
            "centre_name": printable(receipt.centre.name) or self.say("Fee desk"),
            "centre_lines": self.muted(self.centre_lines(receipt.centre), centred=self.on_roll),
            "student": printable(receipt.student_name),
            "party_lines": self.muted(self._party_lines()),
            "course": printable(receipt.course_label) or self.say("Credit"),
            "course_lines": self.muted(self._course_lines()),
            "lines": self._lines(),
            "lines_gap": "5" if len(receipt.lines) <= _MOST_WIDE else "2",
            "amount": amount_cell(receipt.amount),
            "words": self._words(),
            "facts": _pairs(facts) if self.on_roll else _grid(facts),
            "held": self._held(),
            "marks": self._marks(),
            "warning": self.band(warning(receipt)),
            "foot": self._roll_foot() if self.on_roll else self._page_foot(),
        }
        captions = ("Received from", "Towards", "Particulars", "Amount ₹")
        texts |= {_slug(each): self.say(each).upper() for each in captions}
        names = ("Total received", "No.", "Date", "Total ₹")
        texts |= {_slug(each): self.say(each) for each in names}
        if self._slip:
            texts[_slug("Total received")] = self.say(self._slip.amount)
        return Template(template(f"receipt_{self.kind}.html")).substitute(texts)

    def _words(self) -> str:
        receipt = self._receipt
        if self.language == "en":
            return escape(receipt.words)
        return escape(amount_in_words(receipt.amount, self.language))

    def _party_lines(self) -> list[str]:
        receipt = self._receipt
        lines = [self.fill("Roll no. {roll_no}", roll_no=receipt.roll_no)]
        if receipt.guardian_name:
            lines.append(self.fill("Parent: {name}", name=receipt.guardian_name))
        state = receipt.student_state
        if receipt.amount >= _STATE_NEEDED_FROM and state:
            code = STATES.get(state)
            named = self.fill("State: {state}, code {code}", state=state, code=str(code))
            lines.append(named if code else printable(state))
        return lines

    def _course_lines(self) -> list[str]:
        receipt = self._receipt
        code = receipt.course_code
        lines = [self.fill("Course code {code}", code=code)] if code else []
        if is_taxed(receipt):
            rate = f" · GST {receipt.gst_rate}" if receipt.gst_rate else ""
            lines.append(escape(f"SAC {receipt.sac}{rate}"))
        return lines

    def _lines(self) -> str:
        receipt = self._receipt
        rows: list[str] = []
        untaxed = list(takewhile(lambda line: not _is_tax(line), receipt.lines))
        is_only = sum(not _is_tax(line) for line in receipt.lines) == 1
        for at, line in enumerate(receipt.lines):
            label = printable(line.named(self.language))
            if at == 0 and is_only and is_taxed(receipt):
                label += f'<br><span class="muted">{self._taxable()}</span>'
            rows.append(self._row(at, label, line.amount))
            if at + 1 == len(untaxed) and self._needs_taxable(untaxed):
                taxable = receipt.taxable or total(each.amount for each in untaxed)
                rows.append(self._row(at, f'<span class="muted">{self._taxable()}</span>', taxable))
        return "\n".join(rows)

    def _needs_taxable(self, untaxed: list[QuoteLine]) -> bool:
        """Return whether the value that is taxed needs its own line."""
        is_less = self._receipt.taxable is not None or any(each.amount < ZERO for each in untaxed)
        return is_less and is_taxed(self._receipt)

    def _taxable(self) -> str:
        return f"{self.say('Taxable value')} · SAC {printable(self._receipt.sac)}"

    def _row(self, at: int, label: str, amount: Money) -> str:
        kind = "line" if at == 0 or not self.on_roll else "more"
        return (
            f'<tr><td class="{kind}">{label}</td>'
            f'<td class="{kind}" align="right" valign="top">{amount_cell(amount)}</td></tr>'
        )

    def _facts(self) -> list[_Fact]:
        receipt = self._receipt
        facts = [
            *(map(self._tender_fact, receipt.tenders) if receipt.tenders else self._method_facts()),
            *self._cheque_facts(),
            ("Desk", printable(receipt.desk_id)),
            *self._left_facts(),
        ]
        return [(self.say(name), value) for name, value in facts]

    def _method_facts(self) -> Iterator[_Fact]:
        """Yield how all of it was paid."""
        receipt = self._receipt
        yield "Paid by", self.say(METHODS[receipt.method])
        yield from _references(receipt)
        yield from self._typed_facts(receipt.proof)

    def _tender_fact(self, tender: ReceiptTender) -> _Fact:
        """Return how a part of it was paid, with what is known of that part below."""
        facts = [*_references(tender), *self._typed_facts(tender.proof)]
        rows = [f"{self.say(name)} {value}" for name, value in facts]
        if tender.on is not None and not (tender.proof and tender.proof.dated_on):
            rows.insert(0, f"{self.say('Date')} {day_cell(tender.on)}")
        if tender.verification is not None:
            rows.append(f"<b>{self.say(UNSURE_TENDERS[tender.verification])}</b>")
        more = "".join(f'<br><span class="muted">{row}</span>' for row in rows)
        method, amount = METHODS[tender.method], f"₹{amount_cell(tender.amount)}{more}"
        return (method, amount) if self.on_roll else ("Paid by", f"{self.say(method)} {amount}")

    def _typed_facts(self, proof: TypedProof | None) -> Iterator[_Fact]:
        """Yield what was typed about the money."""
        if proof is None:
            return
        if proof.bank:
            dated = f", {day_cell(proof.dated_on)}" if proof.dated_on else ""
            yield "Bank", f"{printable(proof.bank)}{dated}"
        if proof.tendered is not None:
            yield "Cash given", f"₹{amount_cell(proof.tendered)}"
        if proof.change is not None:
            yield "Change", f"₹{amount_cell(proof.change)}"

    def _left_facts(self) -> Iterator[_Fact]:
        """Yield what is left to pay, and when."""
        left = self._receipt.left
        if left is None:
            return
        yield "Balance left", f"<b>₹{amount_cell(left.amount)}</b>"
        if left.due_now and left.due_now != left.amount:
            yield "Due now", f"<b>₹{amount_cell(left.due_now)}</b>"
        if left.next_on is not None and left.next_amount is not None:
            yield "Next instalment", f"₹{amount_cell(left.next_amount)}, {day_cell(left.next_on)}"

    def _cheque_facts(self) -> list[_Fact]:
        cheque, slip = self._receipt.cheque, self._slip
        if cheque is None or slip is None:
            return []
        facts = [
            (slip.number, printable(cheque.number)),
            ("Bank", printable(cheque.bank)),
            (slip.date, day_cell(cheque.dated_on)),
        ]
        return [*facts, ("Signed by", printable(cheque.drawer))] if cheque.drawer else facts

    def _held(self) -> str:
        """Return boxes about money that pays no fee, or that the bank has not shown."""
        receipt = self._receipt
        doubts = dict.fromkeys(each.verification for each in receipt.tenders or (receipt,))
        unsure = UNSURE_PARTS if len(doubts) > 1 else UNSURE
        words = (
            self._slip.note if self._slip else HELD.get(receipt.placement),
            *(unsure.get(each) for each in doubts if each is not None),
        )
        return "".join(
            '<table class="box" width="100%" cellspacing="0" cellpadding="6">'
            f'<tr><td class="held"><b>{self.say(each)}</b></td></tr></table>'
            for each in words
            if each is not None
        )

    def _marks(self) -> str:
        """Return the marks of this copy: duplicate number and refunds, from their request on."""
        receipt = self._receipt
        marks: list[str] = []
        if receipt.prints > 0 and receipt.copied_at is None:
            marks.append(self.say("DUPLICATE {count}", count=receipt.prints))
        elif receipt.prints > 0 and receipt.copied_at is not None:
            at = receipt.copied_at.astimezone(IST).strftime("%d-%m-%Y")
            marks.append(self.say("DUPLICATE {count}, {at}", count=receipt.prints, at=at))
        is_whole = receipt.refunded is not None and receipt.refunded >= receipt.amount
        refunds = {
            "REFUND REQUESTED ₹{amount}": receipt.refund_asked,
            "REFUND ON ITS WAY ₹{amount}": receipt.refund_sent,
            "REFUNDED ₹{amount}" if is_whole else "PARTLY REFUNDED ₹{amount}": receipt.refunded,
            "REFUND FAILED, NOT RETURNED ₹{amount}": receipt.refund_failed,
        }
        marks += [
            self.say(text, amount=format_plain(paise)) for text, paise in refunds.items() if paise
        ]
        align = ' align="center"' if self.on_roll else ""
        return "".join(f'<p class="duplicate"{align}>{mark}</p>' for mark in marks)

    def _check_lines(self) -> str:
        stamp = self._receipt.stamp
        if stamp is None:
            return ""
        align = ' align="center"' if self.on_roll else ""
        hint = self.say("Any desk at this centre can check this receipt.")
        return (
            f'<p class="muted"{align}>{self.say("Check code")} <b>{escape(stamp.spelled)}</b></p>'
            f'<p class="muted"{align}>{hint}</p>'
        )

    def _page_foot(self) -> str:
        stamp = self._receipt.stamp
        name = self._receipt.centre.name or word("Fee desk", self.language)
        picture = code_picture(stamp.text) if stamp else ""
        code = f'<td valign="bottom" width="22%">{picture}</td>' if picture else ""
        kind = "beside" if code else "alone"
        words = self._check_lines() + self.muted([self.say(_THANKS)])
        return (
            f'<tr>{code}<td class="{kind}" valign="bottom" width="45%">{words}</td>'
            f'<td valign="bottom" align="right" width="33%"><p class="muted">'
            f'{self.fill("For {centre}", centre=name)}</p><p class="space">&nbsp;</p>'
            f'<p class="muted">{self.say("Authorised signatory")}</p></td></tr>'
        )

    def _roll_foot(self) -> str:
        stamp = self._receipt.stamp
        picture = f'<p align="center">{code_picture(stamp.text)}</p>' if stamp else ""
        thanks = f'<p class="closing" align="center">{self.say(_THANKS)}</p>'
        return f"{picture}{self._check_lines()}{thanks}"


def _references(paid: ReceiptView | ReceiptTender) -> Iterator[_Fact]:
    """Yield what the bank and the gateway call a payment."""
    if paid.rrn:
        yield REFERENCES.get(paid.method, "UTR / RRN"), printable(paid.rrn)
    if paid.payment_id:
        yield "Payment id", printable(paid.payment_id)


def _slug(caption: str) -> str:
    return "word_" + "".join(c if c.isascii() and c.isalpha() else "_" for c in caption).lower()


def _pairs(facts: list[_Fact]) -> str:
    rows: list[str] = []
    for at, (name, value) in enumerate(facts):
        kind = "fact" if at else "over"
        place = "top" if "<br>" in value else "middle"
        rows.append(
            f'<tr><td class="{kind}" valign="{place}">{name}</td>'
            f'<td class="{kind}" align="right" valign="{place}">{value}</td></tr>'
        )
    return "\n".join(rows)


def _grid(facts: list[_Fact]) -> str:
    rows: list[str] = []
    for at in range(0, len(facts), 2):
        cells = "".join(
            f'<td class="fact" width="{width}" valign="top"><p class="caption">{name.upper()}'
            f"</p><p>{value}</p></td>"
            for width, (name, value) in zip(_COLUMNS, facts[at : at + 2], strict=False)
        )
        rows.append(f"<tr>{cells}</tr>")
    return "\n".join(rows)
