"""Fee heads: what a due is for, how it is taxed, and what of it may be refunded.

The heads that ship are here; those that a centre adds or edits are rows of the database. Coaching
is 18 % with everything bundled into it. Books are a separate, nil-rated line only where they
are priced separately and a student may refuse them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.fees import SAC_COACHING
from desktop_app.domain.text import optional_line, require_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SAC_BOOKS = "4901"
COACHING_BP = 1_800
TUITION = "tuition"
LATE_FEE = "late_fee"
BOUNCE = "bounce"
BOOKS = "books"
LAST = 99
"""The priority of heads that are paid after all others."""

HEADS_HIDDEN_BY_PROFILE: Mapping[str, frozenset[str]] = {"rajasthan-2025": frozenset({BOOKS})}
"""Heads that a profile of rules does not offer: the Rajasthan Act wants study material free."""


class Treatment(StrEnum):
    """How a head is taxed."""

    TAXABLE = "taxable"
    EXEMPT = "exempt"
    """Nil-rated or exempt: it is a supply, without tax."""
    OUTSIDE = "outside"
    """No supply at all: deposits, and money that is passed on at cost."""


class RefundRule(StrEnum):
    """The part of a head that may come back when a student leaves."""

    PRO_RATA = "pro_rata"
    UNTIL_START = "until_start"
    NEVER = "never"
    DEPOSIT = "deposit"


@dataclass(frozen=True, slots=True)
class FeeHead:
    """A fee head.

    Attributes:
        sac: the code of the service or goods; empty where there is no supply.
        gst_bp: basis points; zero unless it is taxable.
        priority: of two dues of one day, the lower is paid first.
        concession_ok: whether a concession may reduce it.
    """

    code: str
    title: str
    title_hi: str
    treatment: Treatment
    sac: str
    gst_bp: int
    refund: RefundRule
    priority: int
    concession_ok: bool = False


def _coaching(
    code: str, title: str, title_hi: str, refund: RefundRule, priority: int, *, cut: bool = False
) -> FeeHead:
    return FeeHead(
        code, title, title_hi, Treatment.TAXABLE, SAC_COACHING, COACHING_BP, refund, priority, cut
    )


_OUTSIDE, _EXEMPT = Treatment.OUTSIDE, Treatment.EXEMPT
_NEVER = RefundRule.NEVER

SHIPPED: tuple[FeeHead, ...] = (
    _coaching(TUITION, "Tuition", "ट्यूशन", RefundRule.PRO_RATA, 1, cut=True),
    _coaching("registration", "Registration", "रजिस्ट्रेशन", RefundRule.UNTIL_START, 2),
    _coaching("admission", "Admission", "एडमिशन", RefundRule.UNTIL_START, 3),
    _coaching("material", "Study material", "स्टडी मटीरियल", RefundRule.PRO_RATA, 4),
    FeeHead(BOOKS, "Books", "किताबें", _EXEMPT, SAC_BOOKS, 0, _NEVER, 5),
    _coaching("test_series", "Test series", "टेस्ट सीरीज़", RefundRule.PRO_RATA, 6),
    FeeHead("exam", "Exam fee", "एग्ज़ाम फ़ीस", _OUTSIDE, "", 0, _NEVER, 7),
    _coaching("hostel", "Hostel", "हॉस्टल", RefundRule.PRO_RATA, 8),
    FeeHead("deposit", "Security deposit", "सिक्योरिटी डिपॉज़िट", _OUTSIDE, "", 0,
            RefundRule.DEPOSIT, 9),
    _coaching(LATE_FEE, "Late fee", "लेट फ़ीस", _NEVER, LAST),
    FeeHead(BOUNCE, "Cheque bounce charge", "चेक बाउंस चार्ज", _OUTSIDE, "", 0, _NEVER, LAST),
)  # fmt: skip
"""In the order in which they are offered. The late fee has the rate of the due it follows."""

NOT_IN_PLANS = frozenset({LATE_FEE, BOUNCE})
"""Heads that only the desk itself asks for."""


def heads_by_code(own: Iterable[FeeHead] = ()) -> Mapping[str, FeeHead]:
    """Return the heads that ship, replaced and followed by those of the centre."""
    return {head.code: head for head in (*SHIPPED, *own)}


def make_head(head: FeeHead) -> FeeHead:
    """Return a head with clean texts.

    Raises:
        InvalidInputError: a text is missing, or tax and treatment contradict each other.
    """
    code = require_line("code", "Code", head.code, 40).lower()
    title = require_line("title", "Title", head.title, 80)
    title_hi = optional_line("title_hi", "Hindi title", head.title_hi, 80) or title
    if not 0 <= head.gst_bp <= 10_000:  # noqa: PLR2004 - a hundred percent
        raise InvalidInputError("gst_rate", "Enter a GST rate between 0 and 100 %.")
    is_taxable = head.treatment is Treatment.TAXABLE
    if head.gst_bp and not is_taxable:
        raise InvalidInputError("gst_rate", "Set the GST rate to 0 % for a fee head without GST.")
    if is_taxable and not (head.sac.isdecimal() and 4 <= len(head.sac) <= 8):  # noqa: PLR2004
        raise InvalidInputError("sac", "Enter a SAC or HSN code of 4 to 8 digits.")
    return FeeHead(
        code, title, title_hi, head.treatment, head.sac, head.gst_bp, head.refund, head.priority,
        head.concession_ok,
    )  # fmt: skip
