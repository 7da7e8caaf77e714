"""Read models of families, carts and bills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.ageing import Bucket
from desktop_app.domain.bills import OPEN_BILLS, BillState, TenderState
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.tender import NEVER_CAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from desktop_app.domain.errors import InvalidInputError
    from desktop_app.domain.key_mode import MoneyMode
    from desktop_app.domain.payment import Method
    from desktop_app.domain.tender import Verification
    from desktop_app.services.views.centre import CentreView
    from desktop_app.services.views.enrolment import DueRow
    from desktop_app.services.views.fees import ConcessionPreview, ConcessionWish
    from desktop_app.services.views.payments import AttemptView, IssuedReceipt


def by_student(amounts: Iterable[tuple[str, Money]]) -> Mapping[str, Money]:
    """Return the sum of amounts for each student, in their order."""
    sums: dict[str, Money] = {}
    for student_uid, amount in amounts:
        sums[student_uid] = sums.get(student_uid, ZERO) + amount
    return sums


class Member(NamedTuple):
    """A student of a family."""

    uid: str
    name: str
    roll_no: str


@dataclass(frozen=True)
class Family:
    """A family at the counter: its students, and everything that is due.

    Attributes:
        uid: None where a student has no family.
        name, phone: who pays: the guardian, else the student.
        dues: the open dues of all students, the one that fell due first at the beginning.
        credit: what its students have paid and no fee has used, as far as it may be used.
    """

    uid: str | None
    name: str
    phone: str
    members: tuple[Member, ...]
    dues: tuple[DueRow, ...] = ()
    credit: Money = ZERO


class CartLine(NamedTuple):
    """A line of a cart: a due, or a course for a student.

    Attributes:
        amount: a part of the due; None for the whole balance.
        wishes: concessions and promo codes of a course that begins.
    """

    student_uid: str
    due_uid: str | None = None
    course_uid: str | None = None
    plan_code: str = ""
    amount: Money | None = None
    wishes: tuple[ConcessionWish, ...] = ()


@dataclass(frozen=True)
class Cart:
    """A family's fees and courses before anything is written.

    Attributes:
        bill_uid: the draft that it was kept as; empty for none.
    """

    lines: tuple[CartLine, ...]
    bill_uid: str = ""


class QuotedCart(NamedTuple):
    """A cart with its price.

    Attributes:
        cart: without the concessions and codes that it may not have any more.
        amounts: of each line, in their order.
        given: what concessions make of each line; None for a line without them.
        dropped: why each of them may not, in sentences.
    """

    cart: Cart
    amounts: tuple[Money, ...]
    given: tuple[ConcessionPreview | None, ...]
    dropped: tuple[InvalidInputError, ...]

    @property
    def total(self) -> Money:
        """The total of the bill."""
        return total(self.amounts)


@dataclass(frozen=True)
class LineView:
    """A line of a bill as it is now.

    Attributes:
        amount: what it asks for.
        paid: what the bill's tenders have paid of it.
        rest: what it still asks for.
        is_new: whether the bill enrolled the student.
        wishes: concessions and codes of a course in a draft.
        is_covered: whether a cheque that the bank has not credited covers it.
        is_ended: whether its due was cancelled or written off, so that nothing more is asked.
        is_written_off: whether it was written off.
    """

    student_uid: str
    student_name: str
    roll_no: str
    label: str
    due_uid: str | None
    course_uid: str | None
    plan_code: str
    amount: Money
    paid: Money
    rest: Money
    is_new: bool
    is_part: bool = False
    wishes: tuple[ConcessionWish, ...] = ()
    is_covered: bool = False
    is_ended: bool = False
    is_written_off: bool = False

    @property
    def is_paid(self) -> bool:
        """Whether it is paid, by this bill or otherwise."""
        return not self.rest and not self.is_ended


@dataclass(frozen=True)
class TenderView:
    """A tender of a bill.

    Attributes:
        reference: the UTR or RRN, else the gateway's payment id; empty for neither.
        verification: how sure its money is; None before it came, and of credit.
        mode: whether its money is real; None before it came.
        has_receipt: whether a receipt shows its money.
    """

    attempt_uid: str
    method: Method
    amount: Money
    state: TenderState
    at: datetime
    reference: str
    verification: Verification | None
    mode: MoneyMode | None = None
    has_receipt: bool = False

    @property
    def came(self) -> bool:
        """Whether its money came, as far as is known now."""
        return self.state is TenderState.PAID and self.verification not in NEVER_CAME


@dataclass(frozen=True)
class BillSummary:
    """A bill in a list.

    Attributes:
        number: None for a draft.
        rest: what is not paid yet.
    """

    uid: str
    number: int | None
    state: BillState
    payer_name: str
    total: Money
    rest: Money
    lines: int
    at: datetime
    hold_until: datetime | None


@dataclass(frozen=True)
class BillView:
    """A bill with everything about it: the order page."""

    uid: str
    number: int | None
    state: BillState
    payer_name: str
    payer_phone: str
    total: Money
    created_at: datetime
    offered_at: datetime | None
    hold_until: datetime | None
    closed_at: datetime | None
    lines: tuple[LineView, ...]
    tenders: tuple[TenderView, ...]
    receipts: tuple[IssuedReceipt, ...]

    @property
    def rest(self) -> Money:
        """The amount that is not paid yet."""
        return total(each.rest for each in self.lines)

    @property
    def to_collect(self) -> Money:
        """The amount that can be collected now: what no cheque covers."""
        return total(each.rest for each in self.lines if not each.is_covered)

    @property
    def asked(self) -> Mapping[str, Money]:
        """The amount that can be collected now for each student."""
        return by_student((each.student_uid, each.rest) for each in self.lines
                          if not each.is_covered)  # fmt: skip

    @property
    def paid(self) -> Money:
        """The amount that its tenders have paid."""
        return total(each.paid for each in self.lines) if self.lines else ZERO

    @property
    def awaits_receipts(self) -> bool:
        """Whether money of it is on no receipt yet: the receipts come when the sitting is over."""
        return self.is_open and any(
            each.verification not in {None, *NEVER_CAME} and not each.has_receipt
            for each in self.tenders
        )

    @property
    def is_open(self) -> bool:
        """Whether it takes money."""
        return self.state in OPEN_BILLS

    @property
    def holds_seats(self) -> bool:
        """Whether it holds seats: nothing of a new course on it is paid yet."""
        return self.is_open and any(each.is_new and not each.paid for each in self.lines)


@dataclass(frozen=True)
class SlipView:
    """A family's bill on paper, with the receipts of it. It has no number and is no receipt.

    Attributes:
        centre: the centre as it is now.
        is_training, is_test: whether it is of money that is not real.
    """

    centre: CentreView
    bill: BillView
    is_training: bool = False
    is_test: bool = False


class OfferedBill(NamedTuple):
    """A bill and the attempt that was just begun for it."""

    bill: BillView
    attempt: AttemptView


def due_now(family: Family) -> Cart:
    """Return a cart of what is due today or overdue; covered dues are in another payment."""
    return Cart(
        tuple(
            CartLine(each.student_uid, due_uid=each.uid)
            for each in family.dues
            if each.bucket is not Bucket.NOT_DUE and not each.covered
        )
    )


def bill_name(number: int | None) -> str:
    """Return the name of a bill as people read it; empty for a draft."""
    return "" if number is None else f"B-{number}"
