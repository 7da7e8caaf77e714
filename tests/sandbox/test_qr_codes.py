"""QR codes: creation, scan, one and many payments, closing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import zxingcpp

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient

BASE = "/v1/payments/qr_codes"


def test_a_qr_code_looks_like_razorpays(client: SandboxClient) -> None:
    close_by = client.now() + 900
    qr = client.qr_code(name="Desk 1", description="Fee", close_by=close_by, notes={"receipt": "A"})

    assert re.fullmatch(r"qr_[0-9A-Za-z]{14}", qr["id"])
    assert qr["image_url"].startswith(client.server.url)
    assert qr["image_content"].startswith("upi://pay?")
    assert abs(qr["created_at"] - client.now()) <= 2
    rest = {k: qr[k] for k in set(qr) - {"id", "image_url", "image_content", "created_at"}}
    assert rest == {
        "entity": "qr_code",
        "name": "Desk 1",
        "usage": "single_use",
        "type": "upi_qr",
        "payment_amount": 30000,
        "status": "active",
        "description": "Fee",
        "fixed_amount": True,
        "payments_amount_received": 0,
        "payments_count_received": 0,
        "notes": {"receipt": "A"},
        "customer_id": None,
        "close_by": close_by,
    }
    fetched = client.ok("GET", f"{BASE}/{qr['id']}")
    assert fetched == {**qr, "closed_at": None, "close_reason": None}


def _read_picture(png: bytes) -> str:
    from PySide6.QtGui import QImage

    image = QImage.fromData(png).convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = memoryview(image.constBits()).cast("B", shape=[image.height(), image.bytesPerLine()])
    (code,) = zxingcpp.read_barcodes(pixels)
    return str(code.text)


def test_the_picture_says_what_image_content_says(client: SandboxClient) -> None:
    qr = client.qr_code()
    status, headers, png = client.send("GET", qr["image_url"].removeprefix(client.server.url))
    assert (status, headers["Content-Type"]) == (200, "image/png")
    assert _read_picture(png) == qr["image_content"]


def test_without_image_content_only_the_picture_tells(client: SandboxClient) -> None:
    client.control("account", {"features": {"qr_image_content": False}})
    qr = client.qr_code()
    assert "image_content" not in qr
    assert "image_content" not in client.ok("GET", f"{BASE}/{qr['id']}")
    text = client.state()["qr_codes"][0]["_qr"]
    _, _, png = client.send("GET", qr["image_url"].removeprefix(client.server.url))
    assert _read_picture(png) == text
    assert client.pay(text)["status"] == "captured"


def test_no_picture_of_nothing(client: SandboxClient) -> None:
    assert client.send("GET", "/i/AAAAAAAAAAAAAA")[0] == 404


@pytest.mark.parametrize(
    ("asked", "given"), [(10, 120), (900, 900), (99_999, 7200), (None, 7200), (-5000, 120)]
)
def test_close_by_is_brought_within_two_minutes_and_two_hours(
    client: SandboxClient, asked: int | None, given: int
) -> None:
    qr = client.qr_code(close_by=None if asked is None else client.now() + asked)
    assert abs(qr["close_by"] - qr["created_at"] - given) <= 2


def test_a_payment_closes_a_one_time_code(client: SandboxClient) -> None:
    qr = client.qr_code(notes={"receipt": "A"})
    payment = client.pay(qr["image_content"])

    assert (payment["status"], payment["order_id"]) == ("captured", None)
    assert (payment["description"], payment["notes"]) == ("QRv2 Payment", {"receipt": "A"})
    closed = client.ok("GET", f"{BASE}/{qr['id']}")
    assert (closed["status"], closed["close_reason"]) == ("closed", "paid")
    assert (closed["payments_amount_received"], closed["payments_count_received"]) == (30000, 1)
    assert client.ok("GET", f"{BASE}/{qr['id']}/payments")["items"] == [payment]


def test_a_second_payment_goes_back(client: SandboxClient) -> None:
    qr = client.qr_code()
    client.pay(qr["image_content"])
    second = client.pay(qr["image_content"])
    assert (second["status"], second["captured"]) == ("refunded", True)
    assert client.ok("GET", f"{BASE}/{qr['id']}")["payments_count_received"] == 1
    assert client.ok("GET", f"{BASE}/{qr['id']}/payments")["count"] == 2


def test_a_payment_after_closing_goes_back(client: SandboxClient) -> None:
    qr = client.qr_code()
    closed = client.ok("POST", f"{BASE}/{qr['id']}/close")
    assert (closed["status"], closed["close_reason"]) == ("closed", "on_demand")
    assert client.control("upi/scan", {"qr": qr["image_content"]})["payable"] is False

    late = client.pay(qr["image_content"])
    assert (late["status"], late["captured"]) == ("refunded", True)
    assert client.ok("GET", f"{BASE}/{qr['id']}")["payments_count_received"] == 0
    assert client.refusal("POST", f"{BASE}/{qr['id']}/close") == "QR Code is already closed."


def test_a_failed_one_time_code_is_paid_by_the_same_payment(client: SandboxClient) -> None:
    qr = client.qr_code()
    failed = client.pay(qr["image_content"], "failure")
    assert client.ok("GET", f"{BASE}/{qr['id']}")["status"] == "active"
    assert client.pay(qr["image_content"])["id"] == failed["id"]


def test_a_poster_is_paid_often_and_any_amount(client: SandboxClient) -> None:
    qr = client.ok("POST", BASE, {"type": "upi_qr", "name": "Poster"})
    assert (qr["usage"], qr["close_by"], qr["payment_amount"]) == ("multiple_use", None, None)
    assert client.try_control("upi/pay", {"qr": qr["image_content"]})[0] == 400

    first = client.pay(qr["image_content"], amount=100)
    second = client.pay(qr["image_content"], amount=250)
    assert first["id"] != second["id"]
    now = client.ok("GET", f"{BASE}/{qr['id']}")
    assert (now["status"], now["payments_amount_received"]) == ("active", 350)
    shown = client.ok("GET", f"{BASE}/{qr['id']}/payments", count=1)
    assert shown["items"] == [second]


def test_a_captured_qr_payment_of_an_account_without_auto_capture(client: SandboxClient) -> None:
    client.control("account", {"auto_capture": False})
    qr = client.qr_code()
    payment = client.pay(qr["image_content"])
    assert payment["status"] == "authorized"
    path = f"/v1/payments/{payment['id']}/capture"
    assert client.ok("POST", path, {"amount": 30000, "currency": "INR"})["captured"] is True
    assert client.ok("GET", f"{BASE}/{qr['id']}")["close_reason"] == "paid"


def test_lists_and_their_filters(client: SandboxClient) -> None:
    first = client.qr_code(customer_id="cust_AAAAAAAAAAAAAA")
    second = client.qr_code()
    payment = client.pay(second["image_content"])

    def ids(**query: object) -> list[str]:
        return [qr["id"] for qr in client.ok("GET", BASE, **query)["items"]]

    assert ids() == [second["id"], first["id"]]
    assert ids(customer_id="cust_AAAAAAAAAAAAAA") == [first["id"]]
    assert ids(payment_id=payment["id"]) == [second["id"]]
    assert ids(count=1, skip=1) == [first["id"]]


def test_only_notes_can_be_changed(client: SandboxClient) -> None:
    path = f"{BASE}/{client.qr_code()['id']}"
    assert client.ok("PATCH", path, {"notes": {"a": "b"}})["notes"] == {"a": "b"}
    assert client.refused("PATCH", path, {"name": "x"})["reason"] == "extra_field_sent"


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"type": None}, "The type field is required."),
    ({"type": "x"}, "The selected type is invalid."),
    ({"usage": "x"}, "The selected usage is invalid."),
    ({"payment_amount": None}, "The payment amount field is required."),
    ({"payment_amount": 0}, "The payment amount must be at least 1."),
    ({"payment_amount": "3.5"}, "The payment_amount must be an integer."),
    ({"fixed_amount": False}, "The selected fixed amount is invalid."),
    ({"close_by": 1}, "close_by must be between 946684800 and 4765046400"),
    ({"usage": "multiple_use", "close_by": 1_900_000_000}, "close_by is/are not required"),
    ({"colour": "red"}, "colour is/are not required and should not be sent"),
    ({"tax_invoice": {"gst_amount": "x"}}, "The gst_amount must be an integer."),
]


@pytest.mark.parametrize(("change", "words"), REFUSALS)
def test_wrong_codes_are_refused(client: SandboxClient, change: dict[str, Any], words: str) -> None:
    asked = {"type": "upi_qr", "usage": "single_use", "fixed_amount": True, "payment_amount": 300}
    assert client.refusal("POST", BASE, {**asked, **change}).startswith(words)
    assert client.state()["qr_codes"] == []


def test_without_the_feature_there_is_no_such_address(client: SandboxClient) -> None:
    qr = client.qr_code()
    client.control("account", {"features": {"qr_codes": False}})
    for method, path in (("POST", BASE), ("GET", BASE), ("GET", f"{BASE}/{qr['id']}")):
        assert client.refusal(method, path) == "The requested URL was not found on the server."
    # A code that is already on a phone can still be paid.
    assert client.pay(qr["image_content"])["status"] == "captured"
