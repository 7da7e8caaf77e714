"""Queries of payments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from desktop_app.domain.key_mode import LIVE_MODE
from desktop_app.domain.money import Money
from desktop_app.domain.payment import mask_vpa
from desktop_app.domain.tender import NEVER_CAME, Method, Verification
from desktop_app.domain.text import clean_line
from desktop_app.services.identity.book import LEFT
from desktop_app.services.views.identity import TrialCounts
from desktop_app.services.views.payments import (
    IssuedReceipt,
    PaidPart,
    PaymentEvent,
    PaymentFilter,
    PaymentIds,
    PaymentOutcome,
    PaymentPage,
    PaymentRow,
    PaymentTotals,
)
from desktop_app.storage.enrolment.student_queries import matching
from desktop_app.storage.mapping import instant, record_of
from desktop_app.storage.payments.payment_history import steps_of
from desktop_app.storage.payments.payment_totals import (
    BANKED,
    IS_UNCOUNTED,
    VERIFICATION,
    between,
    kind_of,
    totals_of,
    unsure_of,
)
from desktop_app.storage.read_connections import Queries

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from desktop_app.domain.refund import RefundState
    from desktop_app.storage.read_connections import ReadConnection

REFUNDED = """(SELECT coalesce(sum(f.amount_paise), 0) FROM refunds f
    WHERE f.payment_uid = p.uid AND f.state NOT IN ('failed', 'rejected'))"""
"""How much of a payment `p` was refunded or is being refunded, in paise."""
_RETURNED = """(SELECT coalesce(sum(f.amount_paise), 0) FROM refunds f
    WHERE f.payment_uid = p.uid AND f.state IN ('pending', 'processed'))"""
"""How much of a payment `p` the gateway has agreed to refund, or refunded, in paise."""
_LEFT = f"""p.amount_paise > {REFUNDED} + (
    SELECT coalesce(sum(x.deducted_paise), 0) FROM disputes x WHERE x.payment_uid = p.uid)"""
NEWEST = """k.number = (
    SELECT max(n.number) FROM late_decisions n WHERE n.payment_uid = k.payment_uid)"""
"""Whether a decision `k` is the newest about its payment."""
_OWED = """(SELECT coalesce(-sum(l.amount_paise), 0) FROM ledger_entries l
    WHERE l.payment_uid = p.uid AND l.account IN ('to_return','foreign_to_return'))"""
"""How much of a payment `p` is owed to the payer, in paise."""
_ASKED = """(SELECT coalesce(sum(f.amount_paise), 0) FROM refunds f
    WHERE f.payment_uid = p.uid AND f.state IN ('intent', 'unknown'))"""
"""How much of a payment `p` is asked to be refunded and not posted yet, in paise."""
CAME_BACK = f"""EXISTS (SELECT 1 FROM refunds f WHERE f.payment_uid = p.uid AND f.state = 'failed')
    AND {_LEFT} AND {_OWED} > {_ASKED}"""
"""Its refund failed at the bank after its fee had been cancelled: it is held again.

A payment that the gateway returned before the first look never paid a fee.
"""


def _of_several(column: str, otherwise: str) -> str:
    """Return the SQL of a name of a payment `p`; each name once where it is for several dues."""
    return f"""CASE WHEN p.enrollment_uid IS NOT NULL THEN {otherwise} ELSE coalesce((
        SELECT group_concat(word, ', ') FROM (
            SELECT {column} AS word FROM attempt_dues t JOIN dues u ON u.uid = t.due_uid
            JOIN enrollments g ON g.uid = u.enrollment_uid
            JOIN students q ON q.uid = g.student_uid
            WHERE t.attempt_uid = p.attempt_uid GROUP BY word ORDER BY min(t.rowid))),
        {otherwise}) END"""


_REFUND_STATE = """(SELECT CASE WHEN sum(f.state IN ('intent', 'unknown')) THEN 'asked'
    WHEN sum(f.state = 'pending') THEN 'sent' ELSE '' END
    FROM refunds f WHERE f.payment_uid = p.uid)"""
"""The refund of a payment `p` that is furthest from its end."""

COLUMNS = f"""
    p.uid, p.recorded_at AS at, p.amount_paise, p.currency, p.method, p.mode, p.is_late,
    p.placement, p.payment_id, p.rrn,
    {_of_several("q.name", "s.name")} AS student_name,
    {_of_several("q.roll_no", "s.roll_no")} AS roll_no,
    {_of_several("g.course_label", "e.course_label")} AS course_label,
    r.number AS receipt_no, r.uid AS receipt_uid, coalesce(k.decision, '') AS decision,
    {VERIFICATION} AS verification, {REFUNDED} AS refunded_paise,
    {CAME_BACK} AS came_back, {_REFUND_STATE} AS refund_state
"""
JOINED = f"""
    JOIN students s ON s.uid = p.student_uid
    LEFT JOIN enrollments e ON e.uid = p.enrollment_uid
    LEFT JOIN receipts r ON r.uid = (SELECT z.receipt_uid FROM receipt_lines z
        WHERE z.payment_uid = p.uid ORDER BY z.id LIMIT 1)
    LEFT JOIN late_decisions k ON k.payment_uid = p.uid AND {NEWEST}
"""
MOST_STUDENTS = 200


def listed(inner: str) -> str:
    """Return the list query around one that picks and orders rowids of payments."""
    return (
        f"SELECT {COLUMNS} FROM ({inner}) AS picked "
        f"CROSS JOIN payments p ON p.rowid = picked.at_row {JOINED} "
        "ORDER BY p.recorded_at DESC, p.rowid DESC"
    )


ENDS = """
    SELECT coalesce((SELECT min(rowid) FROM payments), 1),
           coalesce((SELECT max(rowid) FROM payments), 0)
"""
"""Payments are never deleted, so the ends give their count."""
PICK_ALL = """
    SELECT rowid AS at_row FROM payments WHERE rowid <= :newest ORDER BY rowid DESC LIMIT :limit
"""
PICK_SINCE = """
    SELECT rowid AS at_row FROM payments WHERE recorded_at >= :since AND recorded_at < :until
    ORDER BY recorded_at DESC, rowid DESC LIMIT :limit OFFSET :offset
"""
_NEVER_CAME = ", ".join(f"'{each.value}'" for each in sorted(NEVER_CAME))
_CAME = f"""NOT EXISTS (
    SELECT 1 FROM verification_changes v WHERE v.payment_uid = payments.uid
    AND v.verification IN ({_NEVER_CAME}))"""
"""Whether the money of a payment was not taken back: claims and cheques end there."""
_SUMS = """
    SELECT count(*), coalesce(sum(amount_paise), 0) - (
        SELECT coalesce(sum(amount_paise), 0) FROM payments INDEXED BY ix_payments_currency
        WHERE currency != 'INR' AND recorded_at >= :since AND recorded_at < :until AND {which}
    ) - (
        SELECT coalesce(sum(amount_paise), 0) FROM (
            SELECT DISTINCT payment_uid FROM verification_changes
            WHERE verification IN ({never_came})) AS gone
        CROSS JOIN payments ON payments.uid = gone.payment_uid
        WHERE NOT ({uncounted}) AND recorded_at >= :since AND recorded_at < :until AND {which}
    ), (
        SELECT coalesce(sum(amount_paise), 0) FROM payments INDEXED BY ix_payments_mode
        WHERE {uncounted} AND recorded_at >= :since AND recorded_at < :until AND {which})
    FROM payments WHERE recorded_at >= :since AND recorded_at < :until AND {which}
"""
"""Count, rupees, and what of them is not counted.

Other currencies, other modes and what never came are summed by themselves: a filter would read
every row of a million, not an index.
"""


def _sums(which: str) -> str:
    """Return the query that sums the payments of a condition."""
    return _SUMS.format(uncounted=IS_UNCOUNTED, which=which, never_came=_NEVER_CAME)


SUM_ALL = _sums("true")
_FOUND = """
    SELECT rowid FROM payments WHERE rrn = :text
     UNION SELECT rowid FROM payments WHERE payment_id = :text
     UNION SELECT p.rowid FROM receipts r JOIN receipt_lines l ON l.receipt_uid = r.uid
           JOIN payments p ON p.uid = l.payment_uid WHERE r.number >= :low AND r.number < :high
     UNION SELECT rowid FROM payments
           WHERE student_uid IN (SELECT value FROM json_each(:students))
     UNION SELECT p.rowid FROM due_balances b JOIN attempt_dues t ON t.due_uid = b.due_uid
           JOIN payments p ON p.attempt_uid = t.attempt_uid
           WHERE b.student_uid IN (SELECT value FROM json_each(:students))
"""
HELD = f"""
    SELECT p.rowid FROM payments p WHERE p.uid IN (
        SELECT payment_uid FROM ledger_entries INDEXED BY ix_ledger_entries_to_return
        WHERE account IN ('to_return','foreign_to_return')
        GROUP BY payment_uid HAVING sum(amount_paise) < 0)
    AND {_OWED} > {_ASKED} AND {_LEFT} AND NOT EXISTS (
        SELECT 1 FROM late_decisions k WHERE k.payment_uid = p.uid AND k.decision = '{LEFT}')
"""
"""The rows of payments of which something is owed to the payer, and nobody decided yet."""
_BANKED = ", ".join(f"'{each}'" for each in BANKED)


def _in_state(*verifications: str) -> str:
    """Return the query of the rows of payments that the bank left in these states."""
    named = ", ".join(f"'{each}'" for each in verifications)
    return (
        f"SELECT p.rowid FROM payments p WHERE p.method IN ({_BANKED}) "
        f"AND {VERIFICATION} IN ({named})"
    )


STATES = {
    "late": "SELECT rowid FROM payments WHERE is_late = 1",
    "held": HELD,
    "refunded": """
        SELECT p.rowid FROM refunds f JOIN payments p ON p.uid = f.payment_uid
        WHERE f.state NOT IN ('failed', 'rejected')
        UNION SELECT rowid FROM payments WHERE placement = 'returned'
    """,
    "test": "SELECT rowid FROM payments WHERE mode != 'live'",
    "claimed": _in_state("claimed"),
    "in_clearing": _in_state("in_clearing"),
    "never_came": _in_state("reversed", "bounced"),
}
"""The rows of payments by the state of a filter."""
_OF_HEAD = """
    SELECT payments.rowid WHERE EXISTS (
        SELECT 1 FROM allocations a JOIN dues d ON d.uid = a.due_uid
        WHERE a.payment_uid = payments.uid AND d.head_code = :head)
"""
"""The row of a payment of which something pays a due of a fee head."""
_NARROWED = """
    FROM payments WHERE rowid IN {rows}
    AND +recorded_at >= :since AND +recorded_at < :until
    AND (:any OR +method IN (SELECT value FROM json_each(:methods)))
"""
_NARROWED_SUMS = f"""count(*),
    coalesce(sum({{amount}}) FILTER (WHERE currency = 'INR' AND {{came}}), 0),
    coalesce(sum({{amount}}) FILTER (WHERE {IS_UNCOUNTED} AND {{came}}), 0)
"""
_FOR_HEAD = """(
    SELECT sum(a.amount_paise) FROM allocations a JOIN dues d ON d.uid = a.due_uid
    WHERE a.payment_uid = payments.uid AND d.head_code = :head)"""
"""How much of a payment pays dues of a fee head, in paise."""


def _narrowed(rows: list[str], which: PaymentFilter) -> tuple[str, str]:
    """Return the queries that pick and sum the payments which are in every set of rows.

    What never came is in no sum but its own; of a fee head the sum is what pays it.
    """
    of = _NARROWED.format(rows=" AND rowid IN ".join(f"({each})" for each in rows))
    is_own = which.state == "never_came"
    sums = _NARROWED_SUMS.format(
        amount=_FOR_HEAD if which.head and not is_own else "amount_paise",
        came="true" if is_own else _CAME,
    )
    return (
        f"SELECT rowid AS at_row {of} ORDER BY +recorded_at DESC LIMIT :limit OFFSET :offset",
        f"SELECT {sums} {of}",
    )


HIGHEST = "\U0010ffff"


def _pick_methods(methods: tuple[str, ...]) -> str:
    parts = " UNION ALL ".join(
        f"SELECT * FROM (SELECT rowid AS at_row, recorded_at FROM payments "
        f"WHERE method = '{method}' AND recorded_at >= :since AND recorded_at < :until "
        "ORDER BY recorded_at DESC LIMIT :reach)"
        for method in methods
    )
    return f"SELECT at_row FROM ({parts}) ORDER BY recorded_at DESC LIMIT :limit OFFSET :offset"


def _sum_methods(methods: tuple[str, ...]) -> str:
    names = ", ".join(f"'{method}'" for method in methods)
    return _sums(f"method IN ({names})")


PICK_CLUES = f"""
    SELECT p.rowid AS at_row FROM payments p JOIN students s ON s.uid = p.student_uid
    WHERE p.recorded_at >= :since AND {VERIFICATION} NOT IN ('claimed', 'reversed', 'bounced')
    AND (:utr = '' OR p.rrn LIKE '%' || :utr) AND (:vpa = '' OR p.vpa_masked = :vpa)
    AND (:phone = '' OR :phone IN (s.phone, s.guardian_phone) OR EXISTS (
        SELECT 1 FROM attempt_dues t JOIN due_balances b ON b.due_uid = t.due_uid
        JOIN students q ON q.uid = b.student_uid
        WHERE t.attempt_uid = p.attempt_uid AND :phone IN (q.phone, q.guardian_phone)))
    AND (:paise = 0 OR p.amount_paise = :paise)
    ORDER BY p.recorded_at DESC LIMIT 10
"""
PICK_POSTED = """
    SELECT rowid AS at_row FROM payments
    WHERE payment_id IN (SELECT value FROM json_each(:ids))
"""
IS_KNOWN = """
    SELECT 1 FROM payments WHERE payment_id = :id UNION SELECT 1 FROM strays WHERE payment_id = :id
"""
HAS_LIVE = f"""
    SELECT 1 FROM payments WHERE mode = 'live'
    UNION ALL SELECT 1 FROM strays WHERE substr(key_id, 1, 8) = '{LIVE_MODE}' LIMIT 1
"""
TRIAL = f"""
    SELECT (SELECT count(*) FROM enrollments) AS enrollments,
        (SELECT count(*) FROM payments WHERE mode != 'live') AS payments,
        (SELECT count(*) FROM receipts WHERE mode != 'live') AS receipts,
        (SELECT count(*) FROM attempts WHERE key_id != '' AND sent = 1
         AND substr(key_id, 1, 8) != '{LIVE_MODE}') AS attempts
"""
HAS_REFUND = "SELECT 1 FROM refunds WHERE refund_id = :id AND state = :state"
RECEIPTS_OF = """
    WITH own AS (
        SELECT r.uid, r.issued_at FROM payments p JOIN receipt_lines l ON l.payment_uid = p.uid
        JOIN receipts r ON r.uid = l.receipt_uid WHERE p.attempt_uid = :attempt
    ), of_bill AS (
        SELECT r.uid, r.issued_at FROM bill_tenders t JOIN bill_tenders o ON o.bill_uid = t.bill_uid
        JOIN payments p ON p.attempt_uid = o.attempt_uid
        JOIN receipt_lines l ON l.payment_uid = p.uid JOIN receipts r ON r.uid = l.receipt_uid
        WHERE t.attempt_uid = :attempt
    )
    SELECT r.uid, r.number, s.roll_no, r.amount_paise, 0 AS is_printed FROM receipts r
    JOIN receipt_lines l ON l.id = (SELECT min(id) FROM receipt_lines WHERE receipt_uid = r.uid)
    JOIN payments p ON p.uid = l.payment_uid
    JOIN students s ON s.uid = coalesce(r.student_uid, p.student_uid)
    WHERE r.uid IN (
        SELECT uid FROM own
        UNION SELECT uid FROM of_bill WHERE issued_at IN (SELECT issued_at FROM own)
        UNION SELECT uid FROM of_bill WHERE NOT EXISTS (SELECT 1 FROM own) AND issued_at = (
            SELECT min(issued_at) FROM of_bill
            WHERE issued_at >= (SELECT created_at FROM attempts WHERE uid = :attempt)))
    ORDER BY r.issued_at, r.number
"""
"""The receipts of an attempt's payment, with the others of its sitting; of credit those alone."""
IDS_OF = """
    SELECT order_id, payment_id, rrn FROM payments WHERE attempt_uid = :attempt
    ORDER BY recorded_at LIMIT 1
"""
PARTS_OF = """
    SELECT due_uid, sum(amount_paise) AS amount_paise FROM allocations WHERE uid IN (
        SELECT a.uid FROM payments p JOIN allocations a ON a.payment_uid = p.uid
        WHERE p.attempt_uid = :attempt
        UNION SELECT a.uid FROM movements m JOIN allocations a ON a.movement_uid = m.uid
        WHERE m.source_uid = :attempt)
    GROUP BY due_uid HAVING sum(amount_paise) > 0 ORDER BY min(rowid)
"""
"""The dues that the payment of an attempt pays, or credit did."""
PAID_AS = f"""
    SELECT p.amount_paise, {VERIFICATION} AS verification,
        coalesce(x.change_paise, 0) AS change_paise,
        coalesce((SELECT sum(c.amount_paise) FROM credits c WHERE c.payment_uid = p.uid), 0)
            AS credit_paise
    FROM payments p LEFT JOIN payment_evidence x ON x.payment_uid = p.uid
    WHERE p.attempt_uid = :attempt ORDER BY p.recorded_at LIMIT 1
"""
"""How sure the payment of an attempt is now, the change given and what became credit."""
IS_POSTED = f"""
    SELECT 1 FROM payments p
    WHERE p.payment_id = :id AND {_RETURNED} = min(:refunded, p.amount_paise)
"""
"""Refunds beyond the amount are the gateway's fee, which the payer had borne."""


class SqlPaymentQueries(Queries):
    """Queries of payments."""

    def page(
        self, which: PaymentFilter, offset: int, limit: int, *, summed: bool = True
    ) -> PaymentPage:
        """Return a page, newest first, with the count of all that match, and their sum."""
        with self._connections.reading() as reading:
            if which == PaymentFilter():
                return _page_of_all(reading, offset, limit, summed=summed)
            return _page_of(reading, which, offset, limit)

    def recent(self, limit: int) -> tuple[PaymentRow, ...]:
        """Return the newest payments, newest first."""
        return self.page(PaymentFilter(), 0, limit, summed=False).rows

    def totals(self, since: datetime | None, until: datetime | None) -> PaymentTotals:
        """Return the sums of what was recorded from one instant until before another."""
        with self._connections.reading() as reading:
            return totals_of(reading, since, until)

    def steps(self, payment_uid: str) -> tuple[PaymentEvent, ...]:
        """Return the steps in the life of a payment, oldest first."""
        with self._connections.reading() as reading:
            return steps_of(reading, payment_uid)

    def matching(
        self, *, utr: str, vpa: str, phone: str, amount: Money | None, since: datetime
    ) -> tuple[PaymentRow, ...]:
        """Return payments recorded since then that match every clue, newest first; ten at most."""
        rows = self._all(
            listed(PICK_CLUES),
            utr=utr,
            vpa=mask_vpa(vpa) or "",
            phone=phone,
            paise=amount.paise if amount else 0,
            since=instant(since),
        )
        return tuple(_row_of(row) for row in rows)

    def posted(self, payment_ids: Iterable[str]) -> tuple[PaymentRow, ...]:
        """Return the payments that are recorded of some of the gateway's, newest first."""
        rows = self._all(listed(PICK_POSTED), ids=json.dumps(list(payment_ids)))
        return tuple(_row_of(row) for row in rows)

    def is_posted(self, payment_id: str, refunded_paise: int) -> bool:
        """Return whether a payment is posted with exactly this much of it refunded.

        What was only asked for does not count: the gateway may not know of it.
        """
        return bool(self._scalar(IS_POSTED, id=payment_id, refunded=refunded_paise))

    def has_live_money(self) -> bool:
        """Return whether any real money was ever recorded, cash included."""
        return bool(self._scalar(HAS_LIVE))

    def trial(self) -> TrialCounts:
        """Return what was tried with test keys, and how many enrolments there are."""
        return record_of(TrialCounts, self._first(TRIAL))

    def is_known(self, payment_id: str) -> bool:
        """Return whether a payment of the gateway is posted, or held without its fee."""
        return bool(self._scalar(IS_KNOWN, id=payment_id))

    def ids_of(self, attempt_uid: str) -> PaymentIds | None:
        """Return what the gateway and the bank call an attempt's payment, the first of several."""
        row = self._first(IDS_OF, attempt=attempt_uid)
        return None if row is None else PaymentIds(row.order_id, row.payment_id, row.rrn)

    def outcome_of(self, attempt_uid: str) -> PaymentOutcome:
        """Return the receipts of a paid attempt, and the dues that its money pays."""
        values = {"attempt": attempt_uid}
        with self._connections.reading() as reading:
            receipts = reading.execute(RECEIPTS_OF, values).all()
            parts = reading.execute(PARTS_OF, values).all()
            paid = reading.execute(PAID_AS, values).first()
        return PaymentOutcome(
            tuple(record_of(IssuedReceipt, row) for row in receipts),
            tuple(record_of(PaidPart, row) for row in parts),
            Verification(paid.verification) if paid else None,
            Money(paid.change_paise if paid else 0),
            Money(paid.credit_paise if paid else 0),
            Money(paid.amount_paise) if paid else None,
        )

    def has_refund(self, refund_id: str, state: RefundState) -> bool:
        """Return whether a refund is posted by the gateway's id, in exactly this state."""
        return bool(self._scalar(HAS_REFUND, id=refund_id, state=state.value))


def _methods_of(kind: str) -> tuple[str, ...]:
    """Return the methods of a filter's kind; none where it lets all pass."""
    return tuple(each.value for each in Method if kind_of(each) == kind)


def _page_of(reading: ReadConnection, which: PaymentFilter, offset: int, limit: int) -> PaymentPage:
    methods = _methods_of(which.method)
    values: dict[str, Any] = {"limit": limit, "offset": offset, **between(which.since, which.until)}
    wanted = clean_line(which.text)
    rows = [STATES[which.state]] if which.state else []
    if which.head:
        rows.append(_OF_HEAD)
        values["head"] = which.head
    if wanted:
        rows.insert(0, _FOUND)
        values |= _candidates(reading, wanted)
    if rows:
        values |= {"methods": json.dumps(methods), "any": int(not methods)}
        pick, sums = _narrowed(rows, which)
    elif methods:
        values["reach"] = limit + offset
        pick, sums = _pick_methods(methods), _sum_methods(methods)
    else:
        pick, sums = PICK_SINCE, SUM_ALL
    found = tuple(_row_of(row) for row in reading.execute(listed(pick), values))
    page = _summed(reading, found, sums, values)
    if offset or not (rows or {*methods} & {*BANKED}):
        return page
    amount = _FOR_HEAD.replace("payments.", "p.") if which.head else "p.amount_paise"
    return page._replace(unsure=unsure_of(reading, pick, amount, values))


def _page_of_all(reading: ReadConnection, offset: int, limit: int, *, summed: bool) -> PaymentPage:
    """Return a page of all payments by rowid: the last of a million as fast as the first."""
    first, newest = reading.execute(ENDS).one()
    total = int(newest) - int(first) + 1
    found = reading.execute(listed(PICK_ALL), {"newest": int(newest) - offset, "limit": limit})
    rows = tuple(_row_of(row) for row in found)
    if not summed:
        return PaymentPage(rows, total, None)
    return _summed(reading, rows, SUM_ALL, between(None, None))


def _summed(
    reading: ReadConnection, rows: tuple[PaymentRow, ...], sums: str, values: dict[str, Any]
) -> PaymentPage:
    """Return a page with the sums of all that match."""
    count, paise, uncounted = reading.execute(sums, values).one()
    return PaymentPage(rows, int(count), Money(int(paise - uncounted)), Money(int(uncounted)))


def _candidates(reading: ReadConnection, text: str) -> dict[str, Any]:
    """Return what a text may be: a UTR, a payment id, the start of a receipt number, a student."""
    students = [hit.uid for hit in matching(reading, text, MOST_STUDENTS)]
    upper = text.upper()
    return {
        "text": text, "low": upper, "high": upper + HIGHEST, "students": json.dumps(students),
    }  # fmt: skip


def _row_of(row: Any) -> PaymentRow:
    refunded, amount = row.refunded_paise, row.amount_paise
    state = "captured" if not refunded else "refunded" if refunded >= amount else "partly refunded"
    return record_of(PaymentRow, row, state=state)
