"""Small reads about the account: payment methods, and downtimes (there are none).

Must not change anything.
"""

from __future__ import annotations

from .context import Box, Route
from .errors import unknown_id
from .shapes import Json, collection
from .validation import Call, known_id


class Reads:
    """The resources."""

    def __init__(self, box: Box) -> None:
        self._box = box

    def routes(self) -> list[Route]:
        """Name the calls; the Python SDK asks for the methods without `/v1`."""
        return [
            Route("GET", "/v1/methods", self.methods),
            Route("GET", "/methods", self.methods),
            Route("GET", "/v1/payments/downtimes", self.downtimes),
            Route("GET", "/v1/payments/downtimes/<id>", self.downtime),
        ]

    def methods(self, call: Call) -> Json:
        """Say that UPI is the only method."""
        del call
        return {
            "entity": "methods",
            "card": False,
            "debit_card": False,
            "credit_card": False,
            "netbanking": [],
            "wallet": [],
            "emi": False,
            "upi": True,
            "upi_intent": self._box.account.features["s2s"],
        }

    def downtimes(self, call: Call) -> Json:
        """Say that nothing is down."""
        del call
        return collection([])

    def downtime(self, call: Call) -> Json:
        """Refuse: nothing is down."""
        known_id(call.path["id"], "down")
        raise unknown_id()
