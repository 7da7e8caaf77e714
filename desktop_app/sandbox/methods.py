"""`GET /v1/methods`: the payment methods of the account.

Must not change anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .payment_instruments import BANKS, WALLETS
from .sandbox_context import Resource, Route

if TYPE_CHECKING:
    from .entity_json import Json
    from .validation import Call


class MethodsResource(Resource):
    """The resources' calls."""

    def routes(self) -> list[Route]:
        """Return the routes; the Python SDK fetches the methods without `/v1`."""
        return [Route("GET", "/v1/methods", self.methods), Route("GET", "/methods", self.methods)]

    def methods(self, call: Call) -> Json:
        """Return the account's payment methods."""
        del call
        return {
            "entity": "methods",
            "card": True,
            "debit_card": True,
            "credit_card": True,
            "prepaid_card": True,
            "card_networks": {"AMEX": 0, "DICL": 0, "MC": 1, "MAES": 0, "VISA": 1, "RUPAY": 1},
            "amex": False,
            "netbanking": dict(BANKS),
            "wallet": dict.fromkeys(WALLETS, True),
            "emi": False,
            "upi": True,
            "upi_intent": self._context.account.features["s2s"],
            "cardless_emi": [],
            "paylater": [],
            "recurring": {},
        }
