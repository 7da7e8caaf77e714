"""Uses of promo codes: held while a bill is open, used once something is paid, freed otherwise.

A hold outlives the payment that was cancelled: money may still come late. Its use is free from then
on, and goes to the next bill that needs it; the unpaid enrolment that held it loses its concession
in the same transaction. All of this is counted inside a writing transaction, so that two windows
cannot use a code more often than it allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain.enrollment import EnrollmentState
from desktop_app.domain.promo_codes import (
    PromoUse,
    check_use,
    normalise_code,
    refuse_archived,
    refuse_unknown,
)
from desktop_app.domain.receipt import IST, day_in_india

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from desktop_app.domain.money import Money
    from desktop_app.services.context import Context
    from desktop_app.services.ports.fees import PromoHold, PromoRecord
    from desktop_app.services.ports.storage import Repositories, UnitOfWork

FREED_BY_REFUND = "promo.free_after_refund"


@dataclass(frozen=True, slots=True)
class PromoUser:
    """An enrolment, or one that is about to be, that wants to use a code.

    Attributes:
        enrollment_uid: None before it is enrolled.
        bill: the list price, tax included.
        has_others: whether other concessions are given beside the code.
    """

    student_uid: str
    enrollment_uid: str | None
    course_code: str
    bill: Money
    on: date
    has_others: bool = False


@dataclass(frozen=True, slots=True)
class Uses:
    """The uses of a code.

    Attributes:
        used: paid.
        live: held by a bill that can still be paid.
        idle: held by one that ended unpaid; another bill may have them.
        gone: free without anybody asking.
    """

    used: tuple[PromoHold, ...] = ()
    live: tuple[PromoHold, ...] = ()
    idle: tuple[PromoHold, ...] = ()
    gone: tuple[PromoHold, ...] = ()

    @property
    def firm(self) -> tuple[PromoHold, ...]:
        """The uses that nobody else may have."""
        return (*self.used, *self.live)


def find_promo(work: Repositories, typed: str) -> PromoRecord:
    """Return a code by what was typed or scanned.

    Raises:
        PromoRefusedError: there is none, or it is archived.
    """
    code = normalise_code(typed)
    found = work.promos.find(code)
    if found is None:
        raise refuse_unknown(code)
    if found.is_archived:
        raise refuse_archived(code)
    return found


def uses_of(context: Context, work: Repositories, promo_uid: str) -> Uses:
    """Return the uses of a code as they are now."""
    is_freed = context.settings().texts[FREED_BY_REFUND] == "on"
    by_name: dict[str, list[PromoHold]] = {"used": [], "live": [], "idle": [], "gone": []}
    for hold in work.promos.holds(promo_uid):
        by_name[_standing(hold, is_freed_by_refund=is_freed)].append(hold)
    return Uses(**{name: tuple(found) for name, found in by_name.items()})


def _standing(hold: PromoHold, *, is_freed_by_refund: bool) -> str:
    is_cancelled = hold.enrollment_state is EnrollmentState.CANCELLED
    is_free_of_charge = hold.enrollment_state is EnrollmentState.ACTIVE and not hold.balance
    if hold.is_live:
        return "live"
    if hold.has_paid or hold.is_used or is_free_of_charge:
        is_refunded = is_cancelled and not hold.paid
        return "gone" if is_refunded and is_freed_by_refund else "used"
    return "gone" if is_cancelled else "idle"


def check_promo(context: Context, work: Repositories, promo: PromoRecord, user: PromoUser) -> Uses:
    """Check whether a code may be used now; return its uses.

    Raises:
        PromoRefusedError: it may not.
    """
    uses = uses_of(context, work, promo.uid)
    firm = [each for each in uses.firm if each.enrollment_uid != user.enrollment_uid]
    family = _family(firm, user.student_uid, work.concessions.family_of(user.student_uid))
    check_use(
        promo.promo,
        PromoUse(
            on=user.on,
            course_code=user.course_code,
            bill=user.bill,
            is_first=work.concessions.is_first(user.student_uid, user.enrollment_uid),
            has_others=user.has_others,
            uses=len(firm),
            family_uses=len(family),
            held_since=_held_since(uses.live, context.now()),
        ),
    )
    return uses


def take_use(
    context: Context,
    work: UnitOfWork,
    promo: PromoRecord,
    user: PromoUser,
    enrollment_uid: str,
    bill_uid: str | None = None,
) -> tuple[PromoHold, ...]:
    """Hold a use of a code for an enrolment, in the transaction that gives its concession.

    Returns:
        The idle uses that were freed for it: their enrolments lose the concession.

    Raises:
        PromoRefusedError: it may not be used.
    """
    uses = check_promo(context, work, promo, user)
    for hold in uses.used:
        work.promos.mark_used(hold.uid)
    for hold in uses.gone:
        work.promos.free(hold.uid)
    freed: tuple[PromoHold, ...] = ()
    if promo.promo.most_uses is not None:
        left = promo.promo.most_uses - len(uses.firm)
        freed = uses.idle[: max(0, len(uses.idle) - left + 1)]
    for hold in freed:
        work.promos.free(hold.uid)
    work.promos.hold(context.ids.new(), promo.uid, enrollment_uid, bill_uid)
    return freed


def free_use(work: UnitOfWork, promo_uid: str, enrollment_uid: str) -> None:
    """Free the use that an enrolment holds."""
    for hold in work.promos.holds(promo_uid):
        if hold.enrollment_uid == enrollment_uid:
            work.promos.free(hold.uid)


def _family(
    holds: Sequence[PromoHold], student_uid: str, family_uid: str | None
) -> list[PromoHold]:
    """Return those of a student, and of the brothers and sisters."""
    return [
        each
        for each in holds
        if each.student_uid == student_uid
        or (family_uid is not None and each.family_uid == family_uid)
    ]


def _held_since(live: Sequence[PromoHold], now: datetime) -> str:
    """Return the time of the newest bill that holds a use, with its day where it is not today."""
    if not live:
        return ""
    at = live[-1].held_at.astimezone(IST)
    return f"{at:%H:%M}" if day_in_india(now) == at.date() else f"{at:%d %b %Y %H:%M}"
