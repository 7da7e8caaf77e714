"""The pages in a real browser: a parent pays, fails and leaves, by mouse and by keyboard."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import razorpay
import zxingcpp

from .browser import Browser, missing_browser
from .merchant_site import SHOP, MerchantSite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .sandbox_client import SandboxClient

pytestmark = [
    pytest.mark.skipif(missing_browser() is not None, reason=missing_browser() or ""),
    pytest.mark.timeout(180),
]
Json = dict[str, Any]
FRAME = "dialog iframe"
ESCAPE, TAB, ENTER = "\ue00c", "\ue004", "\ue007"


@pytest.fixture
def page(browser: Browser) -> Iterator[Browser]:
    """A clean browser window; its log must stay free of errors.

    It is left empty: a page that looks again and again would also ask the sandbox of later tests.
    """
    browser.complaints()
    yield browser
    browser.leave_frame()
    browser.go("about:blank")
    # An invalid form is answered with 400, which the browser logs.
    wrong = [
        site_results for site_results in browser.complaints() if "status of 400" not in site_results
    ]
    assert wrong == []


@pytest.fixture
def shop(client: SandboxClient) -> Iterator[MerchantSite]:
    site = MerchantSite()
    site.page = SHOP.format(sandbox=client.server.url, key=client.server.key_id)
    thread = threading.Thread(target=site.serve_forever, args=(0.05,))
    thread.start()
    yield site
    site.shutdown()
    thread.join()
    site.server_close()


@pytest.fixture
def sdk(client: SandboxClient) -> Any:
    keys = (client.server.key_id, client.server.key_secret)
    return razorpay.Client(auth=keys, base_url=client.server.url)


def site_results(page: Browser) -> Json:
    page.leave_frame()
    answer: Json = page.run("return told")
    return answer


def latest(client: SandboxClient) -> Json:
    payment: Json = client.state()["payments"][-1]
    return payment


# Payment links


def test_a_parent_fails_then_pays_a_link(page: Browser, client: SandboxClient) -> None:
    link = client.link(1_180_000, description="Physics XI")
    page.go(link["short_url"])
    page.see("₹11,800.00")
    page.press("#method-card")
    page.press("#pay")
    page.see("test cards", "#number-complaint")
    page.write("#number", "4100 2800 0000 1007")
    page.write("#expiry", "12/30")
    page.write("#cvv", "123")
    page.press("#pay")
    page.press("#not-pay")
    page.press("#fail")
    page.see("Payment failed", "#status")
    assert latest(client)["status"] == "failed"

    page.press("#method-card")
    page.write("#number", "5500670000001002")
    page.write("#expiry", "12/30")
    page.write("#cvv", "123")
    page.press("#pay")
    page.write("#otp", "1234")
    page.press("#approve")
    page.see("Paid", "#status")
    assert client.ok("GET", f"/v1/payment_links/{link['id']}")["status"] == "paid"
    assert latest(client)["method"] == "card"


def test_a_qr_on_the_screen_is_scanned_and_the_page_notices(
    page: Browser, client: SandboxClient, shop: MerchantSite, sdk: Any
) -> None:
    link = client.link(callback_url=f"{shop.url}/done", callback_method="get", reference_id="T1")
    page.go(link["short_url"])
    page.press("#pay")
    page.wait_for("document.querySelector('img.qr')?.naturalWidth > 0")
    (code,) = zxingcpp.read_barcodes(_pixels(page.picture()))
    assert code.text == latest(client)["_qr"]
    client.pay(code.text)
    page.wait_for(f"location.href.startsWith('{shop.url}/done')")
    query = {n: v[0] for n, v in parse_qs(urlsplit(page.address).query).items()}
    assert sdk.utility.verify_payment_link_signature(
        {
            "payment_link_id": query["razorpay_payment_link_id"],
            "payment_link_reference_id": query["razorpay_payment_link_reference_id"],
            "payment_link_status": query["razorpay_payment_link_status"],
            "razorpay_payment_id": query["razorpay_payment_id"],
            "razorpay_signature": query["razorpay_signature"],
        }
    )


def _pixels(picture: bytes) -> Any:
    """Decode a browser's PNG into rows of grey, as zxing-cpp reads them."""
    import io

    import png

    width, height, rows, site_results = png.Reader(file=io.BytesIO(picture)).read()
    step = site_results["planes"]
    grey = bytearray()
    for row in rows:
        grey += bytes(row)[0 : width * step : step]
    return memoryview(grey).cast("B", (height, width))


def test_a_link_is_paid_by_keyboard_alone(page: Browser, client: SandboxClient) -> None:
    page.go(client.link()["short_url"])
    page.run("document.querySelector('#method-upi').focus()")
    page.keys("\ue015", "\ue015", "\ue015")  # down to netbanking
    assert page.run("return document.activeElement.id") == "method-netbanking"
    page.keys(TAB)
    assert page.run("return document.activeElement.id") == "bank"
    page.keys("H")
    page.keys(TAB)
    assert page.run("return document.activeElement.id") == "pay"
    page.keys(ENTER)
    page.see("HDFC Bank", ".act")
    page.run("document.querySelector('#approve').focus()")
    page.keys(ENTER)
    page.see("Paid", "#status")
    assert latest(client)["bank"] == "HDFC"


def test_leaving_a_link_keeps_the_payment_open(page: Browser, client: SandboxClient) -> None:
    page.go(client.link()["short_url"])
    page.press("#method-app")
    page.press("#pay")
    page.see("Google Pay", ".act")
    page.press("#not-pay")
    page.press("#leave")
    page.see("No answer yet", "#status")
    assert latest(client)["status"] == "created"
    client.pay(latest(client)["_qr"])
    page.wait_for("document.querySelector('.result.paid')")


# Checkout


def test_checkout_pays_and_its_signature_verifies(
    page: Browser, client: SandboxClient, shop: MerchantSite, sdk: Any
) -> None:
    order = client.order(49_900)
    page.go(shop.url)
    page.run(
        "shop(arguments[0])",
        {
            "order_id": order["id"],
            "name": "Asha's Classes",
            "prefill": {"contact": "9845012345", "email": "a@b.example"},
            "notes": {"row": "7"},
            "theme": {"color": "#0B7A75"},
        },
    )
    page.press("#buy")
    page.enter_frame(FRAME)
    page.see("₹499.00")
    assert page.run("return document.querySelector('#contact').value") == "9845012345"
    page.press("#method-wallet")
    page.run("document.querySelector('#wallet').value = 'payzapp'")
    page.press("#pay")
    page.press("#approve")
    page.leave_frame()
    answer = page.wait_for("told.paid")
    assert answer["razorpay_order_id"] == order["id"]
    assert sdk.utility.verify_payment_signature(answer)
    assert not page.has("dialog")
    assert site_results(page)["dismissed"] == 0
    assert latest(client)["notes"] == {"row": "7"}
    assert latest(client)["wallet"] == "payzapp"
    assert client.ok("GET", f"/v1/orders/{order['id']}")["status"] == "paid"


def test_checkout_fails_is_tried_again_and_dismissed(
    page: Browser, client: SandboxClient, shop: MerchantSite
) -> None:
    order = client.order()
    page.go(shop.url)
    page.run("shop(arguments[0])", {"order_id": order["id"], "retry": {"max_count": 1}})
    page.press("#buy")
    page.enter_frame(FRAME)
    for tries in (1, 2):
        page.press("#pay")
        page.press("#not-pay")
        page.press("#fail")
        page.see("Payment failed", "#status")
        assert page.has("#pay") is (tries == 1)
    failed = site_results(page)["failed"]
    assert [e["reason"] for e in failed] == ["payment_failed"] * 2
    assert failed[-1]["metadata"] == {"order_id": order["id"], "payment_id": latest(client)["id"]}
    page.enter_frame(FRAME)
    page.press(".act [data-close]")
    page.leave_frame()
    page.wait_for("told.dismissed === 1")
    assert not page.has("dialog")
    assert site_results(page)["paid"] is None


def test_checkout_is_left_by_escape_and_by_its_owner(
    page: Browser, client: SandboxClient, shop: MerchantSite
) -> None:
    order = client.order()
    page.go(shop.url)
    page.run("window.rzp = shop(arguments[0])", {"order_id": order["id"]})
    page.press("#buy")
    page.enter_frame(FRAME)
    page.press("#method-card")
    page.keys(ESCAPE)
    page.leave_frame()
    page.wait_for("told.dismissed === 1")
    page.press("#buy")
    page.wait_for("document.querySelector('dialog[open] iframe')")
    page.run("rzp.close()")
    page.wait_for("told.dismissed === 2")
    page.run("shop(arguments[0])", {"order_id": order["id"], "modal": {"escape": False}})
    page.press("#buy")
    page.enter_frame(FRAME)
    page.press("#method-card")
    page.keys(ESCAPE)
    page.press("#close")
    page.leave_frame()
    page.wait_for("told.dismissed === 3")
    page.run("document.activeElement.blur()")
    careful = {"modal": {"backdropclose": True, "confirm_close": True}}
    page.run("shop(arguments[0])", {"order_id": order["id"], **careful})
    page.press("#buy")
    page.wait_for("document.querySelector('dialog[open] iframe')")
    page.run("window.confirm = () => false; document.querySelector('dialog').click()")
    assert page.has("dialog[open]")
    page.run("window.confirm = () => true; document.querySelector('dialog').click()")
    page.wait_for("told.dismissed === 4")
    page.run("shop(arguments[0])", {"order_id": order["id"], "timeout": 0.1})
    page.press("#buy")
    page.wait_for("told.dismissed === 5")
    assert client.state()["payments"] == []


def test_checkout_goes_to_the_callback_url(
    page: Browser, client: SandboxClient, shop: MerchantSite, sdk: Any
) -> None:
    order = client.order()
    page.go(shop.url)
    back = {"order_id": order["id"], "callback_url": f"{shop.url}/back", "redirect": True}
    for button in ("#fail", "#approve"):
        page.go(shop.url)
        page.run("shop(arguments[0])", back)
        page.press("#buy")
        page.enter_frame(FRAME)
        page.press("#pay")
        if button == "#fail":
            page.press("#not-pay")
        page.press(button)
        page.leave_frame()
        page.wait_for("document.title === 'Back'")
    failed, paid = shop.posted
    assert failed["error[reason]"] == "payment_failed"
    assert order["id"] in failed["error[metadata]"]
    assert sdk.utility.verify_payment_signature(paid)


def test_checkout_opens_from_a_file_and_by_the_other_name_of_this_machine(
    page: Browser, client: SandboxClient, tmp_path: Path
) -> None:
    by_name = client.server.url.replace("127.0.0.1", "localhost")
    shop = tmp_path / "shop.html"
    shop.write_text(SHOP.format(sandbox=by_name, key=client.server.key_id))
    page.go(shop.as_uri())
    page.run("shop(arguments[0])", {"order_id": client.order()["id"]})
    page.press("#buy")
    page.enter_frame(FRAME)
    page.press("#pay")
    page.press("#approve")
    page.leave_frame()
    assert page.wait_for("told.paid")["razorpay_payment_id"] == latest(client)["id"]


def test_a_foreign_message_is_not_believed(
    page: Browser, client: SandboxClient, shop: MerchantSite
) -> None:
    page.go(shop.url)
    page.run("shop(arguments[0])", {"order_id": client.order()["id"]})
    page.press("#buy")
    page.wait_for("document.querySelector('dialog[open] iframe')")
    page.run("""window.postMessage({from: "razorpay-sandbox", event: "success", data: {}}, "*")""")
    page.enter_frame(FRAME)
    page.see("Pay with", ".methods")
    assert site_results(page)["paid"] is None


BUTTON = """<!doctype html><title>Shop</title><link rel="icon" href="data:,">
<form action="/bought" method="post">
<script src="{sandbox}/v1/checkout.js" data-key="{key}" data-order_id="{order}"
  data-buttontext="Pay with Razorpay" data-prefill.contact="9845012345" data-theme.color="#0B7A75">
</script><input type="hidden" name="row" value="7"></form>"""


def test_a_button_of_attributes_sends_its_form_on(
    page: Browser, client: SandboxClient, shop: MerchantSite, sdk: Any
) -> None:
    here = {"sandbox": client.server.url, "key": client.server.key_id}
    shop.page = BUTTON.format(order=client.order()["id"], **here)
    page.go(shop.url)
    assert page.run("return document.querySelector('form input').value") == "Pay with Razorpay"
    page.press(".razorpay-payment-button")
    page.enter_frame(FRAME)
    assert page.run("return document.querySelector('#contact').value") == "9845012345"
    page.press("#pay")
    page.press("#approve")
    page.leave_frame()
    page.wait_for("document.title === 'Back'")
    (posted,) = shop.posted
    assert posted.pop("row") == "7"
    assert sdk.utility.verify_payment_signature(posted)


HOSTED = """<!doctype html><title>Shop</title><link rel="icon" href="data:,">
<form action="{sandbox}/v1/checkout/embedded" method="post">
<input type="hidden" name="key_id" value="{key}">
<input type="hidden" name="order_id" value="{order}">
<input type="hidden" name="callback_url" value="{site}/back">
<input type="hidden" name="cancel_url" value="{site}/cart"><button id="go">Pay</button></form>"""


def test_a_checkout_of_its_own_page_comes_back(
    page: Browser, client: SandboxClient, shop: MerchantSite, sdk: Any
) -> None:
    here = {"sandbox": client.server.url, "key": client.server.key_id, "site": shop.url}
    shop.page = HOSTED.format(order=client.order()["id"], **here)
    page.go(shop.url)
    page.press("#go")
    page.press("#close")
    page.wait_for(f"location.href === '{shop.url}/cart'")
    page.press("#go")
    page.press("#pay")
    page.press("#approve")
    page.wait_for("document.title === 'Back'")
    assert sdk.utility.verify_payment_signature(shop.posted[0])


def test_a_merchants_own_form_creates_the_payment(
    page: Browser, client: SandboxClient, shop: MerchantSite, sdk: Any
) -> None:
    page.go(shop.url)
    start = """
      var rzp = new Razorpay({key: arguments[0]});
      rzp.on("payment.success", (answer) => { told.paid = answer; });
      rzp.on("payment.error", (answer) => { told.failed.push(answer.error); });
      rzp.createPayment({order_id: arguments[1], method: "netbanking", bank: "HDFC",
        email: "a@b.in", contact: "9845012345"});"""
    order = client.order()
    for press in (["#close"], ["#not-pay", "#fail"], ["#approve"]):
        page.run(start, client.server.key_id, order["id"])
        page.enter_frame(FRAME)
        page.see("HDFC Bank", ".act")
        for button in press:
            page.press(button)
        page.leave_frame()
        page.wait_for("!document.querySelector('dialog')")
    answer = page.wait_for("told.paid")
    assert [e["reason"] for e in site_results(page)["failed"]] == [
        "payment_cancelled",
        "payment_failed",
    ]
    assert sdk.utility.verify_payment_signature(answer)
    assert latest(client)["email"] == "a@b.in"


# Every page at every size


@pytest.mark.parametrize("width", [360, 1366])
def test_no_page_is_wider_than_the_window(page: Browser, client: SandboxClient, width: int) -> None:
    page.resize(width, 800)
    link = client.link(description="W" * 300, reference_id="R" * 40)
    line = {"name": "N" * 200, "description": "D" * 300, "amount": 9_999_999, "quantity": 3}
    bill = client.invoice(line_items=[line], receipt="R" * 40, terms="T" * 300, comment="C" * 99)
    client.qr_code(description="ß" * 200)
    for address in (bill["short_url"], link["short_url"]):
        page.go(address)
        assert page.run("return document.documentElement.scrollWidth") <= width
        unnamed = page.run(
            "return [...document.querySelectorAll('input:not([type=hidden]), select')]"
            ".filter((e) => !e.labels.length).map((e) => e.outerHTML)"
        )
        assert unnamed == []
    page.press("#pay")
    page.see("Waiting", ".qr + *")
    assert page.run("return document.documentElement.scrollWidth") <= width
    page.devtools("Emulation.clearDeviceMetricsOverride")
