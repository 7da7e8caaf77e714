"""The paid card's texts: of one payment, of a part of a bill, of a whole family's bill.

What is still due comes before what was paid, and nothing is called paid that nobody has verified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.money import ZERO, format_rupees, total
from desktop_app.domain.receipt import IST
from desktop_app.domain.tender import Verification
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.services.views.bills import bill_name
from desktop_app.ui.core.formatting import (
    METHODS,
    day_text,
    local_time,
    one_line,
    reference_ending,
    short_rupees,
)
from desktop_app.ui.core.i18n import N_, tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from desktop_app.domain.tender import Method
    from desktop_app.services.views.bills import BillView, TenderView
    from desktop_app.services.views.payments import AttemptView
    from desktop_app.services.views.receipts import ReceiptView

Fact = tuple[str, str]
_UNSURE = {Verification.CLAIMED, Verification.IN_CLEARING}
_STILL_DUE = N_("{amount} still due")
_RECEIVED = N_("{amount} received")
_NO_RECEIPT = N_("No receipt yet")
_ONCE_OVER = N_("You get the receipt once the bill is fully paid or closed.")
_LATE = N_("The parent paid after the QR or link had expired or been cancelled.")


class PaidTexts(NamedTuple):
    """Everything the card shows, in the current language.

    Attributes:
        title: the largest text: what is still due, else how it was paid.
        is_sure: whether all of it is here and nothing is due: only then it is green.
        note: the money, and what else to know about it, in lines.
        number: the heading of the receipt.
        hint: why there is no receipt yet; empty where there is one.
    """

    title: str
    is_sure: bool
    who: str
    note: str
    number: str
    hint: str
    facts: tuple[Fact, ...]


def texts_of(view: AttemptView, receipt: ReceiptView | None, bill: BillView | None) -> PaidTexts:
    """Return the texts of a paid attempt.

    Args:
        view: the attempt.
        receipt: its receipt, once it is read.
        bill: the bill of which it paid a part, once it is read.
    """
    if bill is None:
        return _of_one(view, receipt)
    return _of_rest(view, bill) if bill.rest else _of_bill(view, bill)


# --- one payment


def _of_one(view: AttemptView, receipt: ReceiptView | None) -> PaidTexts:
    rest = receipt.left.due_now if receipt is not None and receipt.left is not None else ZERO
    title = tr(METHODS[view.method].paid)
    if rest:
        title = tr(_STILL_DUE, amount=short_rupees(rest))
    elif waits_for_receipt(view):
        title = tr(_RECEIVED, amount=short_rupees(view.amount))
    number, hint = _number_of(view)
    return PaidTexts(
        title=title,
        is_sure=_is_sure(view.method) and not rest and not waits_for_receipt(view),
        who=one_line(view.student_name, 80),
        note=_money_of(view, is_title=not rest),
        number=number,
        hint=hint,
        facts=_receipt_facts(receipt) if receipt is not None else _course_of(view),
    )


def waits_for_receipt(view: AttemptView) -> bool:
    """Return whether its receipt comes with the rest of a bill."""
    return view.receipt_uid is None and not is_credit(view)


def is_credit(view: AttemptView) -> bool:
    """Return whether it was paid with a student's credit, which has its receipt already."""
    return tender_of(view.method).verification is Verification.INTERNAL


def _is_sure(method: Method) -> bool:
    return tender_of(method).verification is not Verification.CLAIMED


def _money_of(view: AttemptView, *, is_title: bool) -> str:
    """Return the money in a line: alone under a title that says how, else with how it was paid."""
    amount = format_rupees(view.amount)
    if not is_title:
        amount = _received_now(view)
    money = (amount, reference_ending(view.method, view.rrn))
    first = " · ".join(part for part in money if part)
    return f"{first}\n{tr(_LATE)}" if view.was_late else first


def _received_now(view: AttemptView) -> str:
    words = N_("Received now: {amount} ({method})")
    if not _is_sure(view.method):
        words = N_("Recorded now, not verified: {amount} ({method})")
    return tr(words, amount=format_rupees(view.amount), method=tr(METHODS[view.method].short))


def _number_of(view: AttemptView) -> tuple[str, str]:
    if view.receipt_no is None:
        if is_credit(view):
            return tr(N_("Paid with credit. No new receipt.")), ""
        return tr(_NO_RECEIPT), tr(_ONCE_OVER)
    more = view.roll_no.count(", ")
    if more:
        several = N_("Receipt {number} and {count} more", "Receipt {number} and {count} more")
        return tr(several, number=view.receipt_no, count=more), ""
    return tr(N_("Receipt {number}"), number=view.receipt_no), ""


def _course_of(view: AttemptView) -> tuple[Fact, ...]:
    return ((tr(N_("For")), one_line(view.course_label)),)


def _receipt_facts(receipt: ReceiptView) -> tuple[Fact, ...]:
    facts = [
        (tr(N_("Date")), _moment(receipt.issued_at)),
        (tr(N_("Roll no.")), one_line(receipt.roll_no)),
        (tr(N_("For")), one_line(receipt.course_label)),
    ]
    paid = receipt.tenders or (receipt,)
    facts.append((tr(N_("Paid by")), _listed(tr(METHODS[each.method].short) for each in paid)))
    named: dict[str, list[str]] = {}
    for each in paid:
        if each.rrn:
            named.setdefault(tr(METHODS[each.method].reference), []).append(each.rrn)
    facts += [(name, _listed(numbers)) for name, numbers in named.items()]
    left = receipt.left
    if left is not None and left.amount:
        facts.append((tr(N_("Balance left")), format_rupees(left.amount)))
    return tuple(facts)


# --- a bill


def _of_rest(view: AttemptView, bill: BillView) -> PaidTexts:
    """Return the texts of a part of a bill: what is still due is the largest."""
    title = tr(_STILL_DUE, amount=short_rupees(bill.to_collect))
    if not bill.to_collect:  # a cheque that the bank has not credited covers the rest
        title = tr(_RECEIVED, amount=short_rupees(view.amount))
    facts = [*_bill_fact(bill), *_tender_facts(_paid_tenders(bill))]
    covered = bill.rest - bill.to_collect
    if covered:
        facts.append((tr(N_("In clearing")), format_rupees(covered)))
    if bill.hold_until is not None:
        until = N_("Seats held until") if bill.holds_seats else N_("Open until")
        facts.append((tr(until), local_time(bill.hold_until)))
    return PaidTexts(
        title=title,
        is_sure=False,
        who=one_line(bill.payer_name, 80),
        note=_money_of(view, is_title=not bill.to_collect),
        number=tr(_NO_RECEIPT),
        hint=tr(_ONCE_OVER),
        facts=tuple(facts),
    )


def _of_bill(view: AttemptView, bill: BillView) -> PaidTexts:
    """Return the texts of a bill of which nothing is due: every student, every receipt."""
    tenders = _paid_tenders(bill)
    claimed = [each for each in tenders if each.verification in _UNSURE]
    ended = _ended(bill)
    title = N_("Paid in full")
    if claimed and len(claimed) < len(tenders):
        title = N_("Recorded, partly not verified")
    elif ended and not claimed:
        title = ended[0]
    elif len(tenders) == 1 or claimed:
        title = METHODS[view.method].paid
    names = dict.fromkeys(one_line(line.student_name, 80) for line in bill.lines)
    money = format_rupees(total(each.amount for each in tenders))
    note = _money_of(view, is_title=True) if len(tenders) == 1 else money
    number, hint = _receipts_of(bill)
    return PaidTexts(
        title=tr(title),
        is_sure=not claimed,
        who=", ".join(names),
        note=note,
        number=number,
        hint=hint,
        facts=(
            *_receipt_rows(bill),
            *_tender_facts(tenders),
            *(ended[1:] if ended else ()),
            *_bill_fact(bill),
        ),
    )


def _ended(bill: BillView) -> tuple[N_, Fact] | None:
    """Return the title of a bill of which a part isn't due any more, and that part."""
    unpaid = [each for each in bill.lines if each.is_ended and each.paid < each.amount]
    if not unpaid:
        return None
    title, name = N_("Paid, and the rest is no longer due"), N_("No longer due")
    if all(each.is_written_off for each in unpaid):
        title, name = N_("Paid, and the rest is written off"), N_("Written off")
    amount = total(each.amount - each.paid for each in unpaid)
    return title, (tr(name), format_rupees(amount))


def _paid_tenders(bill: BillView) -> list[TenderView]:
    return [each for each in bill.tenders if each.came]


def _receipts_of(bill: BillView) -> tuple[str, str]:
    receipts = bill.receipts
    if not receipts:
        return tr(_NO_RECEIPT), tr(_ONCE_OVER)
    if len(receipts) == 1:
        return tr(N_("Receipt {number}"), number=receipts[0].number), ""
    return tr(N_("{count} receipt", "{count} receipts"), count=len(receipts)), ""


def _bill_fact(bill: BillView) -> tuple[Fact, ...]:
    name, asked = bill_name(bill.number), format_rupees(bill.total)
    return ((tr(N_("Bill")), " · ".join(each for each in (name, asked) if each)),)


def _receipt_rows(bill: BillView) -> tuple[Fact, ...]:
    """Return each receipt under its student; of one receipt, the number is the heading."""
    names = {line.roll_no: _first(line.student_name) for line in bill.lines}
    if len(bill.receipts) == 1:
        return ((tr(N_("Roll no.")), one_line(bill.receipts[0].roll_no)),)
    return tuple(
        (" · ".join(filter(None, (names.get(each.roll_no), one_line(each.roll_no)))),
         f"{each.number} · {short_rupees(each.amount)}")
        for each in bill.receipts
    )  # fmt: skip


def _tender_facts(tenders: Sequence[TenderView]) -> tuple[Fact, ...]:
    """Return each way of paying with its amount, and what the bank calls it."""
    return tuple(
        (tr(METHODS[each.method].short),
         " · ".join(filter(None, (format_rupees(each.amount), _ending(each)))))
        for each in tenders
    )  # fmt: skip


def _ending(tender: TenderView) -> str:
    """Return what the bank calls a tender; the gateway's own id is of no use to a parent."""
    is_of_bank = not tender.reference.startswith("pay_")
    return reference_ending(tender.method, tender.reference) if is_of_bank else ""


def _first(name: str) -> str:
    words = name.split()
    return one_line(words[0], 24) if words else ""


def _moment(at: datetime) -> str:
    local = at.astimezone(IST)
    return f"{day_text(local.date())}, {local:%H:%M}"


def _listed(words: Iterable[str]) -> str:
    """Return words as a list, each once."""
    return ", ".join(dict.fromkeys(filter(None, words)))
