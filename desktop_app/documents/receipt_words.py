"""Fixed texts of receipts, in English and Hindi.

Facts are printed as issued: names, lines, numbers and dates are the same in both languages.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.payment import Method, Placement
from desktop_app.domain.tender import Verification
from desktop_app.services import languages

if TYPE_CHECKING:
    from collections.abc import Mapping
    from gettext import GNUTranslations

TRAINING_WORDS = "PRACTICE - NOT A RECEIPT"
TEST_WORDS = "TEST MONEY - NOT A RECEIPT"
SLIP_WORDS = "NOT A RECEIPT. Each student has a separate receipt."
UNFINISHED_WORDS = "NOT A RECEIPT. You get the receipts once this bill is fully paid or closed."
SPECIMEN_WORDS = "TEST PAGE - NOT A RECEIPT"

METHODS: Mapping[Method, str] = {
    Method.CASH: "Cash",
    Method.AUTO: "UPI",
    Method.UPI_INTENT: "UPI",
    Method.QR_CODE: "UPI (QR code)",
    Method.PAYMENT_LINK: "Payment link",
    Method.CHECKOUT: "Online",
    Method.CHEQUE: "Cheque",
    Method.DRAFT: "Demand draft",
    Method.CARD_MACHINE: "Card",
    Method.NEFT: "NEFT",
    Method.RTGS: "RTGS",
    Method.IMPS: "IMPS",
    Method.UPI_STATIC: "UPI",
    Method.CREDIT: "Credit",
    Method.OPENING: "Paid before",
}
HELD: Mapping[Placement, str] = {
    Placement.SURPLUS: ("This fee was already paid. We're holding this amount and will refund it."),
    Placement.NO_SEAT: (
        "The course was full when your payment arrived. We'll offer you another batch or "
        "refund this amount."
    ),
    Placement.RETURNED: "We have refunded this amount.",
}
CHEQUE_WORDS = (
    "Cheque received, subject to realisation. This isn't a receipt. "
    "You get the receipt when the bank credits the cheque."
)
DRAFT_WORDS = (
    "Demand draft received, subject to realisation. This isn't a receipt. "
    "You get the receipt when the bank credits the demand draft."
)


class SlipWords(NamedTuple):
    """The words of the paper for what was handed in and is no payment yet."""

    title: str
    amount: str
    number: str
    date: str
    note: str


SLIPS: Mapping[Method, SlipWords] = {
    Method.CHEQUE: SlipWords(
        "Cheque received", "Amount of the cheque", "Cheque no.", "Cheque date", CHEQUE_WORDS
    ),
    Method.DRAFT: SlipWords(
        "Demand draft received", "Amount of the demand draft", "Draft no.", "Draft date",
        DRAFT_WORDS,
    ),
}  # fmt: skip
UNSURE: Mapping[Verification, str] = {
    Verification.CLAIMED: "Subject to verification. The bank hasn't confirmed this payment yet.",
    Verification.IN_CLEARING: "Cheque received, subject to realisation.",
    Verification.REVERSED: "CANCELLED. This payment didn't reach the bank. The fee is due again.",
    Verification.BOUNCED: "CANCELLED. The bank returned this cheque. The fee is due again.",
}
UNSURE_PARTS: Mapping[Verification, str] = {
    Verification.CLAIMED: (
        "Part of this amount is subject to verification. The bank hasn't confirmed it yet."
    ),
    Verification.IN_CLEARING: "Part of this amount is a cheque, subject to realisation.",
    Verification.REVERSED: (
        "PARTLY CANCELLED. One payment didn't reach the bank. Its fee is due again."
    ),
    Verification.BOUNCED: "PARTLY CANCELLED. The bank returned the cheque. Its fee is due again.",
}
"""The same where only one of several payments is unsure."""
UNSURE_TENDERS: Mapping[Verification, str] = {
    Verification.CLAIMED: "Not verified yet",
    Verification.IN_CLEARING: "Not realised yet",
    Verification.REVERSED: "CANCELLED",
    Verification.BOUNCED: "CANCELLED",
}
"""The same beside the payment itself."""
REFERENCES: Mapping[Method, str] = {
    Method.CHEQUE: "Cheque no.",
    Method.DRAFT: "Draft no.",
    Method.CARD_MACHINE: "RRN",
    Method.UPI_STATIC: "RRN",
    Method.IMPS: "RRN",
    Method.NEFT: "UTR",
    Method.RTGS: "UTR",
}
"""Names of a reference at the bank; of a payment at the gateway either may be right."""
CONTEXT = "receipt"
"""Texts of receipts are translated by themselves: on paper one may read otherwise."""


@cache
def _hindi() -> GNUTranslations:
    return languages.read("hi")


def word(text: str, language: str, **values: object) -> str:
    """Return a receipt text in a language, with its values inserted."""
    said = _hindi().pgettext(CONTEXT, text) if language == "hi" else text
    return said.format(**values) if values else said
