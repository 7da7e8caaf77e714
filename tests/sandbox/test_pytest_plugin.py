"""The pytest plugin and its helpers, as the tests of a merchant use them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desktop_app.sandbox.testing import RazorpaySandbox, SandboxRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.sandbox.server import SandboxServer

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
GROUP, NAME = "pytest11", "razorpay_sandbox"
PLUGIN = "desktop_app.sandbox.pytest_plugin"

USED = """
import hashlib
import hmac

import pytest

SEEN = []


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_an_account_to_itself(razorpay_sandbox, turn):
    SEEN.append(razorpay_sandbox)
    assert len({each.key_id for each in SEEN}) == turn
    assert len({each.url for each in SEEN}) == 1
    assert razorpay_sandbox.state()["orders"] == []
    razorpay_sandbox.order()
    razorpay_sandbox.faults.add("status_500", "/v1/refunds")
    razorpay_sandbox.clock.advance(90 * 86400)


def test_the_sdk_pays_and_refunds(razorpay_sandbox):
    client = razorpay_sandbox.client()
    order = client.order.create({"amount": 50000, "currency": "INR"})
    payment = razorpay_sandbox.pay(order, method="card")
    assert client.utility.verify_payment_signature(razorpay_sandbox.checkout_answer(payment))
    refund = razorpay_sandbox.refund(payment, 100)
    razorpay_sandbox.clock.advance(7200)
    assert client.refund.fetch(refund["id"])["status"] == "processed"
    assert len(razorpay_sandbox.requests("POST", "/v1/orders")) == 1


def test_webhooks_are_received_and_verified(razorpay_sandbox):
    hooks = razorpay_sandbox.webhooks
    hooks.listen("payment.captured")
    hooks.answer_with(500)
    payment = razorpay_sandbox.pay(razorpay_sandbox.order())
    assert hooks.wait_for("payment.captured").entity("payment")["id"] == payment["id"]
    while hooks.deliveries("waiting")[0]["tries"] == []:
        pass
    razorpay_sandbox.clock.advance(60)
    got = hooks.wait_for("payment.captured", count=2)
    assert hmac.new(hooks.secret.encode(), got.body, hashlib.sha256).hexdigest() == got.signature
    assert len({each.event_id for each in hooks.received}) == 1


@pytest.mark.razorpay_sandbox(seed=7, now="2026-04-01T10:00", key_id="rzp_test_Mine")
def test_an_account_begins_as_the_marker_wants(razorpay_sandbox):
    assert razorpay_sandbox.key_id == "rzp_test_Mine"
    assert razorpay_sandbox.order()["created_at"] == 1775017800


def test_a_failing_test_says_what_was_refused(razorpay_sandbox):
    razorpay_sandbox.call("POST", "/v1/orders", {"amount": 1})
"""

UNUSED = """
import sys

def test_nothing_is_imported_for_a_test_without_the_fixture():
    assert not {"flask", "jinja2", "desktop_app.sandbox.server"} & set(sys.modules)
"""


def test_the_small_distribution_registers_it_and_the_program_does_not() -> None:
    """pytest rewrites every module of a distribution that registers a plugin, as it loads it."""
    small = tomllib.loads((ROOT / "resources/sandbox/pyproject.toml").read_text("utf-8"))
    named = {NAME: "razorpay_sandbox.pytest_plugin"}
    assert small["project"]["entry-points"][GROUP] == named
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert GROUP not in whole["project"].get("entry-points", {})


def test_tests_of_a_merchant_use_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # a merchant has other plugins
    pytester.makepyfile(test_before=UNUSED, test_used=USED)
    found = pytester.runpytest_subprocess("-p", PLUGIN, "--strict-markers", "-v")
    found.assert_outcomes(passed=6, failed=1)
    found.stdout.fnmatch_lines(
        [
            "test_before.py::test_nothing_is_imported_* PASSED*",
            "test_used.py::test_each_test_*1* PASSED*",
            "*SandboxRefusedError: POST /v1/orders answered 400:*less than minimum*",
        ]
    )


def test_a_running_sandbox_can_be_used(server: SandboxServer, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        f"def test_it(razorpay_sandbox):\n    assert razorpay_sandbox.url == {server.url!r}\n"
        "    assert razorpay_sandbox.order()['status'] == 'created'\n"
    )
    options = ("-p", PLUGIN, "-p", "no:xdist", "--razorpay-sandbox", f"{server.url}/")
    pytester.runpytest_inprocess(*options).assert_outcomes(passed=1)
    with RazorpaySandbox.account(server.url) as sandbox:
        assert sandbox.control("GET", "accounts")["count"] == 2
        assert sandbox.control("GET", "/_sandbox/accounts")["count"] == 2


@pytest.fixture
def sandbox(running: SandboxServer) -> Iterator[RazorpaySandbox]:
    with RazorpaySandbox.account(running.url) as made:
        yield made


def test_whatever_can_be_paid_is_paid(sandbox: RazorpaySandbox) -> None:
    link = sandbox.call("POST", "/v1/payment_links", {"amount": 500, "currency": "INR"})
    qr = sandbox.call(
        "POST",
        "/v1/payments/qr_codes",
        {"type": "upi_qr", "usage": "single_use", "fixed_amount": True, "payment_amount": 300},
    )
    order = sandbox.order(700)
    for what in (link, qr, order):
        assert sandbox.pay(what)["status"] == "captured"
    assert sandbox.pay(sandbox.order()["id"], "failure")["status"] == "failed"
    with pytest.raises(SandboxRefusedError, match="nothing that a payer could pay"):
        sandbox.pay({"id": "cust_x"})
    with pytest.raises(SandboxRefusedError) as refused:
        sandbox.pay(order)
    assert (refused.value.status, refused.value.answer["error"]["reason"]) == (
        400,
        "order_already_paid",
    )


def test_clock_faults_and_snapshots_have_a_word_each(sandbox: RazorpaySandbox) -> None:
    sandbox.clock.stop()
    at = sandbox.clock.set("2026-04-01T10:00")
    assert at == 1_775_017_800
    assert sandbox.clock.advance(5) == sandbox.clock.now() == at + 5
    assert sandbox.clock.run() >= at + 5
    sandbox.faults.add("status_503", "/v1/orders", times=2)
    with pytest.raises(SandboxRefusedError, match="503"):
        sandbox.order()
    assert [fault["times"] for fault in sandbox.faults.left()] == [1]
    sandbox.faults.clear()
    sandbox.keep()
    sandbox.order()
    sandbox.go_back()
    assert sandbox.state()["orders"] == []
    assert sandbox.requests(path="/v1/orders", status=503)


def test_a_forged_webhook_is_noticed_and_a_missing_one_too(sandbox: RazorpaySandbox) -> None:
    url = sandbox.webhooks.listen("refund.created")
    with pytest.raises(AssertionError, match=r"no order.paid within 0.01 s, only \[\]"):
        sandbox.webhooks.wait_for("order.paid", seconds=0.01)
    sandbox.webhooks.send_to(url, "another secret", "order.paid")
    sandbox.pay(sandbox.order())
    with pytest.raises(AssertionError, match="wrong signature: "):
        sandbox.webhooks.wait_for("order.paid")


def test_an_event_is_triggered_for_an_endpoint(sandbox: RazorpaySandbox) -> None:
    sandbox.pay(sandbox.order())
    sandbox.webhooks.listen()
    sent = sandbox.webhooks.trigger("order.paid")
    assert sandbox.webhooks.wait_for("order.paid").event_id == sent["event_id"]


def test_other_frameworks_start_one() -> None:
    with RazorpaySandbox.started(seed=7, now=1_775_017_800) as sandbox:
        assert sandbox.order()["created_at"] == 1_775_017_800
        sandbox.webhooks.listen("order.paid")
        sandbox.pay(sandbox.order())
        assert sandbox.webhooks.wait_for("order.paid").content["created_at"] == 1_775_017_800
