"""Fields with which a payer's answer is chosen: by phone, by any method, now or later."""

from __future__ import annotations

from ..payment_instruments import METHODS
from ..upi import FAILURES
from .fields import Field, named

METHOD = Field(
    "method",
    "Method",
    "choice",
    "upi",
    tuple(
        zip(
            METHODS,
            ("UPI", "Card (Visa, debit)", "Netbanking (HDFC)", "Wallet (PayZapp)"),
            strict=True,
        )
    ),
)
OUTCOME = Field(
    "outcome",
    "Outcome",
    "choice",
    "success",
    (
        ("success", "Paid"),
        ("failure", "Failed"),
        ("authorized", "Authorized, not captured"),
        ("late", "Failed now, paid later"),
        ("timeout", "No answer, fails after 10 minutes"),
    ),
)
REASON = Field(
    "reason",
    "Reason for failure",
    "choice",
    "",
    (("", "payment_failed"), *named(sorted(FAILURES.keys() - {"payment_failed"}))),
)
DELAY = Field("after_s", "Delay in seconds", "number", hint="Of the sandbox's clock. 0 is now.")
VPA = Field("vpa", "UPI ID", "text", hint="e.g. parent@okaxis, or failure@razorpay")
PART = Field("amount", "Amount in rupees", "rupees", hint="Leave empty for the whole amount.")
