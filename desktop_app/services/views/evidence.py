"""Evidence of a counter tender as it is typed, and the answer of the law to its cash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from desktop_app.domain.cash_limits import CashRoom
    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import AttemptDue


@dataclass(frozen=True)
class TypedEvidence:
    """The evidence of a counter tender as typed. Fields that it lacks stay empty.

    Attributes:
        amount: what stays or is handed in, where it is not what is asked; the rest is credit.
        tendered: the cash on the counter; None for exactly the amount.
        pieces: the notes and coins of it, counted one by one, e.g. `2x500 1x200`.
        reference: RRN, UTR, the number of a cheque, or a place in earlier books.
        is_confirmed: whether the person confirmed a reference of an unusual shape.
        bank: of a cheque.
        micr: of a cheque.
        dated: the day of a transfer, or on a cheque.
        last4: of the card or the account.
        payer: the drawer of a cheque; UPI ID or name of the payer.
        terminal: of a card machine.
        auth_code: on the slip of a card machine.
        others: the other dues that the rest pays, as they were shown; what they leave is credit.
    """

    amount: Money | None = None
    tendered: Money | None = None
    pieces: str = ""
    reference: str = ""
    is_confirmed: bool = False
    bank: str = ""
    branch: str = ""
    micr: str = ""
    dated: date | None = None
    last4: str = ""
    payer: str = ""
    terminal: str = ""
    auth_code: str = ""
    others: tuple[AttemptDue, ...] = ()


NOTHING_TYPED = TypedEvidence()


@dataclass(frozen=True)
class CashCheck:
    """Cash for a bill, compared with what the law allows.

    Attributes:
        most: the most that may be taken in cash now for it.
        near: limits that it reaches or comes near to.
    """

    most: Money
    near: tuple[CashRoom, ...] = ()
