"""Disputes (chargebacks) as Razorpay shows them: audited, and posted where money is taken.

A dispute is answered on Razorpay's dashboard, never here. It changes no enrolment: the centre
decides that.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from desktop_app.domain.ledger import MovementKind, disputed, in_currency
from desktop_app.domain.money import Money
from desktop_app.services.errors import GatewayError, UnreadableError
from desktop_app.services.isolation import note_stuck, passing_over
from desktop_app.services.ports.records import DisputeRecord, Movement

if TYPE_CHECKING:
    from desktop_app.services.context import Context
    from desktop_app.services.ports.gateway import DisputeFact
    from desktop_app.services.ports.records import PaymentRecord
    from desktop_app.services.ports.storage import Repositories, UnitOfWork
    from desktop_app.services.views.refunds import DisputeView

AGAIN_S = 6 * 3_600.0
"""Seconds between looks while the desk is open; each reconcile looks too."""


class DisputeWatch:
    """Notices disputes of known payments."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._looked_at: float | None = None

    def is_due(self) -> bool:
        """Whether the last look is long ago."""
        now = self._context.clock.monotonic()
        return self._looked_at is None or now - self._looked_at >= AGAIN_S

    def known(self) -> tuple[DisputeView, ...]:
        """Return the disputes that were noticed at Razorpay, newest first (local)."""
        return self._context.store.reader.exceptions.disputes()

    def notice(self) -> int:
        """Look once (gateway); return how many disputes could not be read or recorded.

        An account without the feature, or without a connection, has none.
        """
        self._looked_at = self._context.clock.monotonic()
        try:
            shown = self._context.gateway().disputes()
        except UnreadableError:
            return 1
        except GatewayError:
            return 0
        stuck: dict[str, str] = {}
        facts = [each for each in shown if each is not None]
        for fact in facts:
            with passing_over(stuck, fact.dispute_id):
                self._take(fact)
        note_stuck(self._context, stuck, {each.dispute_id for each in facts} - stuck.keys())
        return len(stuck) + shown.count(None)

    def _take(self, fact: DisputeFact) -> None:
        with self._context.store.reading() as books:
            if self._news(books, fact) is None:
                return
        with self._context.store.writing() as work:
            news = self._news(work, fact)
            if news is None:
                work.nothing_to_write()
                return
            payment, known, now = news
            work.disputes.save(now)
            self._book(work, payment, now, known)
            detail: dict[str, str | int | None] = {
                "payment": payment.uid,
                "amount": now.amount.paise,
                "deducted": now.deducted.paise,
                "status": now.status,
            }
            action = "dispute.noticed" if known is None else "dispute.changed"
            self._context.audit(work, action, now.uid, detail)
            work.commit()

    def _news(
        self, books: Repositories, fact: DisputeFact
    ) -> tuple[PaymentRecord, DisputeRecord | None, DisputeRecord] | None:
        """Return the payment and the dispute before and now; None where nothing is new."""
        payment = books.payments.by_payment_id(fact.payment_id)
        if payment is None:
            return None
        known = books.disputes.find(fact.dispute_id)
        now = self._record(fact, payment, known)
        return None if now == known else (payment, known, now)

    def _record(
        self, fact: DisputeFact, payment: PaymentRecord, known: DisputeRecord | None
    ) -> DisputeRecord:
        return DisputeRecord(
            uid=known.uid if known else self._context.ids.new(),
            dispute_id=fact.dispute_id,
            payment_uid=payment.uid,
            amount=known.amount if known else Money(fact.amount_paise),
            deducted=Money(fact.deducted_paise),
            status=fact.status,
            phase=fact.phase,
            reason_code=known.reason_code if known else fact.reason_code,
            respond_by=datetime.fromtimestamp(fact.respond_by, UTC) if fact.respond_by else None,
            noticed_at=known.noticed_at if known else self._context.now(),
        )

    def _book(
        self,
        work: UnitOfWork,
        payment: PaymentRecord,
        now: DisputeRecord,
        known: DisputeRecord | None,
    ) -> None:
        """Post what Razorpay took for it, or gave back, since it was seen last."""
        more = now.deducted.paise - (known.deducted.paise if known else 0)
        if not more:
            return
        entries = in_currency(disputed(Money(more)), payment.currency)
        movement = Movement(
            uid=self._context.ids.new(),
            at=self._context.now(),
            kind=MovementKind.DISPUTE,
            source_uid=now.uid,
            payment_uid=payment.uid,
            entries=entries,
        )
        work.ledger.add(movement)
