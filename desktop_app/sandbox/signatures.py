"""Razorpay's signatures: HMAC-SHA256 in lower-case hexadecimal.

Must not decide who may have one.
"""

from __future__ import annotations

import hashlib
import hmac


def sign(message: bytes, secret: str) -> str:
    """Sign bytes, such as the raw body of a webhook."""
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def sign_checkout(order_id: str, payment_id: str, key_secret: str) -> str:
    """Return the `razorpay_signature` that Checkout hands to the merchant's page."""
    return sign(f"{order_id}|{payment_id}".encode(), key_secret)


def sign_link(
    link_id: str, reference_id: str, status: str, payment_id: str, key_secret: str
) -> str:
    """Return the `razorpay_signature` in the query of a payment link's `callback_url`."""
    return sign(f"{link_id}|{reference_id}|{status}|{payment_id}".encode(), key_secret)
