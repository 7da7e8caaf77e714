"""Receipts as HTML in the subset that Qt's rich text supports: tables, no flex, no scripts.

The same facts on four papers: pages (`a4`, `a5`) in two columns, rolls (`roll80`, `roll58`) in
one. All typed text is escaped; pictures are embedded; nothing is fetched.
"""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from desktop_app.documents.printable_text import printable
from desktop_app.documents.receipt_pictures import code_picture, logo_picture
from desktop_app.documents.receipt_words import (
    CHEQUE_WORDS,
    HELD,
    METHODS,
    NOT_SURE,
    SPECIMEN_WORDS,
    TEST_WORDS,
    TRAINING_WORDS,
    word,
)
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, Money, format_plain, total
from desktop_app.domain.receipt import IST
from desktop_app.domain.students import STATES
from desktop_app.domain.words import amount_in_words

if TYPE_CHECKING:
    from desktop_app.domain.fees import QuoteLine
    from desktop_app.services.views.receipts import ReceiptView

PAPERS = ("a4", "a5", "roll80", "roll58")
LANGUAGES = ("en", "hi")
ROLLS = ("roll80", "roll58")
_TYPE_SCALE = {"a4": 1.2, "a5": 1.0, "roll80": 1.0, "roll58": 0.86}
_LEAST_HINDI_PT = 9.0
"""Devanagari has no capitals: a heading as small as in English is barely readable."""
_TAX_LABEL = re.compile(r"[CSI]GST [\d.]+ %")
_POINTS = re.compile(r"(\d+(?:\.\d+)?)pt")
_STATE_NEEDED_FROM = Money(50_000_00)
"""Rule 46: an unregistered buyer's State is mandatory from this amount on."""

_THANKS = "Computer-generated receipt. Please keep it."
_Fact = tuple[str, str]


def receipt_html(receipt: ReceiptView, paper: str, language: str = "en", logo: bytes = b"") -> str:
    """Render a receipt.

    receipt: its content.
        receipt: what it says.
        paper: `a4`, `a5`, `roll80` or `roll58`.
        language: `en` or `hi`.
        logo: the centre's logo as PNG, or empty.

    Raises:
        InvalidInputError: unknown paper or language.
    """
    if paper not in PAPERS:
        raise InvalidInputError("paper", "Choose A4, A5, 80 mm or 58 mm paper.")
    if language not in LANGUAGES:
        raise InvalidInputError("language", "Choose English or Hindi for receipts.")
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


def _template(name: str) -> str:
    return files("desktop_app.documents").joinpath("templates", name).read_text("utf-8")


def _amount(amount: Money) -> str:
    return f'<span style="white-space: nowrap">{format_plain(amount)}</span>'


class _Sheet:
    """One receipt for a paper and language."""

    def __init__(self, receipt: ReceiptView, paper: str, language: str, logo: bytes) -> None:
        self._receipt = receipt
        self._paper = paper
        self._language = language
        self._logo = logo
        self._on_roll = paper in ROLLS

    def html(self) -> str:
        """Return the filled template."""
        receipt = self._receipt
        kind = "roll" if self._on_roll else "page"
        facts = self._facts()
        picture = logo_picture(self._logo, self._paper)
        texts = {
            "css": self._css(kind),
            "title": self._say("Cheque received" if receipt.cheque else "Receipt"),
            "number": printable(receipt.number),
            "issued": receipt.issued_at.astimezone(IST).strftime("%d-%m-%Y %H:%M"),
            "logo": picture,
            "name_width": "39" if picture else "63",
            "centre_name": printable(receipt.centre.name) or self._say("Fee desk"),
            "centre_lines": self._muted(self._centre_lines(), centred=self._on_roll),
            "student": printable(receipt.student_name),
            "party_lines": self._muted(self._party_lines()),
            "course": printable(receipt.course_label),
            "course_lines": self._muted(self._course_lines()),
            "lines": self._lines(),
            "amount": _amount(receipt.amount),
            "words": self._words(),
            "facts": _pairs(facts) if self._on_roll else _grid(facts),
            "held": self._held(),
            "marks": self._marks(),
            "warning": self._band(),
            "foot": self._roll_foot() if self._on_roll else self._page_foot(),
        }
        captions = ("Received from", "Towards", "Particulars", "Amount ₹")
        texts |= {_slug(each): self._say(each).upper() for each in captions}
        names = ("Total received", "No.", "Date", "Total ₹")
        texts |= {_slug(each): self._say(each) for each in names}
        if receipt.cheque:
            texts[_slug("Total received")] = self._say("Amount of the cheque")
        return Template(_template(f"receipt_{kind}.html")).substitute(texts)

    def _css(self, kind: str) -> str:
        scale = _TYPE_SCALE[self._paper]
        least = _LEAST_HINDI_PT if self._language == "hi" else 0.0
        css = _POINTS.sub(
            lambda found: f"{max(float(found[1]), least) * scale:.4g}pt",
            _template(f"receipt_{kind}.css"),
        )
        # Letter spacing breaks the bar that joins the letters of a Hindi word.
        return css.replace("letter-spacing: 1px;", "") if self._language == "hi" else css

    def _say(self, text: str, **values: object) -> str:
        return escape(word(text, self._language, **values))

    def _muted(self, lines: list[str], *, centred: bool = False) -> str:
        """Return paragraphs of small grey type; the lines must be escaped."""
        align = ' align="center"' if centred else ""
        return "".join(f'<p class="muted"{align}>{line}</p>' for line in lines)

    def _words(self) -> str:
        receipt = self._receipt
        if self._language == "en":
            return escape(receipt.words)
        return escape(amount_in_words(receipt.amount, self._language))

    def _centre_lines(self) -> list[str]:
        centre = self._receipt.centre
        lines = [printable(line) for line in centre.address.splitlines()]
        phone = centre.phone and self._fill(
            "Phone {phone}", phone=f"{centre.phone[:5]} {centre.phone[5:]}"
        )
        lines = [line for line in (*lines, phone, printable(centre.email)) if line]
        if centre.gstin:
            lines.append(f"GSTIN {printable(centre.gstin)}")
        return lines

    def _party_lines(self) -> list[str]:
        receipt = self._receipt
        lines = [self._fill("Roll no. {roll_no}", roll_no=receipt.roll_no)]
        if receipt.guardian_name:
            lines.append(self._fill("Guardian: {name}", name=receipt.guardian_name))
        state = receipt.student_state
        if receipt.amount >= _STATE_NEEDED_FROM and state:
            code = STATES.get(state)
            named = self._fill("State: {state}, code {code}", state=state, code=str(code))
            lines.append(named if code else printable(state))
        return lines

    def _fill(self, text: str, **values: str) -> str:
        """Return a translated text with typed values, each escaped and inserted literally."""
        return word(text, self._language, **{name: printable(v) for name, v in values.items()})

    def _course_lines(self) -> list[str]:
        receipt = self._receipt
        lines = [self._fill("Course code {code}", code=receipt.course_code)]
        if is_taxed(receipt):
            rate = f" · GST {receipt.gst_rate}" if receipt.gst_rate else ""
            lines.append(escape(f"SAC {receipt.sac}{rate}"))
        return lines

    def _lines(self) -> str:
        receipt = self._receipt
        rows: list[str] = []
        untaxed = [line for line in receipt.lines if not _is_tax(line)]
        for at, line in enumerate(receipt.lines):
            label = printable(line.named(self._language))
            if at == 0 and len(untaxed) == 1 and is_taxed(receipt):
                label += f'<br><span class="muted">{self._taxable()}</span>'
            rows.append(self._row(at, label, line.amount))
            is_last = at + 1 == len(untaxed)
            if is_last and is_taxed(receipt) and any(each.amount < ZERO for each in untaxed):
                taxable = total(each.amount for each in untaxed)
                rows.append(self._row(at, f'<span class="muted">{self._taxable()}</span>', taxable))
        return "\n".join(rows)

    def _taxable(self) -> str:
        return f"{self._say('Taxable value')} · SAC {printable(self._receipt.sac)}"

    def _row(self, at: int, label: str, amount: Money) -> str:
        kind = "line" if at == 0 or not self._on_roll else "more"
        return (
            f'<tr><td class="{kind}">{label}</td>'
            f'<td class="{kind}" align="right" valign="top">{_amount(amount)}</td></tr>'
        )

    def _facts(self) -> list[_Fact]:
        receipt = self._receipt
        facts = [("Paid by", self._say(METHODS[receipt.method]))]
        if receipt.rrn:
            facts.append(("UTR / RRN", printable(receipt.rrn)))
        if receipt.payment_id:
            facts.append(("Payment id", printable(receipt.payment_id)))
        facts += self._cheque_facts()
        facts.append(("Desk", printable(receipt.desk_id)))
        return [(self._say(name), value) for name, value in facts]

    def _cheque_facts(self) -> list[_Fact]:
        cheque = self._receipt.cheque
        if cheque is None:
            return []
        facts = [
            ("Cheque no.", printable(cheque.number)),
            ("Bank", printable(cheque.bank)),
            ("Date on it", cheque.dated_on.strftime("%d-%m-%Y")),
        ]
        return [*facts, ("Signed by", printable(cheque.drawer))] if cheque.drawer else facts

    def _held(self) -> str:
        receipt = self._receipt
        words = CHEQUE_WORDS if receipt.cheque else HELD.get(receipt.placement)
        words = words or NOT_SURE.get(receipt.verification)
        if words is None:
            return ""
        return (
            '<table class="box" width="100%" cellspacing="0" cellpadding="6">'
            f'<tr><td class="held"><b>{self._say(words)}</b></td></tr></table>'
        )

    def _marks(self) -> str:
        """Return the marks of this copy: duplicate number and refunds, from their request on."""
        receipt = self._receipt
        marks: list[str] = []
        if receipt.prints > 0 and receipt.copied_at is None:
            marks.append(self._say("DUPLICATE {count}", count=receipt.prints))
        elif receipt.prints > 0 and receipt.copied_at is not None:
            at = receipt.copied_at.astimezone(IST).strftime("%d-%m-%Y")
            marks.append(self._say("DUPLICATE {count}, {at}", count=receipt.prints, at=at))
        is_whole = receipt.refunded is not None and receipt.refunded >= receipt.amount
        refunds = {
            "REFUND REQUESTED ₹{amount}": receipt.refund_asked,
            "REFUND ON ITS WAY ₹{amount}": receipt.refund_sent,
            "REFUNDED ₹{amount}" if is_whole else "PARTLY REFUNDED ₹{amount}": receipt.refunded,
            "REFUND FAILED, NOT RETURNED ₹{amount}": receipt.refund_failed,
        }
        marks += [
            self._say(text, amount=format_plain(paise)) for text, paise in refunds.items() if paise
        ]
        align = ' align="center"' if self._on_roll else ""
        return "".join(f'<p class="duplicate"{align}>{mark}</p>' for mark in marks)

    def _band(self) -> str:
        words = warning(self._receipt)
        if not words:
            return ""
        return (
            '<table class="training" width="100%" cellspacing="0" cellpadding="6">'
            f'<tr><td class="band" align="center">{self._say(words)}</td></tr></table>'
        )

    def _check_lines(self) -> str:
        stamp = self._receipt.stamp
        if stamp is None:
            return ""
        align = ' align="center"' if self._on_roll else ""
        return (
            f'<p class="muted"{align}>{self._say("Check code")} <b>{escape(stamp.spelled)}</b></p>'
            f'<p class="muted"{align}>{self._say("Any desk of this centre can check it.")}</p>'
        )

    def _page_foot(self) -> str:
        stamp = self._receipt.stamp
        name = self._receipt.centre.name or word("Fee desk", self._language)
        picture = code_picture(stamp.text) if stamp else ""
        code = f'<td valign="bottom" width="22%">{picture}</td>' if picture else ""
        kind = "beside" if code else "alone"
        words = self._check_lines() + self._muted([self._say(_THANKS)])
        return (
            f'<tr>{code}<td class="{kind}" valign="bottom" width="45%">{words}</td>'
            f'<td valign="bottom" align="right" width="33%"><p class="muted">'
            f'{self._fill("For {centre}", centre=name)}</p><p class="space">&nbsp;</p>'
            f'<p class="muted">{self._say("Authorised signatory")}</p></td></tr>'
        )

    def _roll_foot(self) -> str:
        stamp = self._receipt.stamp
        picture = f'<p align="center">{code_picture(stamp.text)}</p>' if stamp else ""
        thanks = f'<p class="closing" align="center">{self._say(_THANKS)}</p>'
        return f"{picture}{self._check_lines()}{thanks}"


def _slug(caption: str) -> str:
    return "word_" + "".join(c if c.isascii() and c.isalpha() else "_" for c in caption).lower()


def _pairs(facts: list[_Fact]) -> str:
    rows: list[str] = []
    for at, (name, value) in enumerate(facts):
        kind = "fact" if at else "over"
        rows.append(
            f'<tr><td class="{kind}" valign="middle">{name}</td>'
            f'<td class="{kind}" align="right" valign="middle">{value}</td></tr>'
        )
    return "\n".join(rows)


def _grid(facts: list[_Fact]) -> str:
    rows: list[str] = []
    for at in range(0, len(facts), 2):
        cells = "".join(
            f'<td class="fact" width="50%" valign="top"><p class="caption">{name.upper()}'
            f"</p><p>{value}</p></td>"
            for name, value in facts[at : at + 2]
        )
        rows.append(f"<tr>{cells}</tr>")
    return "\n".join(rows)
