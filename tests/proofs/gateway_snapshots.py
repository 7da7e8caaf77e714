"""A world of snapshots: everything that the gateway ever showed of ten fees, to be shown again.

The fees are collected and paid once on the fake gateway, and each thing's looks are kept. `show`
lets the real use-cases see one of them, as if it were how things stand now.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.services.payments.status_check import Looking

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
    """One look that there was: at an attempt's order, code or link, or at a payment's refunds.

    Attributes:
        key: the order, code, link or payment.
        told: (fee, payment's status, paise) for the control, which believes notifications.
    """

    key: str
    attempt: str | None
    answer: Any
    notifications: tuple[tuple[str, str, int], ...]


class SnapshotGateway(VirtualGateway):
    """Answers with the snapshot that is up; capturing is left to the snapshots."""

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
        if self.current is None or self.current.key != payment_id:
            return super().refunds_of(payment_id)
        refunds: tuple[RefundFact, ...] = self.current.answer
        return refunds

    def capture(self, payment_id: str, amount: Money) -> PaymentFact:
        if self.current is None:
            return super().capture(payment_id, amount)
        return self.payments[payment_id]


class SnapshotReplay(RewindableDesk):
    """Ten fees, everything the gateway showed of them, and a desk to show it to."""

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
        """Ten fees asked for, given up where their story says so.

        Only the last is paid already: the desk has asked for a part of it back.
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
                begun = self.services.collecting.begin(student, self._course, method)
                made.append(self.services.collecting.open(begun.uid).uid)
            self._attempts_of_fee.append(made)
        for number in (1, 2, 6):
            self.services.collecting.expire(self._attempts_of_fee[number][0])
        for made in self._attempts_of_fee:
            for uid in made:
                self.attempts[uid] = self._store.reader.attempt(uid)[0]
        self.refunded = self._pay(self._attempts_of_fee[9][0], "success")
        self.services.collecting.look()
        self.gateway.refund_status = "pending"
        self.services.refunding.refund(self.refunded, PART, "scholarship")
        self.dues = list(dict.fromkeys(each.due_uid for each in self.attempts.values()))
        self.contested = {self.dues[7]}

    def _record_snapshots(self) -> None:
        """Let the gateway live through all that happens, and keep a snapshot at each turn."""
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
        """Keep how each thing looks now, unless it looks as before."""
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
            (attempt.due_uid, each.status, each.amount_refunded_paise) for each in payments
        )
        return RecordedSnapshot(attempt.remote_id or uid, uid, answer, notifications)

    # --- showing it again

    def reset(self) -> None:
        """Put the desk back to when nothing was paid."""
        self.rewind(series=2)
        self.restart()
        self._looking = Looking(self.services.context, self.services.line)

    def show(self, shown: RecordedSnapshot) -> None:
        """Let the use-cases see one snapshot, as the attempt stands at the desk by now."""
        self.gateway.current = shown
        if shown.attempt is None:
            self.services.refunding.follow()
        else:
            attempt = self._store.reader.attempt(shown.attempt)[0]
            self._looking.look_at([attempt])
        self.gateway.current = None

    # --- what the desk made of it

    def books_of_due(self, due_uid: str) -> Any:
        """Everything the desk holds of a fee, without ids and times of noticing.

        Of money that went back in full only the sums: where the desk saw it while it was here,
        there is a receipt and an enrolment that ended; where it only saw it gone, neither.
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
        """The ledger's accounts, and whether the receipts' numbers have a gap."""
        sums = self.raw.execute(
            "SELECT account, sum(amount_paise) FROM ledger_entries GROUP BY account ORDER BY 1"
        ).fetchall()
        numbers = self.raw.execute("SELECT count(*) - max(sequence) FROM receipts").fetchone()
        return [sums, list(numbers)]
