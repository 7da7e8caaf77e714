"""`GET /v1/methods` and `/v1/preferences`: what Checkout may offer on this account.

Both answer to the key id alone, as a page in a browser asks them. Must not change anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .account import PLATFORM
from .payment_instruments import BANKS, WALLETS
from .sandbox_context import Resource, Route

if TYPE_CHECKING:
    from .entity_json import Json
    from .validation import Call


class MethodsResource(Resource):
    """The resources' calls."""

    def routes(self) -> list[Route]:
        """Return the routes; the Python SDK fetches the methods without `/v1`."""
        return [
            Route("GET", "/v1/methods", self.methods, public=True),
            Route("GET", "/methods", self.methods, public=True),
            Route("GET", "/v1/preferences", self.preferences, public=True),
        ]

    def preferences(self, call: Call) -> Json:
        """Return what Checkout asks for before it opens."""
        is_payers = self._context.account.fee_bearer != PLATFORM
        return {
            "options": {"theme": {"color": None}, "image": None, "remember_customer": False},
            "fee_bearer": is_payers,
            "version": 1,
            "language": "en",
            "mode": "test" if self._context.key_id.startswith("rzp_test_") else "live",
            "magic": False,
            "blocked": False,
            "activated": True,
            "merchant_currency": "INR",
            "merchant_country": "IN",
            "features": {},
            "methods": self.methods(call),
        }

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
