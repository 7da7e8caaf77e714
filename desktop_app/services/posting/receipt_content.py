"""Content of receipts, frozen when they are issued: a reprint is identical.

One due that is paid in full, without a plan or a concession, reads nothing more than its payment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from desktop_app.domain.compiled import json_object, json_writer, quickly_made, quoted
from desktop_app.domain.enrollment import DueKind
from desktop_app.domain.fee_heads import TUITION, heads_by_code
from desktop_app.domain.fees import SAC_COACHING, QuoteLine, format_rate, tax_lines, untaxed_lines
from desktop_app.domain.money import ZERO, Money, fraction_of, total
from desktop_app.domain.payment import Placement
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.tax import sum_of_parts
from desktop_app.domain.words import amount_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from desktop_app.domain.fees import Quote
    from desktop_app.domain.students import StudentNames
    from desktop_app.domain.tax import Tax
    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import DueRecord, PaymentRecord
    from desktop_app.services.ports.storage import UnitOfWork
    from desktop_app.services.posting.parts import Part

ON_CREDIT, ON_CREDIT_HI = "Kept as credit", "क्रेडिट में रखा"
_content = json_object(
    "centre", "student_name", "roll_no", "guardian_name", "student_state", "course_code",
    "course_label", "sac", "lines", "words", "gst_rate", "method", "payment_id", "order_id", "rrn",
    "is_training", "placement", "mode",
)  # fmt: skip
_NO_IDS = dict.fromkeys(("payment_id", "order_id", "rrn"), "null")
_CENTRE = {
    f"centre.{name}": name
    for name in ("name", "address", "gstin", "state", "email", "logo", "phone")
}
_PARTED = re.compile(r"(?P<what>.+) · (?P<part>\d+/\d+)")
_json = json_writer(separators=(", ", ": "), sort_keys=False)


@quickly_made
@dataclass(frozen=True, slots=True)
class Share:
    """A payment, and what of it is for which due.

    Attributes:
        on_credit: what of it is credit.
    """

    payment: PaymentRecord
    parts: tuple[Part, ...]
    on_credit: Money = ZERO

    @property
    def amount(self) -> Money:
        """All that is shown of the payment."""
        paise = self.on_credit.paise
        for each in self.parts:
            paise += each.amount.paise
        return Money(paise)


def merged(shares: Sequence[Share]) -> tuple[Part, ...]:
    """Return the parts of several payments, with one for each due, in the order they came."""
    if len(shares) == 1 and len(shares[0].parts) == 1:
        return shares[0].parts
    of_due: dict[str, list[Part]] = {}
    for share in shares:
        for each in share.parts:
            of_due.setdefault(each.due.uid, []).append(each)
    return tuple(map(_one_of, of_due.values()))


def _one_of(parts: list[Part]) -> Part:
    """Return the parts of one due as one."""
    first, *more = parts
    if not more:
        return first
    taxes = [each.tax for each in parts if each.tax is not None]
    return replace(
        first,
        amount=total(each.amount for each in parts),
        tax=sum_of_parts(taxes[0], taxes) if taxes else None,
    )


def receipt_content(
    context: Context,
    work: UnitOfWork,
    shares: Sequence[Share],
    students: Mapping[str, StudentNames],
    today: date,
    *,
    amount: Money,
    ends_sitting: bool = False,
) -> str:
    """Return everything that a receipt shows, as JSON.

    Args:
        context: the ports.
        work: the unit of work that records the payment, or ends the sitting of several.
        shares: the payments, with what the dues of the student get of each.
        students: the students by their uid, one but on the receipt of a whole bill.
        today: the day in India on which it is issued.
        amount: all that the shares are.
        ends_sitting: whether the payments came before, and may be of an earlier day.
    """
    payment, parts = shares[0].payment, merged(shares)
    on_credit = total([each.on_credit for each in shares])
    is_applied = all(each.tax is not None for each in parts)
    courses = {each.enrollment.course_code: each.enrollment.course_label for each in parts}
    taxed = [each for each in parts if each.due.quote.registered and each.due.quote.tax.rate_bp]
    more: dict[str, object] = {}
    if taxed and (len(taxed) < len(parts) or on_credit):  # not all lines before tax
        more["taxable"] = total([(each.tax or each.due.tax).taxable for each in taxed]).paise
    if is_applied:
        more |= _left(work, parts, today, may_differ=ends_sitting)
    if ends_sitting:
        more |= _tenders(shares, today)
    content = _content(
        centre=_centre(*[work.setting(key) or "" for key in _CENTRE]),
        **_people(students),
        course_code=quoted(", ".join(courses)),
        course_label=quoted(", ".join(courses.values())),
        sac=quoted(_joined([each.due.sac or SAC_COACHING for each in taxed])),
        lines=_json(_lines(work, parts, on_credit, students)),
        words=quoted(amount_in_words(amount)),
        gst_rate=quoted(_joined([format_rate(each.due.quote.tax.rate_bp) for each in taxed])),
        method=quoted(payment.method),
        **_ids(payment if len(shares) == 1 else None),
        is_training="true" if context.is_training else "false",
        placement=quoted(Placement.APPLIED if is_applied else payment.placement),
        mode=quoted(payment.mode),
    )
    return f"{content[:-1]}, {_json(more)[1:]}" if more else content


@lru_cache(maxsize=8)
def _centre(*values: str) -> str:
    """Return the details of the centre, which are the same on one receipt after another."""
    return _json(dict(zip(_CENTRE.values(), values, strict=True)))


def _people(students: Mapping[str, StudentNames]) -> dict[str, str]:
    first, *others = students.values()
    name = _joined([each.name for each in students.values()]) if others else first.name
    roll_no = _joined([each.roll_no for each in students.values()]) if others else first.roll_no
    return {
        "student_name": quoted(name),
        "roll_no": quoted(roll_no),
        "guardian_name": quoted(first.guardian_name),
        "student_state": quoted(first.state),
    }


def _ids(payment: PaymentRecord | None) -> dict[str, str]:
    """Return the references of the only payment of a receipt; null where there are several."""
    if payment is None:
        return _NO_IDS
    return {
        "payment_id": _quoted(payment.payment_id),
        "order_id": _quoted(payment.order_id),
        "rrn": _quoted(payment.rrn),
    }


def _quoted(text: str | None) -> str:
    return "null" if text is None else quoted(text)


def _tenders(shares: Sequence[Share], today: date) -> dict[str, object]:
    """Return how the receipt of a sitting was paid, where that is not said by one method alone."""
    found = [_tender(each, today) for each in shares]
    return {"tenders": found} if len(found) > 1 or found[0]["on"] else {}


def _tender(share: Share, today: date) -> dict[str, str | int | None]:
    """Return how a part of a receipt was paid: how sure that is may change, and is not frozen.

    The day of a bank is typed with its reference.
    """
    payment = share.payment
    on = day_in_india(payment.received_at)
    return {
        "payment": payment.uid,
        "method": payment.method,
        "amount": share.amount.paise,
        "payment_id": payment.payment_id,
        "rrn": payment.rrn,
        "on": on.isoformat() if on != today and not payment.typed_key else None,
    }


def _joined(words: Sequence[str]) -> str:
    """Return words as a list, each once."""
    return words[0] if len(words) == 1 else ", ".join(dict.fromkeys(words))


def _listed(lines: Iterable[QuoteLine]) -> list[list[str | int]]:
    return [
        [line.label, line.amount.paise, *([line.label_hi] if line.label_hi else ())]
        for line in lines
    ]


def _first_names(students: Mapping[str, StudentNames]) -> Mapping[str, str]:
    """Return what is before the lines of each student on the receipt of a bill; none for one."""
    if len(students) == 1:
        return {}
    return {uid: f"{student.name.split()[0]} · " for uid, student in students.items()}


def _lines(
    work: UnitOfWork, parts: Sequence[Part], on_credit: Money, students: Mapping[str, StudentNames]
) -> list[list[str | int]]:
    """Return a line before tax for each due, the lines of the tax summed by rate, and credit."""
    names = _first_names(students)
    lines: list[QuoteLine] = []
    taxes: dict[int, list[Tax]] = {}
    for each in parts:
        quote = each.due.quote
        tax = each.tax or each.due.tax
        label, label_hi = _named(work, each.due)
        if names:
            name = names[each.enrollment.student_uid]
            label, label_hi = f"{name}{label}", label_hi and f"{name}{label_hi}"
        if each.due.off:
            listed, *more = untaxed_lines(_conceded(work, each.due, tax))
            lines += (QuoteLine(label, listed.amount, label_hi), *more)
        else:
            amount = tax.taxable if quote.registered else tax.total
            lines.append(QuoteLine(label, amount, label_hi))
        if quote.registered:
            taxes.setdefault(tax.rate_bp, []).append(tax)
    for first, *others in taxes.values():
        lines += tax_lines(sum_of_parts(first, (first, *others)) if others else first)
    if on_credit:
        lines.append(QuoteLine(ON_CREDIT, on_credit, ON_CREDIT_HI))
    return _listed(lines)


def _named(work: UnitOfWork, due: DueRecord) -> tuple[str, str]:
    """Return the label of a due in English and Hindi; the Hindi is empty where they are the same.

    Args:
        work: the unit of work, which knows the heads of the centre.
        due: the due; its label has its head before the course, and its instalment after it.
    """
    label = due.quote.label
    words, words_hi = label, label
    parted = _PARTED.fullmatch(label)
    if parted is not None:
        words = f"{parted['what']} · Instalment {parted['part']}"
        words_hi = f"{parted['what']} · क़िस्त {parted['part']}"
    if due.head_code != TUITION:
        head = heads_by_code(work.plans.heads()).get(due.head_code)
        if head is not None and label.startswith(f"{head.title} · "):
            words_hi = head.title_hi + words_hi.removeprefix(head.title)
    return words, "" if words_hi == words else words_hi


def _conceded(work: UnitOfWork, due: DueRecord, tax: Tax) -> Quote:
    """Return a due, or the part of it with this tax, beside its share of the list price.

    What a refund or a change of course asks less since then is no concession, and alters no share.
    """
    agreed, price = due.quote.tax, due.quote.total - due.off
    if price < tax.total:
        return replace(due.quote, tax=tax)
    share = fraction_of(agreed.taxable, tax.total.paise, price.paise)
    titles = work.concessions.titles_of(due.uid)
    return replace(due.quote, tax=tax, listed=replace(agreed, taxable=share), conceded=titles)


def _left(
    work: UnitOfWork, parts: Sequence[Part], today: date, *, may_differ: bool
) -> dict[str, object]:
    """Return what is left to pay of the enrolments, and when; nothing for one due paid in full.

    Args:
        work: the unit of work.
        parts: the dues, with what was paid of each.
        today: the day in India.
        may_differ: whether the enrolments may ask for something else since the parts were paid.
    """
    uids: dict[str, None] = {}
    for each in parts:
        if may_differ or not _is_whole_fee(each):
            uids[each.enrollment.uid] = None
    if not uids:
        return {}
    every = [due for uid in uids for due in work.enrollments.dues_of(uid)]
    dues = [due for due in every if due.is_payable]
    if not dues and len(every) == len(uids):
        return {}
    later: dict[date, Money] = {}
    for due in dues:
        day = due.payable_on or due.due_on or today
        later[day] = later.get(day, ZERO) + due.balance
    left: dict[str, object] = {
        "balance": total(due.balance for due in dues).paise,
        "due_now": total(amount for day, amount in later.items() if day <= today).paise,
    }
    following = min((day for day in later if day > today), default=None)
    if following is not None:
        left |= {"next_on": following.isoformat(), "next": later[following].paise}
    return left


def _is_whole_fee(part: Part) -> bool:
    """Whether a part pays all that its enrolment asks for."""
    due = part.due
    is_plain = due.kind is DueKind.FEE and not due.off and not due.late_rule
    return is_plain and part.enrollment.amount == due.quote.total and part.amount == due.balance
