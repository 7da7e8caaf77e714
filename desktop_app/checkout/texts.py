"""The texts of the page in English and Hindi, for a parent who reads them alone.

What happened, whether money moved, and what to do next, in this order. Never more about money than
is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Pair(NamedTuple):
    """One text in both languages."""

    english: str
    hindi: str

    def on(self, language: str) -> str:
        """Return the text in a language; English where there is no other."""
        return self.hindi if language == HINDI else self.english


ENGLISH, HINDI = "en", "hi"
LANGUAGES = {ENGLISH: "English", HINDI: "हिन्दी"}

TITLE = Pair("Pay the fee", "फ़ीस भरें")
CENTRE = Pair("Your coaching centre", "आपका कोचिंग सेंटर")
FEE_OF = Pair("Fee for {student}", "{student} की फ़ीस")
TO_PAY = Pair("To pay", "कुल रक़म")
PAY = Pair("Pay {amount}", "{amount} का पेमेंट करें")
HOW = Pair(
    "Card, netbanking, wallet or UPI. Razorpay processes the payment.",
    "कार्ड, नेटबैंकिंग, वॉलेट या UPI। पेमेंट Razorpay से होता है।",
)
UNTIL = Pair("You can pay here until {time}.", "यहाँ {time} तक पेमेंट हो सकता है।")
TRAINING = Pair("Practice: no real money", "अभ्यास: असली पैसा नहीं")
TEST = Pair("Test: no real money", "टेस्ट: असली पैसा नहीं")

FAILED = Pair("The payment failed", "पेमेंट फ़ेल हुआ")
NOT_TAKEN = Pair(
    "If money left your account, your bank will return it.",
    "अगर खाते से पैसा कटा है, तो बैंक उसे लौटा देगा।",
)
TRY_AGAIN = Pair("Try again", "फिर कोशिश करें")
DECIDING = Pair("We're confirming your payment", "हम आपका पेमेंट कन्फ़र्म कर रहे हैं")
DECIDING_MORE = Pair(
    "Don't pay again. This page checks every second. "
    "If you close it, we'll still record your payment.",
    "दोबारा पेमेंट न करें। यह पेज हर सेकंड चेक करता है। इसे बंद करने पर भी हम आपका पेमेंट दर्ज कर लेंगे।",
)
FALSE = Pair("This confirmation isn't genuine", "यह कन्फ़र्मेशन असली नहीं है")
FALSE_MORE = Pair(
    "Razorpay didn't sign it for this fee, so we ignored it. "
    "If you paid, we'll still record your payment.",
    "Razorpay ने इसे इस फ़ीस के लिए साइन नहीं किया, इसलिए हमने इसे दर्ज नहीं किया। "
    "अगर आपने पेमेंट किया है, तो हम उसे दर्ज कर लेंगे।",
)
PAID = Pair("Payment received", "पेमेंट मिल गया")
RECEIPT = Pair("Receipt", "रसीद")
AMOUNT = Pair("Amount", "रक़म")
HELD = Pair(
    "Please ask at the desk about this payment.",
    "कृपया इस पेमेंट के बारे में काउंटर पर पूछें।",
)
MAY_CLOSE = Pair("You can close this tab.", "आप यह टैब बंद कर सकते हैं।")
BACK = Pair("Back to the desk", "काउंटर पर वापस")
ENDED = Pair("This page has expired", "इस पेज का समय ख़त्म हो गया")
ENDED_MORE = Pair(
    "You can't pay here any more. If you already paid, we'll still record your payment. "
    "Please ask at the desk.",
    "यहाँ अब पेमेंट नहीं हो सकता। अगर आपने पेमेंट कर दिया है, तो हम उसे दर्ज कर लेंगे। काउंटर पर पूछें।",
)
RETURNS = Pair(
    "This fee wasn't due, so we didn't take your payment. Your bank will return it.",
    "यह फ़ीस बाक़ी नहीं थी, इसलिए हमने आपका पेमेंट नहीं लिया। आपका बैंक पैसा लौटा देगा।",
)
LOST = Pair(
    "We couldn't reach the desk. Don't pay again. "
    "If you paid, the desk will still find your payment.",
    "काउंटर से कनेक्ट नहीं हो पाया। दोबारा पेमेंट न करें। अगर आपने पेमेंट किया है, तो काउंटर उसे ढूँढ लेगा।",
)
NO_SCRIPT = Pair(
    "Razorpay didn't load, so you can't pay here yet. Check the internet, then try again.",
    "Razorpay नहीं खुला, इसलिए अभी पेमेंट नहीं हो सकता। इंटरनेट चेक करके फिर कोशिश करें।",
)
NEEDS_SCRIPTS = Pair(
    "Turn on JavaScript in this browser to pay.",
    "पेमेंट के लिए इस ब्राउज़र में JavaScript चालू करें।",
)
OPENING = Pair("Opening Razorpay…", "Razorpay खुल रहा है…")
SENDING = Pair("Confirming with the desk…", "काउंटर से कन्फ़र्म कर रहे हैं…")

_DECLINED = Pair("Your bank declined it.", "आपके बैंक ने मना कर दिया।")
_TIMED_OUT = Pair("It took too long.", "बहुत देर लग गई।")
_BANK = Pair("Your bank isn't working right now.", "आपके बैंक का सिस्टम अभी काम नहीं कर रहा।")
_GATEWAY = Pair("Razorpay isn't working right now.", "Razorpay अभी काम नहीं कर रहा।")
_LIMIT = Pair("It's over your bank's limit.", "यह आपके बैंक की लिमिट से ज़्यादा है।")
_WRONG_PIN = Pair("The parent entered a wrong UPI PIN.", "पेरेंट ने UPI पिन ग़लत डाला।")
REASONS: Mapping[str, Pair] = {
    "payment_cancelled": Pair("You cancelled it.", "आपने पेमेंट कैंसिल किया।"),
    "payment_timed_out": _TIMED_OUT,
    "request_timed_out": _TIMED_OUT,
    "insufficient_funds": Pair("Your account doesn't have enough money.", "आपके खाते में पैसे कम हैं।"),
    "payment_declined": _DECLINED,
    "debit_declined": _DECLINED,
    "payment_risk_check_failed": Pair(
        "Razorpay blocked it after a risk check.", "Razorpay ने रिस्क चेक के बाद इसे रोक दिया।"
    ),
    "bank_technical_error": _BANK,
    "gateway_technical_error": _GATEWAY,
    "server_error": _GATEWAY,
    "transaction_limit_exceeded": _LIMIT,
    "transaction_daily_limit_exceeded": _LIMIT,
    "incorrect_pin": _WRONG_PIN,
    "incorrect_card_details": Pair("The card details were wrong.", "कार्ड की जानकारी ग़लत थी।"),
    "invalid_otp": Pair("The OTP was wrong.", "OTP ग़लत था।"),
    "order_already_paid": Pair("This fee is already paid.", "यह फ़ीस पहले ही भर चुकी है।"),
}
"""Why a payment failed, by Razorpay's codes."""
UNKNOWN_REASON = Pair("Your bank or app didn't complete it.", "आपके बैंक या ऐप ने इसे पूरा नहीं किया।")


def reason(failure: str) -> Pair:
    """Return why a payment failed, from the failure as it is stored: a code, and a sentence."""
    return REASONS.get(failure.partition(":")[0], UNKNOWN_REASON)
