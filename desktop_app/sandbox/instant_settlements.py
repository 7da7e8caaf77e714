"""`/v1/settlements/ondemand`: money paid out before its settlement is due, for a fee.

What is paid out is deducted from the settlements that follow. Must not settle anything else;
settlement_job.py does. Rules: razorpay.com/docs/api/settlements/instant.
"""

from __future__ import annotations

from .account import ONLINE
from .entities import InstantSettlement
from .entity_json import Json, collection, instant_settlement_json
from .errors import bad_request
from .sandbox_context import Resource, Route, page_slice
from .validation import Call, boolean, check_fields, integer, notes, page_query, required, text

FIELDS = ("amount", "settle_full_balance", "description", "notes")
MIN_AMOUNT_PAISE = 100
MAX_DESCRIPTION = 30
PAYOUTS = "ondemand_payouts"
NO_BALANCE = "Insufficient balance for the instant settlement."


class InstantSettlementsResource(Resource):
    """The resource's calls."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        base = "/v1/settlements/ondemand"
        return [
            Route("POST", base, self.create),
            Route("GET", base, self.list),
            Route("GET", f"{base}/<id>", self.fetch),
        ]

    def create(self, call: Call) -> Json:
        """Pay out an amount, or all that is not settled yet."""
        body, now = call.body, self._context.now()
        check_fields(body, FIELDS)
        everything = boolean(body, "settle_full_balance") or False
        amount = self._amount(body, everything=everything)
        fee = (amount + 200) // 400
        tax = (fee * 18 + 50) // 100
        ids = self._context.store.ids
        made = InstantSettlement(
            id=ids.new("setlod"),
            created_at=now,
            amount=amount,
            fees=fee + tax,
            tax=tax,
            settle_full_balance=everything,
            description=text(body, "description", MAX_DESCRIPTION),
            notes=notes(body),
            payout_id=ids.new("setlodp"),
        )
        self._context.store.add(made)
        self._context.account.move(ONLINE, -amount)
        return instant_settlement_json(made, payouts=True)

    def _amount(self, body: Json, *, everything: bool) -> int:
        unsettled = self._context.timers.unsettled_paise()
        amount = unsettled if everything else int(required(integer(body, "amount"), "amount"))
        if amount < MIN_AMOUNT_PAISE and not everything:
            raise bad_request("The amount must be at least INR 1.00", "amount")
        if not MIN_AMOUNT_PAISE <= amount <= unsettled:
            raise bad_request(NO_BALANCE, "amount")
        return amount

    def list(self, call: Call) -> Json:
        """Return a page of instant settlements, newest first."""
        asked = page_query(call)
        table = self._context.store.instant_settlements
        found = page_slice(table.newest_first(asked.start, asked.end), asked)
        return collection(self._shown(made, call) for made in found)

    def fetch(self, call: Call) -> Json:
        """Return an instant settlement."""
        return self._shown(self._context.instant_settlement(call.path["id"]), call)

    @staticmethod
    def _shown(made: InstantSettlement, call: Call) -> Json:
        return instant_settlement_json(made, payouts=PAYOUTS in call.expands())
