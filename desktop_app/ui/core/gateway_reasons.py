"""Why a payment or a request failed, in our own words, by Razorpay's reason codes.

Razorpay's descriptions are in English and get reworded; its codes are stable. Its own sentence is
kept for support, and is no part of a text here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.ui.core.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMED_OUT = N_("The payment took too long.")
_DECLINED = N_("The parent's bank declined the payment.")
_OVER_LIMIT = N_("The amount is over the limit of the parent's bank or UPI app.")
_WRONG_ID = N_("The parent's UPI ID didn't work.")
_APP = N_("The parent's UPI app isn't working right now.")
_BANK = N_("The parent's bank isn't working right now.")
_GATEWAY = N_("Razorpay isn't working right now.")
_UNSUPPORTED = N_("This payment method isn't active on your Razorpay account.")
REASONS: Mapping[str, N_] = {
    "payment_cancelled": N_("The parent cancelled the payment or the UPI app didn't respond."),
    "payment_timed_out": _TIMED_OUT,
    "request_timed_out": _TIMED_OUT,
    "incorrect_pin": N_("The parent entered a wrong UPI PIN."),
    "pin_attempts_exceeded": N_("The parent entered a wrong UPI PIN too many times."),
    "pin_not_set": N_("The parent hasn't set a UPI PIN."),
    "insufficient_funds": N_("The parent's account doesn't have enough money."),
    "payment_declined": _DECLINED,
    "debit_declined": _DECLINED,
    "transaction_daily_limit_exceeded": N_("The parent has reached the daily UPI limit."),
    "transaction_frequency_limit_exceeded": N_("The parent has made too many UPI payments today."),
    "transaction_limit_exceeded": _OVER_LIMIT,
    "mcc_amount_limit_exceeded": _OVER_LIMIT,
    "invalid_vpa": _WRONG_ID,
    "vpa_resolution_failed": _WRONG_ID,
    "upi_app_technical_error": _APP,
    "psp_not_available": _APP,
    "psp_app_not_supported": N_("Razorpay doesn't support this UPI app."),
    "bank_technical_error": _BANK,
    "credit_failed": _BANK,
    "gateway_technical_error": _GATEWAY,
    "server_error": _GATEWAY,
    "payment_risk_check_failed": N_("Razorpay blocked this payment after a risk check."),
    "incorrect_card_details": N_("The card details were wrong."),
    "invalid_otp": N_("The OTP was wrong."),
    "order_already_paid": N_("Razorpay already has a payment for this fee."),
    "amount_less_than_minimum_amount": N_("Razorpay doesn't accept less than ₹1."),
    "payment_method_not_enabled": _UNSUPPORTED,
    "upi_collect_not_enabled": _UNSUPPORTED,
}


def own_words(failure: str) -> tuple[N_ | None, str]:
    """Return our words for a failure as it is stored, and Razorpay's own sentence.

    Args:
        failure: Razorpay's code and its sentence after a colon, or one of the two alone.
    """
    code, colon, sentence = failure.partition(": ")
    if code in REASONS:
        return REASONS[code], sentence
    return None, sentence if colon and code.isidentifier() else failure
