"""One desk for the state machine: two courses (one with a single seat) and two students.

Knows what holds at all times and what holds once the network is restored; does nothing by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.conftest import TestClock

from .gateway_facts import captured_payments, count_references, refund_entities
from .ledger_audit import (
    BOOKED_SQL,
    DOUBLED,
    GATEWAY_BALANCE_SQL,
    HALF_WRITTEN,
    REFUNDED,
    REFUNDS_SQL,
    RETURNED,
    booked_payments,
)
from .rewindable_desk import RewindableDesk
from .virtual_gateway import VirtualGateway

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FAILED_REFUND = """
    (EXISTS (SELECT 1 FROM refunds r WHERE r.payment_uid = p.uid AND r.state = 'failed')
     AND EXISTS (SELECT 1 FROM dues d WHERE d.enrollment_uid = p.enrollment_uid
     AND d.state = 'cancelled'))
"""
"""A fee whose refund ended the enrolment and then failed: the payment is unapplied."""

PAYS_A_FEE = f"""
    (placement = 'applied' AND NOT {FAILED_REFUND}
     OR uid IN (SELECT l.payment_uid FROM late_decisions l JOIN dues d ON d.uid = l.due_uid
                WHERE d.state = 'paid'))
"""
"""A payment that pays a fee, from the start or by a decision of staff."""

PAID_IN_PARTS = """
    SELECT d.enrollment_uid FROM allocations a JOIN dues d ON d.uid = a.due_uid
    JOIN payments x ON x.uid = a.payment_uid WHERE x.placement = 'misfit'
"""
"""Enrolments that parts of payments paid: several payments may have one seat."""

IN_PARTS = f"""
    (placement = 'misfit' OR uid IN (SELECT a.payment_uid FROM allocations a
     JOIN dues d ON d.uid = a.due_uid WHERE d.enrollment_uid IN ({PAID_IN_PARTS})))
"""
"""Payments of such enrolments."""

REPLACED_CHECKS = ("a seat without a paid fee", "a paid fee without a seat")
"""Checks that ignore decisions and pending refunds; replaced here by counts."""

INVARIANTS: Mapping[str, str] = {
    **DOUBLED,
    **{words: sql for words, sql in HALF_WRITTEN.items() if words not in REPLACED_CHECKS},
    "more seats sold than there are": """
        SELECT 1 FROM courses c JOIN enrollments e ON e.course_uid = c.uid
        WHERE e.state = 'active' GROUP BY c.uid HAVING count(*) > c.seats""",
    "a live attempt for a paid fee": """
        SELECT 1 FROM attempts a JOIN dues d ON d.uid = a.due_uid WHERE d.state = 'paid'
        AND a.state IN ('intent','unknown','ordered','awaiting')""",
    "two codes shown and open for one due": """
        SELECT 1 FROM attempts WHERE is_remote_open = 1 AND qr_text IS NOT NULL
        GROUP BY due_uid HAVING count(*) > 1""",
    "more seats taken than fees kept": f"""
        SELECT 1 WHERE (SELECT count(*) FROM enrollments WHERE state = 'active'
            AND uid NOT IN ({PAID_IN_PARTS})) >
        (SELECT count(*) FROM payments p
            WHERE {RETURNED} < p.amount_paise AND {PAYS_A_FEE} AND NOT {IN_PARTS})""",
    "a fee kept without a seat": f"""
        SELECT 1 WHERE (SELECT count(*) FROM enrollments WHERE state = 'active'
            AND uid NOT IN ({PAID_IN_PARTS})) <
        (SELECT count(*) FROM payments p
            WHERE {REFUNDED} < p.amount_paise AND {PAYS_A_FEE} AND NOT {IN_PARTS})""",
}
VIOLATIONS_SQL = "\nUNION ALL ".join(
    f"SELECT '{words.replace(chr(39), chr(39) * 2)}' WHERE EXISTS ({sql})"
    for words, sql in INVARIANTS.items()
)


class StateMachineDesk(RewindableDesk):
    """A desk, its gateway and its clock, for one process."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.students = [self.services.student(f"R{n}") for n in range(2)]
        self.courses = [
            self.services.course(code, seats=seats) for code, seats in (("A", 1), ("B", None))
        ]
        self.record_state()

    def reset(self) -> None:
        """Restore the morning on which nothing has happened."""
        self.rewind(series=1)
        self.clock = TestClock()
        self.gateway = VirtualGateway(self.clock)
        self.restart()

    def rows(self, sql: str) -> list[Any]:
        """Return rows of the newest committed state."""
        return self.raw.execute(sql).fetchall()

    def _paise(self, sql: str) -> int:
        return int(self.rows(sql)[0][0])

    # --- what holds

    def check_invariants(self) -> None:
        """Check that nothing is duplicated, half-written or oversold. Raises AssertionError."""
        wrong = [row[0] for row in self.rows(VIOLATIONS_SQL)]
        assert not wrong, wrong
        repeated = [name for name, times in count_references(self.gateway).items() if times > 1]
        assert not repeated, f"made twice: {repeated}"
        assert self.gateway.excess_refunds == 0, "more refunds were requested than was paid"
        captured = captured_payments(self.gateway)
        for payment_id, paise, currency in self.rows(
            "SELECT payment_id, amount_paise, currency FROM payments WHERE payment_id IS NOT NULL"
        ):
            assert captured.get(payment_id, (0, 0))[0] == paise, (
                "booked with another amount than captured"
            )
            assert self.gateway.payments[payment_id].currency == currency

    def check_reconciled(self) -> None:
        """Restore the network, and check that a reconcile makes desk and gateway agree."""
        self.gateway.troubles.clear()
        self.gateway.next_trouble = None
        self.restart()
        self.clock.advance(60)
        assert self.services.polling.reconcile().is_complete, "the reconcile was incomplete"
        assert self.services.polling.reconcile().is_complete, (
            "captured in the first pass, noticed in this one"
        )
        self.check_invariants()
        booked = booked_payments(self.rows(BOOKED_SQL))
        assert booked == captured_payments(self.gateway), (
            "desk and gateway differ after a reconcile"
        )
        assert set(self.rows(REFUNDS_SQL)) == refund_entities(self.gateway), (
            "a refund is booked otherwise than the gateway has it"
        )
        theirs = sum(paid - back for paid, back in booked.values())
        held = self._paise(GATEWAY_BALANCE_SQL)
        assert held == theirs, "the ledger's balance differs from the gateway's"
        owed = self._paise(
            "SELECT -coalesce(sum(amount_paise), 0) FROM ledger_entries "
            "WHERE account IN ('to_return','foreign_to_return')"
        )
        waiting = sum(each.amount.paise for each in self.services.unapplied.held())
        assert owed == waiting, "the amount owed back is not what waits for a decision"
