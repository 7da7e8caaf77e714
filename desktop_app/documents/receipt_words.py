"""Fixed texts of receipts, in English and Hindi.

Facts are printed as issued: names, lines, numbers and dates are the same in both languages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.payment import Method, Placement

if TYPE_CHECKING:
    from collections.abc import Mapping

TRAINING_WORDS = "PRACTICE - NOT A RECEIPT"
TEST_WORDS = "TEST MONEY - NOT A RECEIPT"
SPECIMEN_WORDS = "TEST PAGE - NOT A RECEIPT"

METHODS: Mapping[Method, str] = {
    Method.CASH: "Cash",
    Method.AUTO: "UPI",
    Method.UPI_INTENT: "UPI",
    Method.QR_CODE: "UPI (QR code)",
    Method.PAYMENT_LINK: "Payment link",
}
HELD: Mapping[Placement, str] = {
    Placement.SURPLUS: (
        "We hold this amount and will refund it. Another payment had already paid this fee."
    ),
    Placement.NO_SEAT: (
        "We hold this amount. The course was full when the payment arrived. "
        "The centre will offer you another batch or refund it."
    ),
    Placement.RETURNED: "We have refunded this amount.",
}
HINDI: Mapping[str, str] = {
    TRAINING_WORDS: "अभ्यास - यह रसीद नहीं है · PRACTICE - NOT A RECEIPT",
    TEST_WORDS: "टेस्ट पेमेंट - यह रसीद नहीं है · TEST MONEY - NOT A RECEIPT",
    SPECIMEN_WORDS: "टेस्ट पेज - यह रसीद नहीं है · TEST PAGE - NOT A RECEIPT",
    "Receipt": "रसीद",
    "No.": "नंबर",
    "Date": "तारीख़",
    "Fee desk": "फ़ीस काउंटर",
    "Phone {phone}": "फ़ोन {phone}",
    "Received from": "किससे प्राप्त",
    "Towards": "किस मद में",
    "Particulars": "विवरण",
    "Amount ₹": "राशि ₹",
    "Total received": "कुल प्राप्त राशि",
    "Total ₹": "कुल ₹",
    "Taxable value": "कर योग्य मूल्य",
    "Roll no. {roll_no}": "रोल नंबर {roll_no}",
    "Guardian: {name}": "पिता/माता: {name}",
    "State: {state}, code {code}": "राज्य: {state}, कोड {code}",
    "Course code {code}": "कोर्स कोड {code}",
    "Paid by": "पेमेंट का तरीक़ा",
    "UTR / RRN": "UTR / RRN",
    "Payment id": "पेमेंट ID",
    "Desk": "काउंटर",
    "Cash": "नक़द",
    "UPI": "UPI",
    "UPI (QR code)": "UPI (QR कोड)",
    "Payment link": "पेमेंट लिंक",
    "DUPLICATE {count}": "DUPLICATE {count} · डुप्लिकेट",
    "DUPLICATE {count}, {at}": "DUPLICATE {count} · डुप्लिकेट, {at}",
    "REFUND REQUESTED ₹{amount}": "रिफ़ंड माँगा गया · REFUND REQUESTED ₹{amount}",
    "REFUND ON ITS WAY ₹{amount}": "रिफ़ंड रास्ते में · REFUND ON ITS WAY ₹{amount}",
    "REFUND FAILED, NOT RETURNED ₹{amount}": (
        "रिफ़ंड फ़ेल, पैसा नहीं लौटा · REFUND FAILED, NOT RETURNED ₹{amount}"
    ),
    "REFUNDED ₹{amount}": "रिफ़ंड हो चुका · REFUNDED ₹{amount}",
    "PARTLY REFUNDED ₹{amount}": "कुछ रिफ़ंड · PARTLY REFUNDED ₹{amount}",
    "Check code": "चेक कोड",
    "Any desk of this centre can check it.": "इस सेंटर के किसी भी काउंटर पर चेक करा सकते हैं।",
    "For {centre}": "{centre} की ओर से",
    "Authorised signatory": "अधिकृत हस्ताक्षर",
    "This receipt was made by computer. Please keep it.": (
        "यह रसीद कंप्यूटर से बनी है। कृपया इसे सँभालकर रखें।"
    ),
    HELD[Placement.SURPLUS]: (
        "यह राशि हमारे पास है और रिफ़ंड की जाएगी। यह फ़ीस पहले ही दूसरे पेमेंट से भरी जा चुकी थी।"
    ),
    HELD[Placement.NO_SEAT]: (
        "यह राशि हमारे पास है। पेमेंट आने तक कोर्स भर चुका था। सेंटर आपको दूसरा बैच देगा या राशि रिफ़ंड करेगा।"
    ),
    HELD[Placement.RETURNED]: "यह राशि रिफ़ंड की जा चुकी है।",
}


def word(text: str, language: str, **values: object) -> str:
    """Return a receipt text in a language, with its values inserted."""
    said = HINDI[text] if language == "hi" else text
    return said.format(**values) if values else said
