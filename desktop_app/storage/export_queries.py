"""Queries of everything at once, by the contract's names: the ledger for scripts, exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop_app.domain.fees import format_rate
from desktop_app.domain.key_mode import LIVE_MODE
from desktop_app.domain.money import Money, format_decimal
from desktop_app.services.identity.book import KIND, TRAINING
from desktop_app.storage.payments.payment_queries import REFUNDED
from desktop_app.storage.payments.payment_totals import VERIFICATION
from desktop_app.storage.read_connections import TODAY, Queries

if TYPE_CHECKING:
    from collections.abc import Iterator

ENROLLMENTS = """
    SELECT e.uid AS id, s.roll_no AS student, e.course_code AS course, e.state,
           e.amount_paise AS amount
    FROM enrollments e JOIN students s ON s.uid = e.student_uid ORDER BY e.created_at
"""
ATTEMPTS = """
    SELECT uid AS id, enrollment_uid AS enrollment, method, state, amount_paise AS amount,
           reference AS receipt, order_id FROM attempts ORDER BY created_at
"""
PAYMENTS = f"""
    SELECT p.uid AS id, p.attempt_uid AS attempt, p.order_id, p.payment_id, p.rrn,
           p.amount_paise AS amount, p.is_late AS late, p.tender, p.placement,
           {VERIFICATION} AS verification, p.mode, p.currency, p.customer_fee_paise AS customer_fee,
           CASE {REFUNDED} WHEN 0 THEN 'captured'
                WHEN p.amount_paise THEN 'refunded' ELSE 'partly refunded' END AS state
    FROM payments p
    UNION ALL
    SELECT uid, NULL, order_id, payment_id, rrn, amount_paise, 1, 'gateway', 'unmatched',
           'verified', CASE
           WHEN EXISTS (SELECT 1 FROM settings WHERE key = '{KIND}' AND value = '{TRAINING}')
           THEN 'training' WHEN substr(key_id, 1, 8) = '{LIVE_MODE}' THEN 'live' ELSE 'test' END,
           currency, NULL,
           CASE state WHEN 'returned' THEN 'refunded' ELSE 'captured' END
    FROM strays WHERE state != 'placed'
"""
RECEIPTS = """
    SELECT r.uid AS id, r.number, p.payment_id, r.amount_paise AS amount, r.mode
    FROM receipts r LEFT JOIN payments p ON p.uid = r.payment_uid ORDER BY r.issued_at, r.number
"""
RECEIPT_LINES = """
    SELECT receipt_uid AS receipt, payment_uid AS payment, due_uid AS due, amount_paise AS amount
    FROM receipt_lines ORDER BY id
"""
ATTEMPT_DUES = "SELECT attempt_uid AS attempt, due_uid AS due FROM attempt_dues ORDER BY rowid"
DUES = """
    SELECT d.uid AS id, d.enrollment_uid AS enrollment, d.head_code AS head,
           d.instalment_no AS instalment, b.due_on, b.asked_paise AS amount,
           b.balance_paise AS balance, d.state
    FROM dues d JOIN due_balances b ON b.due_uid = d.uid ORDER BY d.created_at, d.sequence
"""
ALLOCATIONS = """
    SELECT uid AS id, payment_uid AS payment, due_uid AS due, amount_paise AS amount,
           taxable_paise AS taxable, cgst_paise AS cgst, sgst_paise AS sgst, igst_paise AS igst,
           reverses_uid AS reverses, from_credit AS credit
    FROM allocations ORDER BY rowid
"""
MOVEMENTS = """
    SELECT m.uid AS id, m.kind, m.source_kind AS source, m.source_uid AS source_id, m.at,
           coalesce(p.currency, 'INR') AS currency, e.account, e.amount_paise AS amount
    FROM movements m JOIN ledger_entries e ON e.movement_uid = m.uid
    LEFT JOIN payments p ON p.uid = e.payment_uid ORDER BY m.rowid, e.id
"""
REFUNDS = """
    SELECT f.uid AS id, f.refund_id, p.payment_id, f.amount_paise AS amount, p.currency, f.state,
           f.origin
    FROM refunds f JOIN payments p ON p.uid = f.payment_uid ORDER BY f.noticed_at
"""
LEDGER = {
    "enrollments": ENROLLMENTS,
    "attempts": ATTEMPTS,
    "payments": PAYMENTS,
    "receipts": RECEIPTS,
    "refunds": REFUNDS,
    "dues": DUES,
    "allocations": ALLOCATIONS,
    "movements": MOVEMENTS,
}
STUDENTS = """
    SELECT roll_no, name, phone, email, guardian_name, guardian_phone,
           coalesce(date_of_birth, '') AS date_of_birth, state FROM students ORDER BY roll_no
"""
COURSES = """
    SELECT code, title, batch, fee_paise, gst_bp, tax_inclusive, seats,
           coalesce(starts_on, '') AS starts_on, coalesce(ends_on, '') AS ends_on
    FROM courses WHERE withdrawn_at IS NULL ORDER BY code
"""
_PARTS = ", ".join(
    f"sum(paise) FILTER (WHERE verification = '{each}') AS {each}"
    for each in ("verified", "counted", "claimed", "in_clearing")
)
_SURENESS = f"""
    SELECT student_uid, {_PARTS} FROM (
        SELECT b.student_uid, a.amount_paise AS paise, {VERIFICATION} AS verification
        FROM allocations a
        JOIN due_balances b ON b.due_uid = a.due_uid AND b.state IN ('open', 'paid')
        LEFT JOIN credits c ON c.uid = a.from_credit
        LEFT JOIN payments p ON p.uid = coalesce(a.payment_uid, c.payment_uid))
    GROUP BY student_uid
"""
"""How sure the money is that pays the fees of each student."""
BALANCES = f"""
    SELECT s.roll_no, s.name, s.guardian_name, s.guardian_phone,
           coalesce(sum(b.asked_paise), 0) AS asked, coalesce(sum(b.paid_paise), 0) AS paid,
           coalesce(k.verified, 0) AS verified, coalesce(k.counted, 0) AS counted,
           coalesce(k.claimed, 0) AS claimed, coalesce(k.in_clearing, 0) AS in_clearing,
           coalesce(sum(b.balance_paise), 0) AS balance,
           coalesce(sum(b.balance_paise) FILTER (WHERE b.due_on < {TODAY}), 0) AS overdue,
           coalesce(min(b.due_on) FILTER (WHERE b.balance_paise > 0 AND b.due_on >= {TODAY}), '')
               AS next_due_on,
           coalesce((SELECT balance_paise FROM credit_balances c WHERE c.student_uid = s.uid), 0)
               AS credit
    FROM students s
    LEFT JOIN due_balances b ON b.student_uid = s.uid AND b.state IN ('open', 'paid')
    LEFT JOIN ({_SURENESS}) k ON k.student_uid = s.uid
    GROUP BY s.uid ORDER BY s.roll_no
"""
CONCESSIONS = """
    SELECT date(c.created_at, '+330 minutes') AS given_on, s.roll_no, s.name,
           e.course_code AS course, c.kind_code AS kind, coalesce(p.code, '') AS promo_code,
           c.listed_paise AS list_price, c.asked_paise AS asked, c.amount_paise AS given, c.reason,
           c.proof_note AS proof, EXISTS (
               SELECT 1 FROM concessions x WHERE x.reverses_uid = c.uid) AS taken_back
    FROM concessions c JOIN enrollments e ON e.uid = c.enrollment_uid
    JOIN students s ON s.uid = e.student_uid LEFT JOIN promo_codes p ON p.uid = c.promo_uid
    WHERE c.reverses_uid IS NULL ORDER BY c.created_at, c.rowid
"""
_MONEY = (
    "asked", "paid", "verified", "counted", "claimed", "in_clearing", "balance", "overdue",
    "credit", "list_price", "given",
)  # fmt: skip


class SqlExportQueries(Queries):
    """Queries of everything at once."""

    def ledger(self) -> dict[str, list[dict[str, Any]]]:
        """Return everything for `ledger --json`."""
        with self._connections.reading() as reading:
            found = {
                name: [row._asdict() for row in reading.execute(sql)]
                for name, sql in LEDGER.items()
            }
            lines = [row._asdict() for row in reading.execute(RECEIPT_LINES)]
            covered = [row._asdict() for row in reading.execute(ATTEMPT_DUES)]
        for payment in found["payments"]:
            payment["late"] = bool(payment["late"])
        _nest(found["receipts"], "lines", lines, "receipt")
        _nest(found["attempts"], "dues", covered, "attempt")
        for attempt in found["attempts"]:
            attempt["dues"] = [each["due"] for each in attempt["dues"]]
        return found | {"movements": _movements(found["movements"])}

    def students(self) -> Iterator[dict[str, Any]]:
        """Yield every student by the CSV contract's columns."""
        with self._connections.reading() as reading:
            for row in reading.execute(STUDENTS):
                yield row._asdict()

    def courses(self) -> Iterator[dict[str, Any]]:
        """Yield every course on offer by the CSV contract's columns."""
        with self._connections.reading() as reading:
            for row in reading.execute(COURSES):
                yield {
                    "code": row.code,
                    "title": row.title,
                    "batch": row.batch,
                    "fee": format_decimal(Money(row.fee_paise)),
                    "gst_rate": format_rate(row.gst_bp).removesuffix(" %"),
                    "tax_inclusive": "yes" if row.tax_inclusive else "no",
                    "seats": "" if row.seats is None else row.seats,
                    "starts_on": row.starts_on,
                    "ends_on": row.ends_on,
                }

    def balances(self) -> Iterator[dict[str, Any]]:
        """Yield every student with the sums of fees, and credit."""
        return self._in_rupees(BALANCES)

    def concessions(self) -> Iterator[dict[str, Any]]:
        """Yield every concession, oldest first; one that was taken back says so."""
        for row in self._in_rupees(CONCESSIONS):
            yield row | {"taken_back": "yes" if row["taken_back"] else "no"}

    def _in_rupees(self, sql: str) -> Iterator[dict[str, Any]]:
        with self._connections.reading() as reading:
            for row in reading.execute(sql):
                found = row._asdict()
                sums = {
                    name: format_decimal(Money(found[name])) for name in _MONEY if name in found
                }
                yield found | sums


def _nest(owners: list[dict[str, Any]], name: str, rows: list[dict[str, Any]], key: str) -> None:
    """Add the rows that name an owner to it."""
    by_owner: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_owner.setdefault(row.pop(key), []).append(row)
    for owner in owners:
        owner[name] = by_owner.get(owner["id"], [])


def _movements(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one object a movement, with its entries."""
    found: dict[str, dict[str, Any]] = {}
    for each in entries:
        entry = {"account": each.pop("account"), "amount": each.pop("amount")}
        found.setdefault(each["id"], each | {"entries": []})["entries"].append(entry)
    return list(found.values())
