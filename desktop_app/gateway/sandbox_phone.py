"""The parent's phone in training: uses the sandbox's control API, never Razorpay."""

from __future__ import annotations

from typing import Any

import requests

from desktop_app.domain.money import Money
from desktop_app.gateway.errors import WireError
from desktop_app.gateway.strict_json import parse_object
from desktop_app.services.errors import RejectedError, UnavailableError
from desktop_app.services.views.payments import PhoneSees

TIMEOUT_S = (3.05, 10.0)
VPA = "parent@okaxis"


class SandboxPhone:
    """The port `ParentPhone` for a sandbox at a loopback address."""

    def __init__(self, base_url: str, token: str | None = None) -> None:
        self._base_url = base_url
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    def scan(self, qr_text: str) -> PhoneSees:
        """Return what a phone shows for a QR."""
        seen = self._post("scan", {"qr": qr_text})
        amount = seen.get("amount")
        return PhoneSees(
            is_payable=seen.get("payable") is True,
            payee=str(seen.get("payee") or ""),
            amount=Money(amount) if type(amount) is int else None,
            note=str(seen.get("note") or ""),
            reason=str(seen.get("reason") or ""),
        )

    def pay(self, qr_text: str, outcome: str = "success", after_s: int = 0) -> None:
        """Pay a QR with a simulated outcome; a paid one once more, as a second parent would."""
        action = {"vpa": VPA, "outcome": outcome, "after_s": after_s, "again": True}
        self._post("pay", {"qr": qr_text, **action})

    def _post(self, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        with requests.Session() as session:
            session.trust_env = False
            try:
                answer = session.post(
                    f"{self._base_url}/_sandbox/upi/{verb}",
                    json=body,
                    headers=self._headers,
                    timeout=TIMEOUT_S,
                )
                found = parse_object(answer.content)
            except (requests.RequestException, WireError) as error:
                raise UnavailableError("the sandbox does not answer") from error
        if answer.status_code != requests.codes.ok:
            raise RejectedError(str(found.get("error", "the phone cannot do this")))
        return found
