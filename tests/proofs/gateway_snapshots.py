"""Snapshots of everything that the gateway ever showed of ten fees, to be replayed.

The fees are collected and paid once on the virtual gateway, and each change is recorded. `show`
lets the real services see one snapshot as the present state.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.services.payments.status_check import StatusChecker

from .proof_desk import FEE
from .rewindable_desk import RewindableDesk
from .virtual_gateway import VirtualGateway

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.domain.payment import Attempt, PaymentFact
    from desktop_app.services.ports.gateway import LinkFact, OrderFact, QrFact, RefundFact

PART = Money(180_000)
FULLY_REFUNDED = "went back in full"


@dataclass(frozen=True)
class RecordedSnapshot:
    """One recorded answer: an attempt's order, code or link, or the refunds of a payment.

    Attributes:
        key: the order, code, link or payment.
        notifications: (due, payment's status, refunded paise) for the control, which believes them.
    """

    key: str
    attempt: str | None
    answer: Any
    notifications: tuple[tuple[str, str, int], ...]


class SnapshotGateway(VirtualGateway):
    """A gateway that answers with the current snapshot; captures are left to the snapshots."""

    current: RecordedSnapshot | None = None

    def orders_since(
        self, since: int, *, skip: int = 0, asked: bool = False
    ) -> tuple[OrderFact, ...]:
        if self.current is None or self.current.attempt is None:
            return super().orders_since(since, skip=skip, asked=asked)
        return () if skip else (self.current.answer,)

    def fetch_order(self, order_id: str, *, asked: bool = False) -> OrderFact:
        if self.current is None or self.current.attempt is None:
            return super().fetch_order(order_id, asked=asked)
        answer: OrderFact = self.current.answer
        return answer

    def fetch_qr(
        self, qr_id: str, *, asked: bool = False
    ) -> tuple[QrFact, tuple[PaymentFact, ...]]:
        if self.current is None or self.current.attempt is None:
            return super().fetch_qr(qr_id, asked=asked)
        code, payments = self.current.answer
        return code, payments

    def fetch_link(
        self, link_id: str, *, asked: bool = False
    ) -> tuple[LinkFact, tuple[PaymentFact, ...]]:
        if self.current is None or self.current.attempt is None:
            return super().fetch_link(link_id, asked=asked)
        link, payments = self.current.answer
        return link, payments

    def refunds_of(self, payment_id: str) -> tuple[RefundFact, ...]:
        shown = self.current
        if shown is None or shown.attempt is not None or shown.key != payment_id:
            return super().refunds_of(payment_id)
        refunds: tuple[RefundFact, ...] = shown.answer
        return refunds

    def capture(self, payment_id: str, amount: Money) -> PaymentFact:
        if self.current is None:
            return super().capture(payment_id, amount)
        return self.payments[payment_id]


class SnapshotReplay(RewindableDesk):
    """Ten fees, everything the gateway showed of them, and a desk to replay it to."""

    gateway: SnapshotGateway

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, SnapshotGateway)
        self.snapshots: list[RecordedSnapshot] = []
        self.final: list[RecordedSnapshot] = []
        self.attempts: dict[str, Attempt] = {}
        self.dues: list[str] = []
        self.contested: set[str] = set()
        self._course = self.services.course("PHY", fee=FEE, seats=None)
        self._collect()
        self.record_state()
        self._record_snapshots()

    # --- what happened once

    def _collect(self) -> None:
        """Begin ten fees, and end those whose story requires it.

        Only the last is paid already: the desk has requested a partial refund of it.
        """
        ways = [
            (Method.UPI_INTENT,), (Method.UPI_INTENT,), (Method.UPI_INTENT,), (Method.QR_CODE,),
            (Method.QR_CODE,), (Method.PAYMENT_LINK,), (Method.PAYMENT_LINK,),
            (Method.UPI_INTENT, Method.PAYMENT_LINK), (Method.UPI_INTENT,), (Method.UPI_INTENT,),
        ]  # fmt: skip
        self._attempts_of_fee: list[list[str]] = []
        for number, methods in enumerate(ways):
            student = self.services.student(f"R{number}")
            made: list[str] = []
            for method in methods:
                begun = self.services.payments.begin(student, self._course, method)
                made.append(self.services.payments.open(begun.uid).uid)
            self._attempts_of_fee.append(made)
        for number in (1, 2, 6):
            self.services.payments.expire(self._attempts_of_fee[number][0])
        for made in self._attempts_of_fee:
            for uid in made:
                self.attempts[uid] = self._store.reader.attempts.get(uid)[0]
        self.refunded = self._pay(self._attempts_of_fee[9][0], "success")
        self.services.polling.run()
        self.gateway.refund_status = "pending"
        self.services.refunds.refund(self.refunded, PART, "scholarship")
        self.dues = list(dict.fromkeys(each.parts[0].due_uid for each in self.attempts.values()))
        self.contested = {self.dues[7]}

    def _record_snapshots(self) -> None:
        """Make all payments and refunds at the gateway, and record a snapshot of each change."""
        first = [made[0] for made in self._attempts_of_fee]
        self._record_all()
        tried = {number: self._pay(first[number], "failure") for number in (1, 2, 6, 8)}
        authorised = self._pay(first[0], "authorized")
        self._record(self._refunds())
        self._record_all()
        self.clock.advance(700)
        self.gateway.capture_late(authorised)
        paid = {number: self._pay(first[number], "success") for number in (3, 4, 5)}
        self._record_all()
        self.gateway.settle_refund(next(iter(self.gateway.refunds)), "processed")
        self._record(self._refunds())
        self.clock.advance(4_000)
        for number in (1, 2, 6, 8):
            self.gateway.capture_late(tried[number], goes_back=False)
        self._record_all()
        for uid in self._attempts_of_fee[7]:
            self._pay(uid, "success")
            self._record_all()
        self.gateway.refund_on_dashboard(paid[4], PART.paise)
        self.gateway.refund_on_dashboard(tried[2], PART.paise)
        self._record_all()
        self.gateway.refund_on_dashboard(paid[4], FEE.paise - PART.paise)
        self._record_all()
        self.final = [*(self._observe(uid) for uid in self.attempts), self._refunds()]

    def _pay(self, uid: str, outcome: str) -> str:
        return self.gateway.pay(self.attempts[uid].qr_text or "", outcome)

    def _record_all(self) -> None:
        """Record what each attempt looks like now, unless it was recorded."""
        for uid in self.attempts:
            self._record(self._observe(uid))

    def _record(self, shown: RecordedSnapshot) -> None:
        if all((each.key, each.answer) != (shown.key, shown.answer) for each in self.snapshots):
            self.snapshots.append(shown)

    def _refunds(self) -> RecordedSnapshot:
        return RecordedSnapshot(self.refunded, None, self.gateway.refunds_of(self.refunded), ())

    def _observe(self, uid: str) -> RecordedSnapshot:
        attempt, gateway = self.attempts[uid], self.gateway
        answer: Any
        if attempt.method is Method.UPI_INTENT:
            answer = gateway.fetch_order(attempt.order_id or "")
            payments = answer.payments or ()
        else:
            fetch = gateway.fetch_qr if attempt.method is Method.QR_CODE else gateway.fetch_link
            answer = fetch(attempt.remote_id or "")
            payments = answer[1]
        notifications = tuple(
            (attempt.parts[0].due_uid, each.status, each.amount_refunded_paise) for each in payments
        )
        return RecordedSnapshot(attempt.remote_id or uid, uid, answer, notifications)

    # --- replaying it

    def reset(self) -> None:
        """Restore the desk to the state in which nothing was paid."""
        self.rewind(series=2)
        self.restart()
        self._looking = StatusChecker(self.services.context)

    def show(self, shown: RecordedSnapshot) -> None:
        """Show one snapshot to the services, with the attempt as the desk knows it by now."""
        self.gateway.current = shown
        if shown.attempt is None:
            self.services.refunds.follow()
        else:
            attempt = self._store.reader.attempts.get(shown.attempt)[0]
            self._looking.check([attempt])
        self.gateway.current = None

    # --- what the desk booked

    def books_of_due(self, due_uid: str) -> Any:
        """Return everything the desk holds of a fee, without ids and times of noticing.

        Of a full refund only the sums: if the desk noticed the payment before the refund, there is
        a receipt and an ended enrolment; if it noticed both at once, neither.
        """
        is_contested = due_uid in self.contested
        payments = [
            self._payment(row, is_contested=is_contested)
            for row in self.raw.execute(
                "SELECT p.uid, p.payment_id, p.method, p.rrn, p.amount_paise, p.placement, "
                "p.is_late, p.received_at FROM payments p JOIN attempts a ON a.uid = p.attempt_uid "
                "WHERE a.due_uid = ?",
                (due_uid,),
            )
        ]
        if any(payment[0] == FULLY_REFUNDED for payment in payments):
            return payments
        states = self.raw.execute(
            "SELECT d.state, e.state, (SELECT group_concat(state) FROM (SELECT a.state FROM "
            "attempts a WHERE a.due_uid = d.uid ORDER BY a.state)) FROM dues d "
            "JOIN enrollments e ON e.uid = d.enrollment_uid WHERE d.uid = ?",
            (due_uid,),
        ).fetchone()
        return [list(states), sorted(payments, key=json.dumps)]

    def _payment(self, row: Any, *, is_contested: bool) -> list[Any]:
        uid, payment_id, method, rrn, paise, placement, is_late, received_at = row
        refunded = self.raw.execute(
            "SELECT coalesce(sum(amount_paise), 0) FROM refunds WHERE payment_uid = ? "
            "AND state = 'processed'",
            (uid,),
        ).fetchone()[0]
        entries = self.raw.execute(
            "SELECT account, sum(amount_paise) FROM ledger_entries WHERE payment_uid = ? "
            "GROUP BY account ORDER BY account",
            (uid,),
        ).fetchall()
        if refunded == paise:
            return [FULLY_REFUNDED, payment_id, method, paise, sum(each[1] for each in entries)]
        receipt = self.raw.execute(
            "SELECT amount_paise, content FROM receipts WHERE payment_uid = ?", (uid,)
        ).fetchone()
        own = [] if is_contested else [payment_id, method, rrn, is_late, received_at]
        content = json.loads(receipt[1]) if receipt else {}
        for name in ("payment_id", "order_id", "rrn", "method") if is_contested else ():
            content.pop(name, None)
        return [*own, paise, placement, refunded, entries, receipt and receipt[0], content]

    def accounts(self) -> Any:
        """Return the ledger's accounts, and whether the receipts' numbers have a gap."""
        sums = self.raw.execute(
            "SELECT account, sum(amount_paise) FROM ledger_entries GROUP BY account ORDER BY 1"
        ).fetchall()
        numbers = self.raw.execute("SELECT count(*) - max(sequence) FROM receipts").fetchone()
        return [sums, list(numbers)]
