"""What the account can be paid with: `GET /v1/methods`.

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
    """The resources."""

    def routes(self) -> list[Route]:
        """Name the calls; the Python SDK asks for the methods without `/v1`."""
        return [
            Route("GET", "/v1/methods", self.methods),
            Route("GET", "/methods", self.methods),
        ]

    def methods(self, call: Call) -> Json:
        """Say what the account can be paid with."""
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
