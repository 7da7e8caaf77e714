"""`/v1/settlements` and `/v1/settlements/recon/combined`: payouts to the merchant's bank.

Must not settle anything; settlement_job.py does. Rules: razorpay.com/docs/api/settlements.
"""

from __future__ import annotations

import calendar
import itertools
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

from .banking_days import start_of
from .entities import Adjustment, Dispute, InstantSettlement, Payment, Refund
from .entity_json import Json, collection, settlement_json
from .errors import bad_request
from .sandbox_context import Resource, Route
from .settlement_items import SettlementItem, fee_deducted, net_paise, tax_deducted
from .validation import Call, check_fields, count_and_skip, query_int

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .entities import Settlement

MAX_ROWS = 1000
FIRST_YEAR, LAST_YEAR = 2000, 2100
RECON_FIELDS = ("year", "month", "day", "count", "skip")


class SettlementsResource(Resource):
    """The resources' calls."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("GET", "/v1/settlements", self.list),
            Route("GET", "/v1/settlements/recon/combined", self.recon),
            Route("GET", "/v1/settlements/<id>", self.fetch),
        ]

    def list(self, call: Call) -> Json:
        """Return a page of settlements, newest first."""
        return self._list(call, self._context.store.settlements, settlement_json)

    def fetch(self, call: Call) -> Json:
        """Return a settlement."""
        return settlement_json(self._context.settlement(call.path["id"]))

    def recon(self, call: Call) -> Json:
        """Return the items settled on a day or in a month."""
        check_fields((key for key, _ in call.query), RECON_FIELDS)
        first, last = _period(call)
        count, skip = count_and_skip(call, MAX_ROWS)
        rows = self._rows(start_of(first), start_of(last + timedelta(days=1)) - 1)
        return collection(itertools.islice(rows, skip, skip + count))

    def _rows(self, start: int, end: int) -> Iterator[Json]:
        for settlement in self._context.store.settlements.newest_first():
            settled_at = _settled_at(settlement)
            if settled_at is None or not start <= settled_at <= end:
                continue
            for key in _shown_items(settlement, self._context.now() - settled_at):
                item = self._context.store.find(key)
                if isinstance(item, SettlementItem):
                    yield self._row(item, settlement)

    def _row(self, item: SettlementItem, settlement: Settlement) -> Json:
        store = self._context.store
        source = getattr(item, "payment_id", None)
        payment = item if isinstance(item, Payment) else store.payments.get(source or "")
        order = None if payment is None else self._context.lifecycle.order_of(payment)
        card = (payment.card if payment else None) or {}
        net = net_paise(item)
        row = {
            "entity_id": item.id,
            "type": "payment",
            "debit": max(-net, 0),
            "credit": max(net, 0),
            "amount": abs(net),
            "currency": "INR",
            "fee": 0,
            "tax": 0,
            "on_hold": False,
            "settled": True,
            "created_at": item.created_at,
            "settled_at": _settled_at(settlement),
            "settlement_id": settlement.id,
            "posted_at": None,
            "credit_type": "default",
            "description": None,
            "notes": None,
            "payment_id": source,
            "settlement_utr": settlement.utr,
            "order_id": None if order is None else order.id,
            "order_receipt": None if order is None else order.receipt,
            "method": None if payment is None else payment.method,
            "card_network": card.get("network"),
            "card_issuer": card.get("issuer"),
            "card_type": card.get("type"),
            "dispute_id": None,
        }
        if isinstance(item, Dispute | Adjustment):
            del row["credit_type"]
        return {**row, **_own(item)}


def _settled_at(settlement: Settlement) -> int | None:
    """Return when the bank took a settlement; None while it did not."""
    if settlement.status != "processed":
        return None
    # Those of an older state file were processed as they were made.
    return settlement.processed_at or settlement.created_at


def _shown_items(settlement: Settlement, age_s: int) -> tuple[str, ...]:
    """Return the items in the report by now: the second half may come later."""
    is_whole = age_s >= settlement.recon_delay_s
    return settlement.items if is_whole else settlement.items[: len(settlement.items) // 2]


def _own(item: SettlementItem) -> Json:
    """Return the fields that differ by the item's kind."""
    if isinstance(item, Payment):
        return {
            "amount": item.amount,
            "fee": fee_deducted(item),
            "tax": tax_deducted(item),
            "description": item.description,
            "notes": json.dumps(item.notes or {}),
        }
    if isinstance(item, Refund):
        return {"type": "refund", "notes": json.dumps(item.notes or {})}
    if isinstance(item, InstantSettlement):
        return {"type": "adjustment", "description": f"Instant settlement {item.id}"}
    if isinstance(item, Adjustment):
        return {"type": "adjustment", "description": item.description, "settlement_utr": None}
    absent = "payment_id order_id order_receipt method card_network card_issuer card_type"
    return {
        "type": "adjustment",
        "entity_id": item.adjustment_id,
        "description": f"Debit for dispute {item.id}",
        **dict.fromkeys(absent.split()),
        "dispute_id": item.id,
    }


def _period(call: Call) -> tuple[date, date]:
    year, month, day = (query_int(call, name) for name in ("year", "month", "day"))
    if year is None:
        raise bad_request("The year field is required.", "year")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise bad_request("The year is not a valid year.", "year")
    if month is None:
        raise bad_request("The month field is required.", "month")
    if month not in range(1, 13):
        raise bad_request("The month is not a valid month.", "month")
    last = calendar.monthrange(year, month)[1]
    if day is None:
        return date(year, month, 1), date(year, month, last)
    if day not in range(1, last + 1):
        raise bad_request("The day is not a valid day.", "day")
    return date(year, month, day), date(year, month, day)
