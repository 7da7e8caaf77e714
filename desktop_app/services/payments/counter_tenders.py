"""Checks what was typed about a counter tender, inside the transaction that begins it.

Amounts, cash limits, references and cheques: what is refused here was not written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import TYPE_CHECKING, assert_never

from desktop_app.domain.allocation import LEAST_DUE, allocate, check_part
from desktop_app.domain.cash_limits import (
    CashLimits,
    CashPart,
    CashTaken,
    check_cash,
    check_cash_credit,
)
from desktop_app.domain.change import count_pieces, pieces_text, take, worth
from desktop_app.domain.enrollment import DueKind
from desktop_app.domain.errors import InvalidInputError, rule_text
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.receipt import IST, day_in_india
from desktop_app.domain.tender import Beginning, Evidence
from desktop_app.domain.text import optional_line, require_line
from desktop_app.domain.typed_references import parse_digits, parse_reference, parse_terminal
from desktop_app.services.errors import ReferenceUsedError
from desktop_app.services.ports.tender_records import EvidenceRecord
from desktop_app.services.posting.payments import CounterMoney

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from desktop_app.domain.cash_limits import CashRoom
    from desktop_app.domain.tenders.base import TenderRules
    from desktop_app.domain.typed_references import TypedReference
    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import Repositories
    from desktop_app.services.posting.parts import Part
    from desktop_app.services.views.evidence import TypedEvidence

_LONGEST_NOTE = 120


@dataclass(frozen=True, slots=True)
class AcceptedTender:
    """A counter tender that may be written.

    Attributes:
        parts: what each due gets; its money beyond them is credit.
    """

    parts: tuple[Part, ...]
    money: CounterMoney


def accept(
    context: Context,
    work: Repositories,
    rules: TenderRules,
    parts: tuple[Part, ...],
    typed: TypedEvidence,
) -> AcceptedTender:
    """Return a counter tender as it will be written.

    Raises:
        InvalidInputError: something is missing, of a wrong shape, or too much.
        CashLimitError: it is over what the law allows in cash.
        ReferenceUsedError: another payment has this reference.
    """
    asked = total(each.amount for each in parts)
    amount = asked if typed.amount is None else typed.amount
    if rules.beginning is Beginning.SETTLED:
        parts = _from_credit(context, work, rules, parts, typed.amount)
        amount = total(each.amount for each in parts)
        if not rules.is_brought_in:
            _check_cash_of_credit(context, work, parts)
    elif amount < asked:
        if rules.is_cash and len(parts) == 1:
            check_part(parts[0].due.balance, amount)  # the clerk can ask for another amount
        parts = _in_order(parts, amount)
    evidence, reference = _evidence(context, rules, amount, typed)
    if reference is not None:
        _require_unused(work, reference)
    if rules.is_cash:
        check_cash_of(context, work, amount, parts)
    _check_claim(context, rules, amount)
    money = CounterMoney(
        amount=amount,
        verification=rules.verification,
        account=rules.account,
        received_at=_received_at(context, rules, typed.dated),
        evidence=evidence,
        key=reference.key if reference else None,
    )
    return AcceptedTender(parts, money)


def _from_credit(
    context: Context,
    work: Repositories,
    rules: TenderRules,
    parts: Sequence[Part],
    typed: Money | None,
) -> tuple[Part, ...]:
    """Return what credit pays of each part, all that its student has unless less was typed."""
    from desktop_app.services.posting.credits import spendable

    asked = total(each.amount for each in parts)
    if typed is not None and typed > asked:
        raise InvalidInputError(
            "amount", "The fee due is {balance}. Enter that amount or less.", balance=asked
        )
    left = asked if typed is None else typed
    balances: dict[str, Money] = {}
    found = []
    for each in parts:
        student = each.enrollment.student_uid
        if student not in balances:
            usable = asked if rules.is_brought_in else spendable(context, work, student)
            balances[student] = usable
        most = min(each.amount, left, balances[student])
        part = allocate(most, {each.due.uid: each.amount}).parts.get(each.due.uid, ZERO)
        if part:
            found.append(replace(each, amount=part))
            left, balances[student] = left - part, balances[student] - part
    if not found:
        raise _no_credit(context, work, balances)
    used = total(each.amount for each in found)
    if typed is not None and left >= LEAST_DUE:  # less would leave paise of a due
        raise InvalidInputError(
            "amount", "You can use {credit} of credit for these fees. Enter that amount or less.",
            credit=used,
        )  # fmt: skip
    return tuple(found)


def _no_credit(context: Context, work: Repositories, students: Iterable[str]) -> InvalidInputError:
    """Return the refusal where no credit pays anything: there is none, or it may not be used."""
    from desktop_app.services.posting.credits import require_spendable

    for student in students:
        if balance := work.credits.balance(student):
            require_spendable(context, work, student, balance)
    return InvalidInputError("amount", "This student has no credit.")


def _in_order(parts: tuple[Part, ...], amount: Money) -> tuple[Part, ...]:
    """Return what an amount pays of the parts, the first one first, each to the full if it can.

    What would leave less than a rupee of a due becomes credit.
    """
    if amount <= ZERO:
        raise InvalidInputError("amount", "Enter an amount above ₹0.")
    found = allocate(amount, {each.due.uid: each.amount for each in parts})
    by_uid = {each.due.uid: each for each in parts}
    if not found.parts:
        raise InvalidInputError(
            "amount", "This amount is too small for these fees. Enter a larger amount."
        )
    return tuple(replace(by_uid[uid], amount=part) for uid, part in found.parts.items())


# --- what is typed


def _evidence(
    context: Context, rules: TenderRules, amount: Money, typed: TypedEvidence
) -> tuple[EvidenceRecord | None, TypedReference | None]:
    """Return what was typed as it is kept, and its reference."""
    match rules.evidence:
        case Evidence.NONE | Evidence.INSTRUMENT:
            return None, None
        case Evidence.TENDERED:
            return _cash_evidence(context, amount, typed), None
        case Evidence.NOTE:
            note = require_line("reference", "The note", typed.reference, _LONGEST_NOTE)
            return EvidenceRecord("", note=note), None
        case Evidence.CARD_SLIP | Evidence.TRANSFER | Evidence.WALL_QR:
            return _with_reference(context, rules, typed)
        case other:
            assert_never(other)


def _cash_evidence(context: Context, amount: Money, typed: TypedEvidence) -> EvidenceRecord | None:
    """Return what was typed about cash; notes and coins are counted where the centre wants that."""
    is_wanted = context.settings().texts["cash.count_each"] == "on"
    if is_wanted or typed.pieces:
        counted = count_pieces(typed.pieces)
        cash, note = take(amount, worth(counted)), pieces_text(counted)
        return EvidenceRecord("", tendered=cash.tendered, change=cash.change, note=note)
    cash = take(amount, typed.tendered)
    if typed.tendered is None:
        return None
    return EvidenceRecord("", tendered=cash.tendered, change=cash.change)


def _with_reference(
    context: Context, rules: TenderRules, typed: TypedEvidence
) -> tuple[EvidenceRecord, TypedReference]:
    is_slip = rules.evidence is Evidence.CARD_SLIP
    terminal = parse_terminal(typed.terminal) if is_slip else ""
    if rules.shape is None:
        raise ValueError(f"{rules.tender} has no shape of a reference")
    reference = parse_reference(
        rules.shape, typed.reference, terminal=terminal, is_confirmed=typed.is_confirmed
    )
    last4 = rule_text("Enter the last 4 digits of the account number.")
    if is_slip:
        last4 = rule_text("Enter the last 4 digits of the card.")
    _check_day(context, typed.dated)
    evidence = EvidenceRecord(
        "",
        reference=reference.text,
        bank=optional_line("bank", "The bank", typed.bank, 80),
        terminal=terminal,
        auth_code=optional_line("auth_code", "The code", typed.auth_code, 12),
        last4=parse_digits("last4", last4, typed.last4, 4),
        payer=optional_line("payer", "The payer", typed.payer, 120),
        dated_on=typed.dated,
    )
    return evidence, reference


def _check_day(context: Context, dated: date | None) -> None:
    if dated is not None and dated > day_in_india(context.now()):
        raise InvalidInputError("dated", "This date is in the future. Enter the payment's date.")


def _received_at(context: Context, rules: TenderRules, dated: date | None) -> datetime:
    """Return when the money came: on the typed day, where that is before today."""
    now = context.now()
    if rules.shape is None or dated is None or dated >= day_in_india(now):
        return now
    return datetime.combine(dated, time(12), IST).astimezone(now.tzinfo)


def _require_unused(work: Repositories, reference: TypedReference) -> None:
    used = work.tenders.used(reference)
    if used is not None:
        day = day_in_india(used.received_at)
        raise ReferenceUsedError(day, used.student_name, used.receipt_no)


def _check_claim(context: Context, rules: TenderRules, amount: Money) -> None:
    """Refuse what a phone alone vouches for above the limit that the centre has set."""
    limit = Money(int(context.settings().texts["claimed.limit_paise"]))
    if rules.evidence is Evidence.WALL_QR and amount > limit:
        raise InvalidInputError(
            "amount",
            "You can take at most {limit} with the QR on the wall. Show a new QR instead.",
            limit=limit,
        )  # fmt: skip


# --- cash


def limits_of(context: Context) -> CashLimits:
    """Return the centre's cash limits; a setting may lower what the law allows."""
    texts = context.settings().texts
    return CashLimits(
        day=Money(int(texts["cash.day_limit_paise"])),
        enrollment=Money(int(texts["cash.enrollment_limit_paise"])),
        stops_enrollment=texts["cash.per_enrollment"] == "stop",
        deposits=Money(int(texts["deposits.cash_limit_paise"])),
        warn_from=Money(int(texts["cash.warn_paise"])),
    )


def cash_taken(context: Context, work: Repositories, parts: Iterable[Part]) -> CashTaken:
    """Return the cash taken before today, of the families and for the enrolments of dues."""
    found = tuple(parts)
    midnight = datetime.combine(day_in_india(context.now()), time(), IST)
    sums = work.tenders.cash(
        list(dict.fromkeys(each.enrollment.student_uid for each in found)),
        list(dict.fromkeys(each.enrollment.uid for each in found)),
        midnight,
        has_deposits=any(each.due.kind is DueKind.DEPOSIT for each in found),
    )
    return CashTaken(sums.day, sums.enrollments, sums.deposits)


def _check_cash_of_credit(context: Context, work: Repositories, parts: Sequence[Part]) -> None:
    """Check that credit brings no enrolment over its limit by the cash that is in it.

    Raises:
        CashLimitError: it does, at a centre that stops there.
    """
    left = dict(work.tenders.cash_in_credit({each.enrollment.student_uid for each in parts}))
    found = []
    for each in parts:
        student = each.enrollment.student_uid
        cash = min(each.amount, left.get(student, ZERO))
        if cash:
            left[student] -= cash
            found.append(replace(each, amount=cash))
    if found:
        taken = cash_taken(context, work, found)
        check_cash_credit(limits_of(context), taken, cash_parts(found))


def cash_parts(parts: Iterable[Part]) -> tuple[CashPart, ...]:
    """Return the parts of a payment as the limits see them."""
    return tuple(
        CashPart(each.enrollment.uid, each.amount, is_deposit=each.due.kind is DueKind.DEPOSIT)
        for each in parts
    )


def check_cash_of(
    context: Context, work: Repositories, amount: Money, parts: tuple[Part, ...]
) -> tuple[CashRoom, ...]:
    """Check cash for dues against the limits; see `check_cash`. Raises CashLimitError."""
    taken = cash_taken(context, work, parts)
    return check_cash(limits_of(context), taken, amount, cash_parts(parts))
