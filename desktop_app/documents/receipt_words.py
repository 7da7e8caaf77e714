"""Fixed texts of receipts, in English and Hindi.

Facts are printed as issued: names, lines, numbers and dates are the same in both languages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.payment import Method, Placement

if TYPE_CHECKING:
    from collections.abc import Mapping

TRAINING_WORDS = "TRAINING - NOT A RECEIPT"
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
        "Amount held, to be returned. This fee had already been paid; "
        "this payment does not pay a fee and will be returned to the payer."
    ),
    Placement.NO_SEAT: (
        "Amount held, to be decided. The course was full when this payment came; "
        "the centre will agree with you on another batch, or return it."
    ),
    Placement.RETURNED: "This amount has been returned to the payer.",
}
HINDI: Mapping[str, str] = {
    TRAINING_WORDS: "अभ्यास - यह रसीद नहीं है · TRAINING - NOT A RECEIPT",
    TEST_WORDS: "टेस्ट पेमेंट - यह रसीद नहीं है · TEST MONEY - NOT A RECEIPT",
    SPECIMEN_WORDS: "जाँच पृष्ठ - यह रसीद नहीं है · TEST PAGE - NOT A RECEIPT",
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
    "Guardian: {name}": "अभिभावक: {name}",
    "State: {state}, code {code}": "राज्य: {state}, कोड {code}",
    "Course code {code}": "कोर्स कोड {code}",
    "Paid by": "भुगतान का तरीक़ा",
    "UTR / RRN": "UTR / RRN",
    "Payment id": "भुगतान आईडी",
    "Desk": "काउंटर",
    "Cash": "नक़द",
    "UPI": "UPI",
    "UPI (QR code)": "UPI (QR कोड)",
    "Payment link": "पेमेंट लिंक",
    "DUPLICATE {count}": "DUPLICATE {count} · प्रतिलिपि",
    "DUPLICATE {count}, {at}": "DUPLICATE {count} · प्रतिलिपि, {at}",
    "REFUND REQUESTED ₹{amount}": "रिफ़ंड माँगा गया · REFUND REQUESTED ₹{amount}",
    "REFUND ON ITS WAY ₹{amount}": "रिफ़ंड रास्ते में · REFUND ON ITS WAY ₹{amount}",
    "REFUND FAILED, NOT RETURNED ₹{amount}": (
        "रिफ़ंड फ़ेल, पैसा नहीं लौटा · REFUND FAILED, NOT RETURNED ₹{amount}"
    ),
    "REFUNDED ₹{amount}": "रिफ़ंड हो चुका · REFUNDED ₹{amount}",
    "PARTLY REFUNDED ₹{amount}": "आंशिक रिफ़ंड · PARTLY REFUNDED ₹{amount}",
    "Check code": "जाँच कोड",
    "Any desk of this centre can check it.": "इस केंद्र का कोई भी काउंटर इसे जाँच सकता है।",
    "For {centre}": "{centre} की ओर से",
    "Authorised signatory": "अधिकृत हस्ताक्षर",
    "This receipt was made by computer. Please keep it.": (
        "यह रसीद कंप्यूटर से बनी है। कृपया इसे सँभालकर रखें।"
    ),
    HELD[Placement.SURPLUS]: (
        "राशि रोकी गई है, लौटाई जाएगी। यह फ़ीस पहले ही भरी जा चुकी थी; "
        "यह भुगतान किसी फ़ीस में नहीं लगा है और भुगतान करने वाले को लौटाया जाएगा।"
    ),
    HELD[Placement.NO_SEAT]: (
        "राशि रोकी गई है, निर्णय बाक़ी है। भुगतान आने तक कोर्स की सीटें भर चुकी थीं; "
        "केंद्र आपसे बात करके दूसरा बैच देगा या राशि लौटाएगा।"
    ),
    HELD[Placement.RETURNED]: "यह राशि भुगतान करने वाले को लौटाई जा चुकी है।",
}


def word(text: str, language: str, **values: object) -> str:
    """Return a receipt text in a language, with its values inserted."""
    said = HINDI[text] if language == "hi" else text
    return said.format(**values) if values else said
