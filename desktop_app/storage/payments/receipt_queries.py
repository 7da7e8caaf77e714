"""Queries of receipts, as they were issued."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from desktop_app.domain.fees import QuoteLine
from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method, Placement
from desktop_app.domain.tender import AWAITING_BANK, NEVER_CAME, Verification
from desktop_app.services.views.centre import CentreView
from desktop_app.services.views.receipts import BalanceLeft, ReceiptTender, ReceiptView, TypedProof
from desktop_app.storage.mapping import read_instant
from desktop_app.storage.payments.payment_totals import VERIFICATION
from desktop_app.storage.read_connections import Queries

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINES = "FROM receipt_lines l WHERE l.receipt_uid = r.uid"
_OF_REFUNDS = f"FROM refunds f WHERE f.payment_uid IN (SELECT l.payment_uid {_LINES})"
_SHARE = f"""(SELECT min(r.amount_paise, coalesce(CASE WHEN count(*) THEN
        -sum(CASE WHEN a.due_uid IN (SELECT l.due_uid {_LINES}) THEN a.amount_paise ELSE 0 END)
        END, f.amount_paise))
    FROM movements m JOIN allocations a ON a.movement_uid = m.uid
    WHERE m.source_uid = f.uid AND m.kind = 'refund')"""
"""How much of a refund `f` is of a receipt `r` beside others of its payment: what was taken back of
its dues. All of it where none was taken, or it is only asked for."""


def _refunds(states: str) -> str:
    """Return the SQL of what was refunded of a receipt, in some states.

    Where a payment has one receipt, what that does not show goes back first.
    """
    of = f"{_OF_REFUNDS} AND f.state IN ({states})"
    return f"""CASE WHEN r.payment_uid IS NULL THEN (SELECT coalesce(sum({_SHARE}), 0) {of})
        ELSE max(0, r.amount_paise - p.amount_paise
                 + (SELECT coalesce(sum(f.amount_paise), 0) {of})) END"""


_TYPED = f"(SELECT l.payment_uid {_LINES} ORDER BY l.id LIMIT 1)"
RECEIPT = f"""
    SELECT r.*, (SELECT count(*) FROM receipt_prints x
                 WHERE x.receipt_uid = r.uid AND x.paper NOT LIKE 'pdf-%') AS prints,
    {_refunds("'processed'")} AS refunded,
    {_refunds("'intent', 'unknown'")} AS refund_asked,
    {_refunds("'pending'")} AS refund_sent,
    (SELECT CASE f.state WHEN 'failed' THEN
         CASE WHEN r.payment_uid IS NULL THEN {_SHARE} ELSE f.amount_paise END END {_OF_REFUNDS}
     AND f.state != 'rejected'
     ORDER BY f.noticed_at DESC, f.uid DESC LIMIT 1) AS refund_failed,
    (SELECT {VERIFICATION} FROM payments p WHERE p.uid = {_TYPED}) AS verification,
    x.bank, x.dated_on, x.tendered_paise, x.change_paise
    FROM receipts r LEFT JOIN payments p ON p.uid = r.payment_uid
    LEFT JOIN payment_evidence x ON x.payment_uid = {_TYPED}
"""
BY_UID = f"{RECEIPT} WHERE r.uid = :uid"
LATEST = f"{RECEIPT} ORDER BY r.issued_at DESC LIMIT 1"
MODE_OF = "SELECT mode FROM receipts WHERE number = :number"
OF_ATTEMPT = f"""
    {RECEIPT} WHERE r.uid = (
        SELECT l.receipt_uid FROM payments p JOIN receipt_lines l ON l.payment_uid = p.uid
        WHERE p.attempt_uid = :uid ORDER BY p.recorded_at, l.id LIMIT 1)
"""


OF_TENDERS = f"""
    SELECT p.uid, p.amount_paise, {VERIFICATION} AS verification,
    x.bank, x.dated_on, x.tendered_paise, x.change_paise
    FROM payments p LEFT JOIN payment_evidence x ON x.payment_uid = p.uid
    WHERE p.uid IN (SELECT l.payment_uid FROM receipt_lines l WHERE l.receipt_uid = :uid)
"""


class SqlReceiptQueries(Queries):
    """Queries of receipts."""

    def get(self, uid: str) -> ReceiptView | None:
        """Return a receipt."""
        return self._read(BY_UID, uid=uid)

    def _read(self, sql: str, **values: str) -> ReceiptView | None:
        row = self._first(sql, **values)
        if row is None:
            return None
        content = json.loads(row.content)
        found = _receipt_of(row, content)
        if "tenders" not in content:
            return found
        facts = {each.uid: each for each in self._all(OF_TENDERS, uid=row.uid)}
        tenders = tuple(_tender_of(each, facts[each["payment"]]) for each in content["tenders"])
        return replace(found, tenders=tenders, verification=None, proof=None)

    def of_attempt(self, attempt_uid: str) -> ReceiptView | None:
        """Return the receipt of an attempt's payment, the first of several."""
        return self._read(OF_ATTEMPT, uid=attempt_uid)

    def latest(self) -> ReceiptView | None:
        """Return the receipt issued last."""
        return self._read(LATEST)

    def mode_of(self, number: str) -> MoneyMode | None:
        """Return the mode of the money of a receipt by its number; None for an unknown one."""
        mode = self._scalar(MODE_OF, number=number)
        return MoneyMode(mode) if mode else None


_AS_ISSUED = (
    "student_name roll_no guardian_name student_state course_code course_label sac words gst_rate "
    "payment_id order_id rrn is_training"
).split()
"""Fields kept in a receipt's content under the same name."""
_OLD_NAMES = {"due": Placement.APPLIED}
"""Placements as receipts of earlier versions name them."""


def _receipt_of(row: Any, content: Mapping[str, Any]) -> ReceiptView:
    return ReceiptView(
        uid=row.uid,
        number=row.number,
        issued_at=read_instant(row.issued_at),
        centre=CentreView(**content["centre"]),
        desk_id=row.desk_id,
        **{name: content[name] for name in _AS_ISSUED},
        lines=tuple(
            QuoteLine(label, Money(paise), *more) for label, paise, *more in content["lines"]
        ),
        amount=Money(row.amount_paise),
        method=Method(content["method"]),
        placement=_OLD_NAMES.get(content["placement"]) or Placement(content["placement"]),
        prints=row.prints,
        refunded=_maybe(row.refunded),
        refund_asked=_maybe(row.refund_asked),
        refund_sent=_maybe(row.refund_sent),
        refund_failed=_maybe(row.refund_failed),
        is_test=(content.get("mode") or row.mode) == MoneyMode.TEST,
        taxable=Money(content["taxable"]) if "taxable" in content else None,
        left=_left_of(content) if "balance" in content else None,
        verification=_unsure(row.verification),
        proof=_proof_of(row, is_whole=row.payment_uid is not None),
    )


def _tender_of(tender: Mapping[str, Any], facts: Any) -> ReceiptTender:
    """Return a tender as it was issued, with how sure its money is now."""
    return ReceiptTender(
        method=Method(tender["method"]),
        amount=Money(tender["amount"]),
        payment_id=tender["payment_id"],
        rrn=tender["rrn"],
        on=date.fromisoformat(tender["on"]) if tender["on"] else None,
        verification=_unsure(facts.verification),
        proof=_proof_of(facts, is_whole=facts.amount_paise == tender["amount"]),
    )


def _left_of(content: Mapping[str, Any]) -> BalanceLeft:
    following = content.get("next_on")
    return BalanceLeft(
        Money(content["balance"]),
        Money(content["due_now"]),
        date.fromisoformat(following) if following else None,
        Money(content["next"]) if following else None,
    )


def _unsure(text: str | None) -> Verification | None:
    """Return how sure money is that the bank has not shown, or that never came."""
    found = Verification(text) if text else None
    return found if found in AWAITING_BANK | NEVER_CAME else None


def _proof_of(row: Any, *, is_whole: bool) -> TypedProof | None:
    """Return what was typed; cash tendered is shown where the receipt is of all of it."""
    if row.bank is None:
        return None
    return TypedProof(
        row.bank,
        date.fromisoformat(row.dated_on) if row.dated_on else None,
        _maybe(row.tendered_paise) if is_whole else None,
        _maybe(row.change_paise) if is_whole else None,
    )


def _maybe(paise: int | None) -> Money | None:
    return Money(paise) if paise else None
