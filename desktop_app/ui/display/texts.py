"""The texts of the customer display: always English and Hindi together, in every language.

Only words that every parent may read: nothing of errors, other people or what is owed.
"""

from __future__ import annotations

from typing import NamedTuple


class Pair(NamedTuple):
    """One thing said in both languages."""

    english: str
    hindi: str


WELCOME = Pair("Welcome", "स्वागत है")
PAY_HERE = Pair("Pay fees here by UPI or cash", "फ़ीस यहाँ UPI या कैश से भरें")
CHECK_BILL = Pair("Please check your bill", "कृपया अपना बिल देख लें")
SCAN = Pair("Scan with any UPI app", "किसी भी UPI ऐप से स्कैन करें")
PAGE = Pair("Please pay on the desk's screen", "कृपया काउंटर की स्क्रीन पर पेमेंट करें")
MOMENT = Pair("One moment, please", "कृपया एक मिनट रुकें")
OVER = Pair("Time's up. Please ask for a new QR.", "समय ख़त्म। कृपया नया QR माँगें।")
ENDED = Pair("Please ask at the counter", "कृपया काउंटर पर पूछें")
TIME_LEFT = Pair("Time left", "बचा समय")
HURRY = Pair("Almost out of time", "समय कम बचा है")
THANKS = Pair("Paid. Thank you.", "पेमेंट हो गया। धन्यवाद।")
NOTED = Pair("Recorded. Thank you.", "दर्ज हो गया। धन्यवाद।")
"""Of money that the bank has not shown yet: nobody knows that it is paid."""
RECEIPT = Pair("Receipt", "रसीद")
TRAINING = Pair("PRACTICE: no real money", "अभ्यास: असली पैसा नहीं")
TEST = Pair("TEST: no real money", "टेस्ट: असली पैसा नहीं")
CENTRE = Pair("Fee desk", "फ़ीस काउंटर")
