"""Views of the checkout's page, with what it hands to the gateway's script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_app.domain.key_mode import MoneyMode
    from desktop_app.domain.money import Money
    from desktop_app.services.views.payments import AttemptView


@dataclass(frozen=True)
class CheckoutLine:
    """A fee on the page, with the part of it that is collected."""

    label: str
    amount: Money


@dataclass(frozen=True)
class CheckoutPage:
    """The page of one attempt.

    Attributes:
        attempt: the attempt; its amount is what the dues ask for.
        centre: the centre's name; may be empty.
        students: first names only.
        courses: the courses that are paid.
        lines: what is paid; the amounts add up to the attempt's.
        mode: whether the money is real.
        language: the desk's, `en` or another one.
        key_id: the public part of the key with which the order was made.
        reference: our own for the attempt; all that the notes of a payment hold.
        description: for the payer's statement; no name.
        contact: the payer's phone number, empty for none.
        email: the payer's address, empty for none.
        script: the address of the gateway's script.
        has_key: whether the desk still has that key: with another it could not check a proof.
        receipts: the numbers of its receipts, one a student; none before it is paid.
        is_held: whether its money pays no due, and waits for a decision.
    """

    attempt: AttemptView
    centre: str
    students: str
    courses: str
    lines: tuple[CheckoutLine, ...]
    mode: MoneyMode
    language: str
    key_id: str
    reference: str
    description: str
    contact: str
    email: str
    script: str
    has_key: bool = True
    receipts: tuple[str, ...] = ()
    is_held: bool = False
