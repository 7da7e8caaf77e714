"""A client of the sandbox's pages that reads them and submits forms, without a browser."""

from __future__ import annotations

import hashlib
import hmac
import html
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient

Json = dict[str, Any]
FORM = "application/x-www-form-urlencoded"

CARD = {"method": "card", "number": "4100 2800 0000 1007", "expiry": "12/30", "cvv": "123"}
MERCHANT = "http://127.0.0.1:4321"


class PageClient:
    """Reads pages and submits forms, as a browser without scripts."""

    def __init__(self, client: SandboxClient) -> None:
        self.client = client

    def read(self, path: str, status: int = 200) -> str:
        given, headers, body = self.client.send("GET", path)
        assert given == status, body
        if status == 200:
            check_policy(headers)
        return html.unescape(body.decode())

    def press(self, path: str, status: int = 303, /, **form: str) -> str:
        """Submit a form; return its redirect target, or the page with the error."""
        raw = urlencode(form).encode()
        given, headers, body = self.client.send(
            "POST", path, raw, Content_Type=FORM, Origin=self.client.server.url
        )
        assert given == status, body
        return headers["Location"] if status == 303 else html.unescape(body.decode())

    def open(self, link: Json) -> str:
        return str(link["short_url"]).removeprefix(self.client.server.url)

    def checkout(self, status: int = 303, origin: str = MERCHANT, **options: object) -> str:
        """Open Checkout as a merchant's page does; return its path, or the refusal page."""
        asked = {"key": self.client.server.key_id, **options}
        raw = urlencode({"options": json.dumps(asked)}).encode()
        given, headers, body = self.client.send(
            "POST", "/v1/checkout/public", raw, Content_Type=FORM, Origin=origin
        )
        assert given == status, body
        return headers["Location"] if status == 303 else html.unescape(body.decode())

    def fill_window(self, kind: str = "embedded", status: int = 303, **form: str) -> str:
        """Open embedded or hosted Checkout; return its path, or the refusal page."""
        raw = urlencode({"key_id": self.client.server.key_id, **form}).encode()
        given, headers, body = self.client.send(
            "POST", f"/v1/checkout/{kind}", raw, Content_Type=FORM, Origin=MERCHANT
        )
        assert given == status, body
        return headers["Location"] if status == 303 else html.unescape(body.decode())

    def leads(self, path: str) -> str:
        """Fetch a page that redirects; return the target."""
        status, headers, _ = self.client.send("GET", path)
        assert status == 303
        return str(headers["Location"])

    def read_json(self, path: str) -> Json:
        status, _, body = self.client.send("GET", path)
        assert status == 200
        answer: Json = json.loads(body)
        return answer

    def state_of(self, bank: str) -> str:
        key = bank.partition("/bank/")[2].partition("?")[0]
        return str(self.client.ok("GET", f"/v1/payments/pay_{key}")["status"])

    def latest(self) -> Json:
        latest: Json = self.client.state()["payments"][-1]
        return latest


def check_policy(headers: Json) -> None:
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def message(page: str) -> Json:
    """Return a page's message to the merchant's page."""
    found = re.search(r'data-message="(\{.*\})"', page)
    assert found is not None
    answer: Json = json.loads(found[1])
    return answer


def signed(client: SandboxClient, text: str) -> str:
    return hmac.new(client.server.key_secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def typed(page: str, to: str) -> dict[str, str]:
    """Return what a form of the page holds, as a browser would send it."""
    (form,) = re.findall(rf'action="{re.escape(to)}".*?</form>', page, re.DOTALL)
    found = dict(re.findall(r'<input id="[^"]*" name="([^"]+)"[^>]*? value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea id="[^"]*" name="([^"]+)"[^>]*>([^<]*)<', form))
    for name, options in re.findall(
        r'<select id="[^"]*" name="([^"]+)">(.*?)</select>', form, re.S
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        assert chosen is not None, name
        found[name] = chosen[1]
    ticked = re.findall(r'type="checkbox" id="[^"]*" name="([^"]+)" checked', form)
    return found | dict.fromkeys(ticked, "on")
