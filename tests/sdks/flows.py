"""Whole shops in a browser: Express with its webhook, React, and Django with two result pages.

Express and React load Checkout from `https://checkout.razorpay.com`, which the browser finds in the
sandbox; nothing else is changed in them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from desktop_app.sandbox.server import SandboxServer
from tests.sandbox.browser import Browser, missing_browser, until
from tests.sandbox.sandbox_client import SandboxClient

from .environments import NotInstalledError, without_proxies

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FRAME = "dialog iframe"


@contextmanager
def served(command: list[str], environment: dict[str, str]) -> Iterator[str]:
    """Run a shop until the block ends; yield its address."""
    shop = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        line = (shop.stdout.readline() if shop.stdout else "").strip()
        if not line.isdigit():
            raise AssertionError(f"{command[-1]} did not start: {line}")
        yield f"http://127.0.0.1:{line}"
    finally:
        shop.terminate()
        shop.wait(10)


def shop_environment(server: SandboxServer, **more: str) -> dict[str, str]:
    """Return the environment of a program that calls the sandbox."""
    keys = {"RAZORPAY_KEY_ID": server.key_id, "RAZORPAY_KEY_SECRET": server.key_secret}
    return {**without_proxies(), **keys, "RAZORPAY_URL": server.url, **more}


def as_razorpay(server: SandboxServer) -> tuple[str, ...]:
    """Return the flags of a Chromium that finds Razorpay's hosts in the sandbox."""
    with open(server.tls_address["ca"], "rb") as file:  # noqa: PTH123 - a text of a report
        key = x509.load_pem_x509_certificate(file.read()).public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pin = base64.b64encode(hashlib.sha256(spki).digest()).decode()
    place = server.url.removeprefix("http://")
    return (
        f"--host-resolver-rules=MAP *.razorpay.com {place}",
        f"--ignore-certificate-errors-spki-list={pin}",
    )


def pay(page: Browser, *presses: str) -> None:
    """Buy, choose netbanking, and press the bank's buttons."""
    page.press("#buy")
    page.enter_frame(FRAME)
    page.press("#method-netbanking")
    page.run("document.querySelector('#bank').value = 'HDFC'")
    page.press("#pay")
    for press in presses:
        page.press(press)
    page.leave_frame()


def express(page: Browser, shop: str, client: SandboxClient) -> None:
    """Fail, then pay, then look at the webhooks that the shop believed."""
    hook = {"url": f"{shop}/verification", "secret": "hush", "events": ["payment.captured"]}
    client.ok("POST", "/v1/webhooks", hook)
    page.go(shop)
    pay(page, "#not-pay", "#fail")
    page.see("Failed: payment_failed", "#told")
    page.enter_frame(FRAME)
    page.press("#pay")
    page.press("#approve")
    page.leave_frame()
    page.see("Verified pay_", "#told")
    (seen,) = until(lambda: _json(f"{shop}/seen"), "the webhook")
    assert seen == {"event": "payment.captured", "legit": True}


def react(page: Browser, shop: str, client: SandboxClient) -> None:
    """Pay in a page that loads Checkout by itself."""
    page.go(f"{shop}/react")
    page.see("Not enrolled", "#told")
    pay(page, "#approve")
    page.see("Enrolled", "#told")
    assert client.state()["orders"][-1]["status"] == "paid"


def django(page: Browser, shop: str, client: SandboxClient) -> None:
    """Pay with manual capture, then fail with a redirect."""
    for query, press, told in (
        ("", ["#approve"], "Payment successful"),
        ("?redirect=1", ["#not-pay", "#fail"], "Payment failed"),
    ):
        page.go(f"{shop}/{query}")
        page.press("#pay")
        page.enter_frame(FRAME)
        page.press("#pay")
        for button in press:
            page.press(button)
        page.leave_frame()
        page.see(told, "h1")
    statuses = [payment["status"] for payment in client.state()["payments"]]
    assert statuses[-2:] == ["captured", "failed"]


def _json(address: str) -> Any:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=10) as answer:
        return json.load(answer)


def run_flows(folder: Path, modules: Path, python: Path, here: Path) -> dict[str, str | None]:
    """Run every flow; return what went wrong with each, None where nothing did."""
    if (why := missing_browser()) is not None:
        raise NotInstalledError(why)
    with SandboxServer(tls_folder=folder / "authority") as server:
        client = SandboxClient(server)
        by_node = ["node", str(here / "express_app.js")]
        by_python = [str(python), str(here / "django_app.py")]
        environment = shop_environment(server, NODE_PATH=str(modules))
        with (
            served(by_node, environment) as in_node,
            served(by_python, environment) as in_python,
            Browser(folder / "profile", flags=as_razorpay(server)) as page,
        ):
            return {
                "Express in Chromium": _outcome(express, page, in_node, client),
                "React in Chromium": _outcome(react, page, in_node, client),
                "Django in Chromium": _outcome(django, page, in_python, client),
            }


def _outcome(flow: Any, page: Browser, shop: str, client: SandboxClient) -> str | None:
    try:
        flow(page, shop, client)
    except Exception as problem:  # noqa: BLE001 - every flow is reported
        return f"{type(problem).__name__}: {problem}; {page.complaints()}"
    return None
