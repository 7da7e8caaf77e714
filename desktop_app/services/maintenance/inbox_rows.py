"""Rows of a sheet for the inbox: one a card, then requests and disputes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.money import INR, format_decimal
from desktop_app.domain.receipt import IST
from desktop_app.domain.tender import Verification

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from desktop_app.domain.money import Money
    from desktop_app.services.views.outbox import OutboxCommandView
    from desktop_app.services.views.refunds import DisputeView
    from desktop_app.services.views.tenders import ClaimedPayment
    from desktop_app.services.views.unapplied import ReturningPayment, UnappliedPayment


def inbox_rows(
    held: Sequence[UnappliedPayment],
    claimed: Sequence[ClaimedPayment],
    errands: Sequence[OutboxCommandView],
    disputes: Sequence[DisputeView],
    returning: Sequence[ReturningPayment],
) -> Iterator[Mapping[str, object]]:
    """Yield the rows of an exported inbox, in the order of the screen."""
    for card in held:
        yield _row(
            card.received_at, "payment", card.amount, card.currency, roll_no=card.roll_no,
            name=card.student_name, course=card.course_label, state=card.why.value,
            reference=card.payment_id or "",
        )  # fmt: skip
    for claim in claimed:
        yield _row(
            claim.recorded_at, "claim", claim.amount, roll_no=claim.roll_no,
            name=claim.student_name, course=claim.course_label, method=claim.method.value,
            state="late" if claim.is_late else "waiting", reference=claim.reference,
            verification=Verification.CLAIMED.value,
        )  # fmt: skip
    for errand in errands:
        yield _row(
            errand.since, errand.kind.value, errand.amount, errand.currency, name=errand.about,
            state=errand.state.value,
        )  # fmt: skip
    for dispute in disputes:
        yield _row(
            dispute.noticed_at, "dispute", dispute.amount, name=dispute.student_name,
            state=dispute.status, reference=dispute.payment_id,
        )  # fmt: skip
    for back in returning:
        yield _row(
            back.noticed_at, "returning", back.amount, roll_no=back.roll_no,
            name=back.student_name, course=back.course_label, reference=back.payment_id,
        )  # fmt: skip


def _row(
    at: datetime, kind: str, amount: Money | None, currency: str = INR, **cells: str
) -> Mapping[str, object]:
    empty = dict.fromkeys(
        ("roll_no", "name", "course", "method", "state", "reference", "verification"), ""
    )
    return {
        "at": at.astimezone(IST).isoformat(timespec="seconds"),
        "kind": kind,
        "amount": "" if amount is None else format_decimal(amount),
        "currency": currency,
    } | empty | cells  # fmt: skip
