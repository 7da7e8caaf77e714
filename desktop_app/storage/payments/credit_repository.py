"""Credit of students inside a transaction: rows are only added; a trigger keeps the balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.gone_credit import CreditMove, gone_credit
from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import ZERO, Money
from desktop_app.storage.mapping import columns_of
from desktop_app.storage.repository import SqlRepository

if TYPE_CHECKING:
    from desktop_app.services.ports.tender_records import CreditRecord

OPENING = "opening:"
"""Begins the reason of credit that was brought in, before its head."""
MOVED = "moved"
"""The reason of both rows where credit was moved to a brother or sister."""
BALANCE = "SELECT balance_paise FROM credit_balances WHERE student_uid = :uid"
_OF_PAYMENT = """
    SELECT student_uid, sum(amount_paise) AS paise FROM credits WHERE payment_uid = :uid
    GROUP BY student_uid ORDER BY min(rowid)
"""
_MOVED_FROM = f"""
    SELECT t.student_uid, -sum(g.amount_paise) AS paise FROM credits g
    JOIN credits t ON t.movement_uid = g.movement_uid AND t.student_uid != g.student_uid
    WHERE g.student_uid = :uid AND g.reason = '{MOVED}'
    GROUP BY t.student_uid HAVING sum(g.amount_paise) < 0 ORDER BY max(g.rowid) DESC
"""
_WHO = """
    WITH RECURSIVE who(uid) AS (
        SELECT :uid
        UNION SELECT o.student_uid FROM who w JOIN credits c ON c.student_uid = w.uid
              JOIN credits o ON o.movement_uid = c.movement_uid)
"""
"""A student with those whose credit was moved there."""
_PAYMENTS = f"""
    {_WHO}
    SELECT DISTINCT p.uid, p.amount_paise, p.mode, coalesce((SELECT sum(x.deducted_paise)
        FROM disputes x WHERE x.payment_uid = p.uid), 0) AS deducted_paise
    FROM who w JOIN credits c ON c.student_uid = w.uid JOIN payments p ON p.uid = c.payment_uid
"""
_MOVES = f"""
    {_WHO}
    SELECT c.student_uid, c.movement_uid, c.amount_paise, c.payment_uid,
        c.reason = '{MOVED}' AS is_moved, c.reason LIKE '{OPENING}%' AS is_opening
    FROM who w JOIN credits c ON c.student_uid = w.uid ORDER BY c.rowid
"""
_HAS_OPENING = "SELECT 1 FROM credits WHERE student_uid = :uid AND reason = :reason"


class SqlCreditRepository(SqlRepository):
    """Credit of students, in one transaction."""

    def add(self, credit: CreditRecord) -> None:
        """Add a row. Raises sqlite3.IntegrityError where more is used than there is."""
        self._add_sealed("credits", columns_of(credit))

    def balance(self, student_uid: str) -> Money:
        """Return the credit of a student."""
        return Money(int(self._scalar(BALANCE, uid=student_uid) or 0))

    def of_payment(self, payment_uid: str) -> dict[str, Money]:
        """Return what a payment brought as credit, less what went back with it, by student."""
        rows = self._all(_OF_PAYMENT, uid=payment_uid)
        return {row.student_uid: Money(row.paise) for row in rows}

    def moved_from(self, student_uid: str) -> tuple[tuple[str, Money], ...]:
        """Return to whom credit of a student was moved, less what came back, the latest first."""
        rows = self._all(_MOVED_FROM, uid=student_uid)
        return tuple((row.student_uid, Money(row.paise)) for row in rows)

    def gone(self, student_uid: str, *, is_test_money_gone: bool) -> Money:
        """Return how much of a student's credit is of money that lost disputes took."""
        gone = {}
        for row in self._all(_PAYMENTS, uid=student_uid):
            is_test = is_test_money_gone and row.mode == MoneyMode.TEST
            paise = row.amount_paise if is_test else row.deducted_paise
            if paise > 0:
                gone[row.uid] = Money(paise)
        if not gone:
            return ZERO
        moves = (
            CreditMove(
                row.student_uid, row.movement_uid, Money(row.amount_paise), row.payment_uid,
                bool(row.is_moved), bool(row.is_opening),
            )
            for row in self._all(_MOVES, uid=student_uid)
        )  # fmt: skip
        return gone_credit(moves, gone).get(student_uid, ZERO)

    def has_test_money(self, student_uid: str) -> bool:
        """Return whether test keys brought credit to a student, or to one who moved some there."""
        return any(row.mode == MoneyMode.TEST for row in self._all(_PAYMENTS, uid=student_uid))

    def has_opening(self, student_uid: str, head: str) -> bool:
        """Return whether an opening balance of a head was brought in for a student."""
        return bool(self._scalar(_HAS_OPENING, uid=student_uid, reason=f"{OPENING}{head}"))
