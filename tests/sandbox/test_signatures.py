"""Signatures: the SDK's own vectors, and the sandbox's signatures verified by the SDK."""

from __future__ import annotations

import json

import pytest
import razorpay

from desktop_app.sandbox.signatures import sign, sign_checkout, sign_link

from .test_fixtures import FOLDER

# (secret, message, signature), as the Python SDK's tests have them.
VECTORS = [
    (
        "key_secret",
        "fake_order_id|fake_payment_id",
        "b2335e3b0801106b84a7faff035df56ecffde06918c9ddd1f0fafbb37a51cc89",
    ),
    (
        "EnLs21M47BllR3X8PSFtjtbd",
        "plink_IH3cNucfVEgV68|TSsd1989|paid|pay_IH3d0ara9bSsjQ",
        "07ae18789e35093e51d0a491eb9922646f3f82773547e5b0f67ee3f2d3bf7d5b",
    ),
]


@pytest.mark.parametrize(("secret", "message", "signature"), VECTORS)
def test_vectors(secret: str, message: str, signature: str) -> None:
    assert sign(message.encode(), secret) == signature


@pytest.mark.skipif(not FOLDER.is_dir(), reason="Razorpay's samples are not here")
def test_every_vector_of_the_samples() -> None:
    vectors = json.loads((FOLDER / "signatures" / "vectors.json").read_text(encoding="utf-8"))
    for vector in vectors:
        file = vector.get("message_file")
        raw = (FOLDER / file).read_bytes() if file else vector["message"].encode()
        assert sign(raw, vector["secret"]) == vector["expected"], vector["name"]
    assert len(vectors) == 4


def test_the_sdk_verifies_what_is_signed() -> None:
    utility = razorpay.Client(auth=("key", "secret")).utility
    checkout = {"razorpay_order_id": "order_A", "razorpay_payment_id": "pay_A"}
    signature = sign_checkout("order_A", "pay_A", "secret")
    assert utility.verify_payment_signature({**checkout, "razorpay_signature": signature})
    link = {
        "payment_link_id": "plink_A",
        "payment_link_reference_id": "",
        "payment_link_status": "paid",
        "razorpay_payment_id": "pay_A",
        "razorpay_signature": sign_link("plink_A", "", "paid", "pay_A", "secret"),
    }
    assert utility.verify_payment_link_signature(link)
    with pytest.raises(razorpay.errors.SignatureVerificationError):
        utility.verify_payment_signature({**checkout, "razorpay_signature": "x"})
