"""A receipt as HTML within the subset that Qt's rich text lays out: tables, no flex, no scripts.

Every text that a person typed is escaped; nothing in it is ever fetched or read as markup.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money, format_plain
from desktop_app.domain.payment import Method, Placement
from desktop_app.domain.receipt import IST
from desktop_app.domain.students import STATES

if TYPE_CHECKING:
    from desktop_app.services.views import ReceiptView

PAPERS = ("a5", "roll80")
TRAINING_WORDS = "TRAINING, NOT A RECEIPT"
_STATE_NEEDED_FROM = Money(50_000_00)
"""Rule 46: an unregistered buyer's State is compulsory from this amount on."""

_METHODS = {
    Method.CASH: "Cash",
    Method.AUTO: "UPI",
    Method.UPI_INTENT: "UPI",
    Method.QR_CODE: "UPI (QR code)",
    Method.PAYMENT_LINK: "Payment link",
}
_HELD = {
    Placement.SURPLUS: (
        "Amount held, to be returned. This fee had already been paid; "
        "this payment does not pay a fee and will be returned to the payer."
    ),
    Placement.NO_SEAT: (
        "Amount held, to be decided. The course was full when this payment came; "
        "the centre will agree with you on another batch, or return it."
    ),
    Placement.RETURNED: "This amount has been returned to the payer.",
}
_THANKS = "This receipt was made by computer. Please keep it."
_Fact = tuple[str, str]


def receipt_html(receipt: ReceiptView, paper: str) -> str:
    """Render a receipt for `a5` or `roll80`.

    Raises:
        InvalidInputError: another paper.
    """
    if paper not in PAPERS:
        raise InvalidInputError("paper", "Receipts are printed on A5 or on an 80 mm roll.")
    on_roll = paper == "roll80"
    texts = {
        "css": _template(f"receipt_{paper}.css"),
        "title": "Receipt",
        "number": escape(receipt.number),
        "issued": receipt.issued_at.astimezone(IST).strftime("%d-%m-%Y %H:%M"),
        "centre_name": escape(receipt.centre.name) or "Fee desk",
        "centre_lines": _muted(_centre_lines(receipt), centred=on_roll),
        "student": escape(receipt.student_name),
        "party_lines": _muted(_party_lines(receipt)),
        "course": escape(receipt.course_label),
        "course_lines": _muted(_course_lines(receipt)),
        "lines": _lines(receipt, on_roll=on_roll),
        "amount": _amount(receipt.amount),
        "words": escape(receipt.words),
        "facts": _pairs(_facts(receipt)) if on_roll else _grid(_facts(receipt)),
        "held": _held(receipt),
        "duplicate": _duplicate(receipt, centred=on_roll),
        "training": _band() if receipt.is_training else "",
        "closing": _THANKS,
    }
    return Template(_template(f"receipt_{paper}.html")).substitute(texts)


def is_taxed(receipt: ReceiptView) -> bool:
    """Tell whether GST was charged: a registered centre, and lines beyond the fee itself."""
    return bool(receipt.centre.gstin) and len(receipt.lines) > 1


def _template(name: str) -> str:
    return files("desktop_app.documents").joinpath("templates", name).read_text("utf-8")


def _amount(amount: Money) -> str:
    return f'<span style="white-space: nowrap">{format_plain(amount)}</span>'


def _muted(lines: list[str], *, centred: bool = False) -> str:
    align = ' align="center"' if centred else ""
    return "".join(f'<p class="muted"{align}>{escape(line)}</p>' for line in lines)


def _centre_lines(receipt: ReceiptView) -> list[str]:
    centre = receipt.centre
    lines = [line.strip() for line in centre.address.splitlines() if line.strip()]
    if centre.email:
        lines.append(centre.email)
    if centre.gstin:
        lines.append(f"GSTIN {centre.gstin}")
    return lines


def _party_lines(receipt: ReceiptView) -> list[str]:
    lines = [f"Roll no. {receipt.roll_no}"]
    if receipt.guardian_name:
        lines.append(f"Guardian: {receipt.guardian_name}")
    if receipt.amount >= _STATE_NEEDED_FROM and receipt.student_state:
        code = STATES.get(receipt.student_state)
        lines.append(
            f"State: {receipt.student_state}, code {code}" if code else receipt.student_state
        )
    return lines


def _course_lines(receipt: ReceiptView) -> list[str]:
    lines = [f"Course code {receipt.course_code}"]
    if is_taxed(receipt):
        lines.append(f"SAC {receipt.sac} · GST {receipt.gst_rate}".removesuffix(" · GST "))
    return lines


def _lines(receipt: ReceiptView, *, on_roll: bool) -> str:
    rows: list[str] = []
    for at, line in enumerate(receipt.lines):
        label = escape(line.label)
        if at == 0 and is_taxed(receipt):
            label += f'<br><span class="muted">Taxable value · SAC {escape(receipt.sac)}</span>'
        kind = "line" if at == 0 or not on_roll else "more"
        rows.append(
            f'<tr><td class="{kind}">{label}</td>'
            f'<td class="{kind}" align="right" valign="top">{_amount(line.amount)}</td></tr>'
        )
    return "\n".join(rows)


def _facts(receipt: ReceiptView) -> list[_Fact]:
    facts = [("Paid by", _METHODS[receipt.method])]
    if receipt.rrn:
        facts.append(("UTR / RRN", receipt.rrn))
    if receipt.payment_id:
        facts.append(("Payment id", receipt.payment_id))
    facts.append(("Desk", receipt.desk_id))
    return facts


def _pairs(facts: list[_Fact]) -> str:
    rows: list[str] = []
    for at, (name, value) in enumerate(facts):
        kind = "fact" if at else "over"
        rows.append(
            f'<tr><td class="{kind}">{escape(name)}</td>'
            f'<td class="{kind}" align="right">{escape(value)}</td></tr>'
        )
    return "\n".join(rows)


def _grid(facts: list[_Fact]) -> str:
    rows: list[str] = []
    for at in range(0, len(facts), 2):
        cells = "".join(
            f'<td class="fact" width="50%" valign="top"><p class="caption">{escape(name.upper())}'
            f"</p><p>{escape(value)}</p></td>"
            for name, value in facts[at : at + 2]
        )
        rows.append(f"<tr>{cells}</tr>")
    return "\n".join(rows)


def _held(receipt: ReceiptView) -> str:
    words = _HELD.get(receipt.placement)
    if words is None:
        return ""
    return (
        '<table class="box" width="100%" cellspacing="0" cellpadding="6">'
        f'<tr><td class="held"><b>{words}</b></td></tr></table>'
    )


def _duplicate(receipt: ReceiptView, *, centred: bool) -> str:
    if receipt.prints < 1:
        return ""
    align = ' align="center"' if centred else ""
    return f'<p class="duplicate"{align}>DUPLICATE {receipt.prints}</p>'


def _band() -> str:
    return (
        '<table class="training" width="100%" cellspacing="0" cellpadding="6">'
        f'<tr><td class="band" align="center">{TRAINING_WORDS}</td></tr></table>'
    )
