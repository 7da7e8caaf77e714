"""UPI in the sandbox: the `upi://pay` texts, and the reasons for which banks decline.

Must not touch the store. Amounts are paise; only the `am=` of a text is rupees.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

if TYPE_CHECKING:
    from .entities import Payment, QrCode

VPA = re.compile(r"[A-Za-z0-9._-]{2,256}@[A-Za-z][A-Za-z0-9]{1,63}")
PAYEE_VPA = "pravesh.rzp@sandbox"
# Razorpay's test addresses: this one fails; `success@razorpay` pays, as every other does.
FAILING_VPA = "failure@razorpay"
PAYEE_NAME = "Pravesh Sandbox"
MERCHANT_CATEGORY = "8299"
LINK_PATH = "/l/"
INVOICE_PATH = "/inv/"
PICTURE_PATH = "/i/"

GATEWAY = "GATEWAY_ERROR"
REQUEST = "BAD_REQUEST_ERROR"
TEMPORARY = (
    "Payment was unsuccessful due to a temporary issue. "
    "If amount got deducted, it will be refunded within 5-7 working days."
)
CANCELLED = "You may have cancelled the payment or there was a delay in response from the UPI app."
WRONG_PIN = "You have entered an incorrect PIN on the UPI app. Please retry with the correct PIN."
OTHER_ACCOUNT = "Payment failed. Please try again with another bank account."
OVER_LIMIT = "Payment failed because the transaction limit of the bank account was exceeded."
WRONG_CARD = "Card issuer is invalid"
WRONG_OTP = "Authentication failed due to incorrect otp"
NO_FUNDS = "Transaction failed due to insufficient funds."
TIMED_OUT = "Payment was not completed on time. Please try again."
DEBIT = "payment_debit_request"

# Reason → (code, source, step, description).
FAILURES = {
    "payment_failed": (REQUEST, "gateway", "payment_response", TEMPORARY),
    "payment_timed_out": (REQUEST, "customer", "payment_authentication", TIMED_OUT),
    "payment_cancelled": (REQUEST, "customer", "payment_authentication", CANCELLED),
    "incorrect_pin": (REQUEST, "customer", "payment_authentication", WRONG_PIN),
    "pin_attempts_exceeded": (REQUEST, "customer", "payment_authentication", WRONG_PIN),
    "pin_not_set": (REQUEST, "customer", "payment_authentication", WRONG_PIN),
    "insufficient_funds": (GATEWAY, "customer", DEBIT, NO_FUNDS),
    "payment_declined": (GATEWAY, "issuer_bank", DEBIT, OTHER_ACCOUNT),
    "debit_declined": (GATEWAY, "issuer_bank", DEBIT, OTHER_ACCOUNT),
    "transaction_daily_limit_exceeded": (REQUEST, "customer", DEBIT, OVER_LIMIT),
    "transaction_frequency_limit_exceeded": (REQUEST, "customer", DEBIT, OVER_LIMIT),
    "transaction_limit_exceeded": (REQUEST, "customer", DEBIT, OVER_LIMIT),
    "mcc_amount_limit_exceeded": (REQUEST, "customer_psp", DEBIT, OVER_LIMIT),
    "invalid_vpa": (REQUEST, "customer", "payment_initiation", OTHER_ACCOUNT),
    "vpa_resolution_failed": (GATEWAY, "customer_psp", "payment_request", TEMPORARY),
    "bank_technical_error": (GATEWAY, "issuer_bank", DEBIT, TEMPORARY),
    "gateway_technical_error": (GATEWAY, "gateway", "payment_request", TEMPORARY),
    "upi_app_technical_error": (GATEWAY, "customer_psp", "payment_authentication", TEMPORARY),
    "psp_not_available": (GATEWAY, "customer_psp", "payment_request", TEMPORARY),
    "psp_app_not_supported": (REQUEST, "customer_psp", "payment_initiation", TEMPORARY),
    "credit_failed": (GATEWAY, "beneficiary_bank", "payment_credit_request", TEMPORARY),
    "deemed_transaction": (GATEWAY, "beneficiary_bank", "payment_credit_response", TEMPORARY),
    "payment_pending": (GATEWAY, "network", "payment_status_request", TEMPORARY),
    "payment_risk_check_failed": (REQUEST, "business", "payment_initiation", TEMPORARY),
    "request_timed_out": (GATEWAY, "gateway", "payment_response", TIMED_OUT),
    "incorrect_card_details": (REQUEST, "customer", "payment_authentication", WRONG_CARD),
    "invalid_otp": (REQUEST, "customer", "payment_authentication", WRONG_OTP),
    "server_error": ("SERVER_ERROR", "internal", "payment_response", TEMPORARY),
}

# Razorpay's documented test amounts, in paise.
TEST_AMOUNTS = {
    201: "insufficient_funds",
    402: "payment_declined",
    204: "incorrect_pin",
    302: "payment_cancelled",
}


# Other methods → (source, step) of a declined payment, as in Razorpay's samples.
OTHER_METHODS = {
    "card": ("issuer", "payment_authentication"),
    "netbanking": ("bank", "payment_authorization"),
    "wallet": ("issuer", "payment_authorization"),
}


@cache
def failure(reason: str, method: str = "upi") -> dict[str, str]:
    """Return the error fields of a payment that failed for a reason, shared by all of them."""
    code, source, step, description = FAILURES[reason]
    if method in OTHER_METHODS and reason == "payment_failed":
        source, step = OTHER_METHODS[method]
        description = "Payment failed"
    where = {"source": source, "step": step, "reason": reason}
    return {"code": code, "description": description, **where}


def _text(reference: str, note: str, paise: int | None) -> str:
    note_text = re.sub(r"[^0-9A-Za-z]", "", note)[:80] or "PaymenttoPraveshSandbox"
    parts = [
        ("mc", MERCHANT_CATEGORY),
        ("pa", PAYEE_VPA),
        ("pn", quote(PAYEE_NAME)),
        ("tr", reference),
        ("tn", note_text),
    ]
    if paise is not None:
        parts.append(("am", f"{paise // 100}.{paise % 100:02d}"))
    parts.append(("cu", "INR"))
    return "upi://pay?" + "&".join(f"{name}={value}" for name, value in parts)


def intent_text(payment: Payment) -> str:
    """Return the text that a UPI app opens for a payment of an order."""
    asked = payment.amount - payment.added_fee
    return _text(payment.id.partition("_")[2], payment.description or "", asked)


def qr_text(qr: QrCode) -> str:
    """Return the text in a QR code's image."""
    reference = f"RZP{qr.id.partition('_')[2]}qrv2"
    return _text(reference, qr.description or qr.name or "", qr.payment_amount)


def scanned_id(text: str) -> str | None:
    """Return the id of the payment, QR code, link or invoice in a scanned text."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme == "http" and parts.path.startswith(LINK_PATH):
        return f"plink_{parts.path[len(LINK_PATH) :]}"
    if parts.scheme == "http" and parts.path.startswith(INVOICE_PATH):
        return f"inv_{parts.path[len(INVOICE_PATH) :]}"
    if parts.scheme != "upi":
        return None
    reference = parse_qs(parts.query).get("tr", [""])[0]
    if reference.startswith("RZP") and reference.endswith("qrv2"):
        return f"qr_{reference[3:-4]}"
    return f"pay_{reference}"
