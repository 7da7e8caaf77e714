"""One desk for the state machine: two children of a family, and courses, one with a single seat.

Knows what holds at all times and what holds once the network is restored; does nothing by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop_app.domain.money import Money
from tests.clock import TestClock

from .crash_flows import FAMILY_PHONE
from .fee_invariants import FEE_INVARIANTS, check_statement
from .fee_setup import set_up_fees
from .gateway_facts import captured_payments, count_references, refund_entities
from .ledger_audit import (
    BOOKED_SQL,
    DOUBLED,
    GATEWAY_BALANCE_SQL,
    HALF_WRITTEN,
    NOT_ALLOCATED,
    REFUNDED,
    REFUNDS_SQL,
    RETURNED,
    booked_payments,
)
from .proof_desk import FEE
from .rewindable_desk import RewindableDesk
from .virtual_gateway import VirtualGateway

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BOOKS = Money(200_050)

INVARIANTS: Mapping[str, str] = {
    **DOUBLED,
    **HALF_WRITTEN,
    "more seats sold than there are": """
        SELECT 1 FROM courses c JOIN enrollments e ON e.course_uid = c.uid
        WHERE e.state = 'active' GROUP BY c.uid HAVING count(*) > c.seats""",
    "a live attempt for a paid fee": """
        SELECT 1 FROM attempt_dues t JOIN dues d ON d.uid = t.due_uid
        WHERE d.state = 'paid' AND t.is_live = 1""",
    "a live attempt for more than is open": """
        SELECT 1 FROM attempt_dues t JOIN due_balances b ON b.due_uid = t.due_uid
        WHERE t.is_live = 1 AND t.amount_paise > b.balance_paise""",
    "two codes shown and open for one due": """
        SELECT 1 FROM attempts a JOIN attempt_dues t ON t.attempt_uid = a.uid
        WHERE a.is_remote_open = 1 AND a.qr_text IS NOT NULL
        GROUP BY t.due_uid HAVING count(*) > 1""",
    "money that came and is in no list": f"""
        SELECT 1 FROM payments p WHERE p.amount_paise - {RETURNED} != (
            SELECT coalesce(sum(a.amount_paise), 0) FROM allocations a
            WHERE a.payment_uid = p.uid) - (
            SELECT coalesce(sum(l.amount_paise), 0) FROM ledger_entries l
            WHERE l.payment_uid = p.uid AND l.account IN ('to_return','foreign_to_return','credit'))
        AND NOT EXISTS (SELECT 1 FROM verification_changes v WHERE v.payment_uid = p.uid
            AND v.verification IN ('reversed','bounced'))""",
    **FEE_INVARIANTS,
}
VIOLATIONS_SQL = "\nUNION ALL ".join(
    f"SELECT '{words.replace(chr(39), chr(39) * 2)}' WHERE EXISTS ({sql})"
    for words, sql in INVARIANTS.items()
)


class StateMachineDesk(RewindableDesk):
    """A desk, its gateway and its clock, for one process."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        with self.services.context.store.writing() as work:
            work.put_setting("centre.gstin", "08AAPFU0939F1ZV")
            work.commit()
        self.restart()
        self.students = [self.services.student(f"R{n}", FAMILY_PHONE) for n in range(2)]
        self.courses = [
            self.services.course(code, fee=fee, seats=seats)
            for code, fee, seats in (("A", FEE, 1), ("B", FEE, None), ("C", BOOKS, None))
        ]
        self.plan_course, *self.other_courses = set_up_fees(self.services)
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
        assert self.services.store.reader.balances.differences() == ()
        assert self.services.store.reader.balances.unlisted() == ()
        for student in self.students:
            check_statement(self.services, self.raw, student)
        theirs = sum(paid - back for paid, back in booked.values())
        held = self._paise(GATEWAY_BALANCE_SQL)
        assert held == theirs, "the ledger's balance differs from the gateway's"
        owed = self._paise(
            "SELECT -coalesce(sum(amount_paise), 0) FROM ledger_entries "
            "WHERE account IN ('to_return','foreign_to_return')"
        )
        waiting = sum(
            self._paise(
                f"SELECT {NOT_ALLOCATED} - {REFUNDED} - (SELECT coalesce(sum(c.amount_paise), 0) "
                "FROM credits c WHERE c.payment_uid = p.uid) "
                f"FROM payments p WHERE uid = '{each.uid}'"
            )
            for each in self.services.unapplied.held()
        )
        assert owed == waiting, "the amount owed back is not what waits for a decision"
