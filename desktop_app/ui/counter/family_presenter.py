"""A family at the counter: reads it, keeps its cart, offers it, and takes its tenders.

Only `desk.carts` decides; what it refuses leaves the cart as it is.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.bills import BillState
from desktop_app.domain.payment import AttemptState
from desktop_app.services import errors
from desktop_app.services.views.evidence import NOTHING_TYPED
from desktop_app.ui.counter.family_cart import FamilyCart

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.domain.money import Money
    from desktop_app.domain.tender import Method
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.bills import (
        BillSummary,
        BillView,
        Cart,
        Family,
        OfferedBill,
        QuotedCart,
    )
    from desktop_app.services.views.enrolment import Bill
    from desktop_app.services.views.evidence import TypedEvidence
    from desktop_app.services.views.fees import ConcessionWish
    from desktop_app.services.views.payments import AttemptView
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.counter.presenter import ChosenCourse


class _Opened(NamedTuple):
    """A family as it was read: with its open bill, or the draft to resume and its courses.

    Attributes:
        begun: the course that the student begins and that was chosen before, with its wishes.
        wanted: the dues to tick, with their late fees; empty for all that is due by now.
    """

    family: Family
    bill: BillView | None = None
    draft: BillView | None = None
    courses: tuple[Bill, ...] = ()
    begun: Bill | None = None
    wishes: tuple[ConcessionWish, ...] = ()
    wanted: tuple[str, ...] = ()


class FamilyPresenter(QObject):
    """The cart of the family on screen, or its open bill.

    Signals:
        changed: the cart or the bill is another one.
        offered: the `AttemptView` of a tender that was begun.
        busy: whether a tender is just being begun.
        held: the bills of the list of held bills, as `BillSummary`.
        found: a `BillView` for the order page.
        left: a cart was kept as a draft.
        dropped: an `InvalidInputError`: its concession or code was taken off the bill.
        added: the place of a course that was added.
        taken: the `BillView` of a tender of the counter that was taken.
        over: the `BillView` of another bill that was just ended.
        joined: the uid of a student who was added, once the family is read again.
        left_out: the label of a course that an open bill does not take any more.
        chosen: the family was read for some dues, of which so many are not on the bill.
    """

    changed = Signal()
    offered = Signal(object)
    busy = Signal(bool)
    held = Signal(object)
    found = Signal(object)
    left = Signal(object)
    dropped = Signal(object)
    added = Signal(int)
    taken = Signal(object)
    over = Signal(object)
    joined = Signal(str)
    left_out = Signal(str)
    chosen = Signal(int)

    def __init__(self, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self.cart: FamilyCart | None = None
        self.bill: BillView | None = None
        self._is_beginning = False
        self._followed = ""

    @property
    def is_open(self) -> bool:
        """Whether a family is on screen."""
        return self.cart is not None or self.bill is not None

    @property
    def due(self) -> Money | None:
        """The amount of the next tender at most: the rest of the bill, or the cart's total."""
        if self.bill is not None:
            return self.bill.to_collect
        return self.cart.total if self.cart is not None else None

    def open(
        self, student_uid: str, dues: tuple[str, ...] = (), course: ChosenCourse | None = None
    ) -> None:
        """Read the family of a student; its open bill is continued.

        Args:
            student_uid: a student of the family.
            dues: the uids of the dues to tick; empty for all that is due by now.
            course: a course that was chosen for the student; it comes on the bill.
        """
        self._runner.local(
            partial(_open, student_uid, dues, course),
            partial(self._opened, dues=dues),
            owner=self,
            replaces="family",
        )

    def join(self, student_uid: str) -> None:
        """Read the family again, in which a student was just added."""
        if self.cart is not None:
            of = self.cart.family.members[0].uid
            self._runner.local(
                lambda desk: desk.carts.family(of), partial(self._joined, student_uid), owner=self
            )

    def _joined(self, student_uid: str, family: Family) -> None:
        if self.cart is None:
            return
        self.cart.join(family)
        self.changed.emit()
        self.joined.emit(student_uid)

    def open_bill(self, bill_uid: str) -> None:
        """Continue a draft, or an open bill."""
        self._runner.local(partial(_resume, bill_uid), self._opened, owner=self, replaces="family")

    def read_again(self) -> None:
        """Read the open bill again: a payment of it may have come."""
        if self.bill is not None:
            uid = self.bill.uid
            self._runner.local(lambda desk: desk.carts.view(uid), self._read, owner=self)

    def add(self, student_uid: str, course_uid: str) -> None:
        """Add a course for a student to the cart."""
        self._runner.local(
            lambda desk: desk.payments.quote(student_uid, course_uid), self._added, owner=self
        )

    def divide(self, at: int, plan_code: str) -> None:
        """Divide the fee of a course that begins by another plan."""
        entry = self.cart.entries[at] if self.cart is not None else None
        if entry is not None and entry.course_uid is not None:
            course = entry.student_uid, entry.course_uid, plan_code
            self._runner.local(
                lambda desk: desk.payments.quote(*course),
                self._divided,
                owner=self,
                replaces="plan",
            )

    def _divided(self, bill: Bill) -> None:
        if self.cart is not None:
            self.cart.divide(bill)
            self.changed.emit()
            self.requote()

    def requote(self) -> None:
        """Ask for the price of the cart again, where concessions or codes are on it."""
        if self.cart is not None and self.cart.has_wishes:
            asked = self.cart.cart
            self._runner.local(
                lambda desk: desk.carts.quote(asked), self._requoted, owner=self, replaces="quote"
            )

    def _requoted(self, quoted: QuotedCart) -> None:
        if self.cart is None or not self.cart.take_quote(quoted):
            return
        self.changed.emit()
        for error in quoted.dropped:
            self.dropped.emit(error)

    def offer(self, method: Method, amount: Money | None) -> None:
        """Offer the cart, or begin the next tender of the bill; one at a time."""
        if self._is_beginning or not self.due:
            return
        whole = self.due
        part = None if amount in (None, whole) else amount
        self._set_busy(busy=True)
        if self.bill is not None:
            work = partial(_tender, self.bill.uid, method, part)
            self._runner.gateway(work, self._offered, failed=self._refused)
        elif self.cart is not None:
            offer = partial(_offer, self.cart.cart, method, part, whole)
            self._runner.local(offer, self._offered, failed=self._refused)

    def taking(self) -> Callable[[Desk, Method, TypedEvidence], AttemptView] | None:
        """Return what takes a tender of the counter for the bill; None where none can be taken."""
        if self._is_beginning or not self.due:
            return None
        if self.bill is not None:
            return partial(_take, None, self.bill.uid, self.due)
        return partial(_take, self.cart.cart if self.cart is not None else None, "", self.due)

    def follow(self, attempt: AttemptView) -> None:
        """Continue with the bill of a tender that was taken."""
        self.cart, self._followed = None, attempt.uid
        uid = attempt.uid
        self._runner.local(lambda desk: desk.carts.of_attempt(uid), partial(self._follow, uid))

    def _follow(self, attempt_uid: str, bill: BillView | None) -> None:
        if bill is not None and self._followed == attempt_uid:
            self.bill = bill
            self.changed.emit()
            self.taken.emit(bill)

    def close(self) -> None:
        """Leave the family; a cart that somebody worked on is kept for the day."""
        cart, self.cart, self.bill, self._followed = self.cart, None, None, ""
        if cart is not None and cart.is_touched and cart.ticked:
            kept, shown = cart.cart, cart.total
            self._runner.local(lambda desk: desk.carts.hold(kept, shown), self._kept)

    def end(self, bill_uid: str) -> None:
        """End an open bill, or drop a draft."""
        self._runner.gateway(partial(_end, bill_uid), self._ended)

    def list_held(self, text: str = "") -> None:
        """List drafts and open bills, or bills by number, UTR or phone."""
        self._runner.local(partial(_list, text), self.held.emit, owner=self, replaces="held")

    def show_order(self, bill_uid: str) -> None:
        """Read a bill for the order page."""
        self._runner.local(lambda desk: desk.carts.view(bill_uid), self.found.emit, owner=self)

    def _opened(self, opened: _Opened, dues: tuple[str, ...] = ()) -> None:
        self.bill, self.cart = opened.bill, None
        if opened.bill is None:
            self.cart = FamilyCart.of(opened.family)
            if opened.draft is not None:
                self.cart.resume(opened.draft, opened.courses)
            elif dues:
                self.cart.tick_only(opened.wanted)
        self._take_begun(opened)
        self.requote()
        if dues:
            self.chosen.emit(self._lacking(dues))

    def _lacking(self, dues: tuple[str, ...]) -> int:
        """Return how many of some dues are not on the bill."""
        lines = self.bill.lines if self.bill is not None else self.cart.ticked if self.cart else ()
        return len(set(dues) - {each.due_uid for each in lines})

    def _take_begun(self, opened: _Opened) -> None:
        """Put the course that was chosen before on the bill."""
        begun, cart = opened.begun, self.cart
        at = cart.add(begun) if begun is not None and cart is not None else None
        if at is not None and cart is not None and opened.wishes:
            cart.set_wishes(at, opened.wishes)
        self.changed.emit()
        if at is not None:
            self.added.emit(at)
        elif begun is not None:
            self.left_out.emit(begun.course_label)

    def _read(self, bill: BillView) -> None:
        if self.bill is not None and self.bill.uid == bill.uid:
            self.bill = bill
            self.changed.emit()

    def _added(self, bill: Bill) -> None:
        if self.cart is None:
            return
        if bill.obstacle:
            self._runner.failed.emit(errors.FullLineError(bill.course_label, ()))
        elif (at := self.cart.add(bill)) is not None:
            self.changed.emit()
            self.added.emit(at)

    def _offered(self, offered: OfferedBill) -> None:
        self._set_busy(busy=False)
        self.cart, self.bill = None, offered.bill
        self.offered.emit(offered.attempt)
        self.changed.emit()

    def _refused(self, error: Exception) -> None:
        self._set_busy(busy=False)
        if isinstance(error, errors.FullLineError) and self.cart is not None:
            self.cart.mark_full(error.lines)
            self.changed.emit()
        self._runner.failed.emit(error)

    def _kept(self, bill_uid: str) -> None:
        self.left.emit(bill_uid)

    def _ended(self, bill: BillView | None) -> None:
        if self.bill is not None and bill is not None and bill.uid == self.bill.uid:
            self.bill = bill
            self.changed.emit()
        elif bill is not None:
            self.over.emit(bill)
        self.list_held()

    def _set_busy(self, *, busy: bool) -> None:
        self._is_beginning = busy
        self.busy.emit(busy)


def _open(
    student_uid: str, dues: tuple[str, ...], course: ChosenCourse | None, desk: Desk
) -> _Opened:
    """Read a family for some of its dues; those of another family are left out."""
    desk.carts.tidy()
    desk.dues.ask_family_late_fees(student_uid)
    family = desk.carts.family(student_uid)
    theirs = {due.uid for due in family.dues}
    wanted = tuple(uid for uid in dues if uid in theirs)
    late = desk.dues.ask_late_fees(wanted) if wanted else ()
    open_ = desk.carts.open_bill(family)
    found = _Opened(family, desk.carts.view(open_) if open_ else None, wanted=(*wanted, *late))
    if course is None:
        return found
    bill = desk.payments.quote(student_uid, course.uid, course.plan_code)
    is_new = not (bill.obstacle or bill.is_kept or bill.is_enrolled)
    return found._replace(begun=bill if is_new else None, wishes=course.wishes)


def _resume(bill_uid: str, desk: Desk) -> _Opened:
    bill = desk.carts.view(bill_uid)
    family = desk.carts.family(bill.lines[0].student_uid)
    if bill.state is not BillState.DRAFT:
        return _Opened(family, bill)
    courses = [
        desk.payments.quote(line.student_uid, line.course_uid, line.plan_code or None)
        for line in bill.lines
        if line.due_uid is None and line.course_uid is not None
    ]
    return _Opened(family, draft=bill, courses=tuple(each for each in courses if not each.obstacle))


def _offer(cart: Cart, method: Method, part: Money | None, whole: Money, desk: Desk) -> OfferedBill:
    return desk.carts.offer(cart, method, part, whole)


def _tender(
    bill_uid: str,
    method: Method,
    part: Money | None,
    desk: Desk,
    typed: TypedEvidence = NOTHING_TYPED,
) -> OfferedBill:
    """Begin a tender; another one that is open is cancelled first, which looks for its money."""
    try:
        return desk.carts.tender(bill_uid, method, part, typed)
    except errors.OpenAttemptError as error:
        ended = desk.payments.cancel(error.attempt_uid)
        if ended.state is AttemptState.PAID:
            return desk.carts.with_attempt(bill_uid, ended)
        return desk.carts.tender(bill_uid, method, part, typed)


def _take(
    cart: Cart | None,
    bill_uid: str,
    whole: Money,
    desk: Desk,
    method: Method,
    typed: TypedEvidence,
) -> AttemptView:
    """Begin a tender of the counter with its evidence, for a cart or for an open bill."""
    if cart is not None:
        return desk.carts.offer(cart, method, None, whole, typed).attempt
    taken = _tender(bill_uid, method, None, desk, typed).attempt
    if taken.method is not method:  # the open QR was paid after all
        raise errors.DueClosedError(taken.course_label, is_paid=True)
    return taken


def _end(bill_uid: str, desk: Desk) -> BillView | None:
    if desk.carts.view(bill_uid).state is BillState.DRAFT:
        desk.carts.drop(bill_uid)
        return None
    try:
        return desk.carts.end(bill_uid)
    except errors.OpenAttemptError as error:
        desk.payments.cancel(error.attempt_uid)
        return desk.carts.end(bill_uid)


def _list(text: str, desk: Desk) -> tuple[BillSummary, ...]:
    desk.carts.tidy()
    return desk.carts.found(text) if text.strip() else desk.carts.held()
