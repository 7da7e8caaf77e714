"""Issues receipts in the transaction that records the money."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import ZERO, total
from desktop_app.domain.receipt import day_in_india, financial_year, receipt_number, series_name
from desktop_app.services.errors import ServiceError
from desktop_app.services.ports.records import ReceiptLine, ReceiptRecord
from desktop_app.services.posting.receipt_content import Share, receipt_content

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from desktop_app.domain.students import StudentNames
    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import UnitOfWork
    from desktop_app.services.posting.parts import Part


def require_receipt_numbers(
    context: Context, work: UnitOfWork, mode: MoneyMode, count: int
) -> None:
    """Raise ReceiptSeriesFullError where the next payment of a mode had no number left.

    Args:
        context: the ports.
        work: the unit of work.
        mode: the mode of its money.
        count: how many receipts it needs, one a student.
    """
    series = _series(work, mode)
    year = financial_year(day_in_india(context.now()))
    receipt_number(series, year, work.receipts.last_sequence(series, year) + count)


def _series(work: UnitOfWork, mode: MoneyMode) -> str:
    """Return the series of the receipts for money of a mode."""
    return series_name(work.setting("desk.id") or "D1", is_real=mode is MoneyMode.LIVE)


def issue_receipts(
    context: Context,
    work: UnitOfWork,
    shares: Sequence[Share],
    now: datetime,
    *,
    is_first: bool = True,
    ends_sitting: bool = False,
) -> None:
    """Number and write a receipt for each student of one or more payments, in the unit of work.

    A centre that is not registered for GST may have one for a whole bill: documents of GST are one
    a recipient. A receipt shows what the parts are for, which may be less than the payments. Money
    that is not real is never on the receipt of money that is.

    Args:
        context: the ports.
        work: the unit of work.
        shares: the payments with what they are for: several are the tenders of one bill.
        now: when they are issued.
        is_first: whether no receipt shows another part of a payment yet.
        ends_sitting: whether the payments came before, so that they may be of an earlier day.
    """
    papers = _papers(context, shares)
    spread = [each.payment.uid for found in papers.values() for each in found]
    for (uid, _mode), found in papers.items():
        is_whole = is_first and len(found) == 1 and spread.count(found[0].payment.uid) == 1
        _issue(context, work, found, uid, now, is_whole=is_whole, ends_sitting=ends_sitting)


def receipts_needed(context: Context, shares: Sequence[Share]) -> Mapping[MoneyMode, int]:
    """Return how many receipts payments need, by the mode of their money."""
    return Counter(mode for _uid, mode in _papers(context, shares))


def _papers(
    context: Context, shares: Sequence[Share]
) -> Mapping[tuple[str, MoneyMode], Sequence[Share]]:
    """Return what each receipt shows, by its student and the mode of its money."""
    papers = _by_student(shares)
    is_one = len(papers) > 1 and _is_per_bill(context)
    return _by_mode(shares, papers) if is_one else papers


def _by_student(shares: Sequence[Share]) -> dict[tuple[str, MoneyMode], list[Share]]:
    """Return the payments of each student and mode with their own parts, credit's payer first.

    Credit is of the student of the payment.
    """
    found: dict[tuple[str, MoneyMode], list[Share]] = {}
    for share in shares:
        payer = share.payment.student_uid
        own: dict[str, tuple[Part, ...]] = {payer: ()} if share.on_credit else {}
        for each in share.parts:
            uid = each.enrollment.student_uid
            own[uid] = (*own.get(uid, ()), each)
        for uid, parts in own.items():
            of_student = Share(share.payment, parts, share.on_credit if uid == payer else ZERO)
            found.setdefault((uid, share.payment.mode), []).append(of_student)
    return found


def _by_mode(
    shares: Sequence[Share], students: Iterable[tuple[str, MoneyMode]]
) -> dict[tuple[str, MoneyMode], list[Share]]:
    """Return the payments of a whole bill by their mode, each for the first of its students."""
    first = {mode: uid for uid, mode in reversed(list(students))}
    return {
        (uid, mode): [each for each in shares if each.payment.mode is mode]
        for mode, uid in first.items()
    }


def _is_per_bill(context: Context) -> bool:
    settings = context.settings()
    return settings.texts["receipts.per"] == "bill" and not settings.centre.gstin


def _issue(
    context: Context,
    work: UnitOfWork,
    shares: Sequence[Share],
    student_uid: str,
    now: datetime,
    *,
    is_whole: bool,
    ends_sitting: bool,
) -> None:
    today, mode = day_in_india(now), shares[0].payment.mode
    series, year = _series(work, mode), financial_year(today)
    sequence = work.receipts.next_sequence(series, year)
    amount = total([each.amount for each in shares])
    lines = [line for each in shares for line in _lines(each)]
    receipt = ReceiptRecord(
        uid=context.ids.new(),
        number=receipt_number(series, year, sequence),
        series=series,
        year=year,
        sequence=sequence,
        payment_uid=shares[0].payment.uid if is_whole else None,
        amount=amount,
        issued_at=now,
        content=receipt_content(
            context,
            work,
            shares,
            _students(work, shares, student_uid),
            today,
            amount=amount,
            ends_sitting=ends_sitting,
        ),
        mode=mode,
        student_uid=student_uid,
    )
    work.receipts.add(receipt, lines)


def _students(
    work: UnitOfWork, shares: Sequence[Share], student_uid: str
) -> Mapping[str, StudentNames]:
    """Return the students of a receipt by uid, the one it is for where it is only of credit."""
    parts = [part for each in shares for part in each.parts]
    students: dict[str, StudentNames] = {}
    for uid in dict.fromkeys([each.enrollment.student_uid for each in parts]) or (student_uid,):
        student = work.students.names(uid)
        if student is None:
            raise ServiceError("the enrolment's student is gone")
        students[uid] = student
    return students


def _lines(share: Share) -> list[ReceiptLine]:
    """Return what a receipt shows of a payment; without a due where it pays none."""
    uid = share.payment.uid
    lines = [
        ReceiptLine(uid, each.due.uid, each.amount) for each in share.parts if each.tax is not None
    ]
    if share.on_credit:
        lines.append(ReceiptLine(uid, None, share.on_credit))
    return lines or [ReceiptLine(uid, None, share.amount)]
