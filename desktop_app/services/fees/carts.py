"""Carts: a family's fees and courses in one bill, offered at once, paid by one tender or several.

A draft costs nothing. Offering writes enrolments, bill, attempt and intent in one transaction, with
seats for all lines or none. Each tender is an attempt, begun as any other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import TYPE_CHECKING

from desktop_app.domain.bills import OPEN_BILLS, BillState, fill_lines
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.payment import AttemptState
from desktop_app.domain.receipt import IST, day_in_india
from desktop_app.domain.students import mask_phone, normalise_phone
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.services import errors
from desktop_app.services.fees.cart_lines import (
    check_cart,
    draft_lines,
    offered_lines,
    payer_of,
)
from desktop_app.services.isolation import passing_over
from desktop_app.services.payments.attempt_times import seconds_left
from desktop_app.services.payments.begin import begin_parts, dues_of
from desktop_app.services.payments.other_dues import dues_in_order
from desktop_app.services.ports.bills import BillRecord
from desktop_app.services.posting.bills import end_bill, end_expired, end_sitting
from desktop_app.services.posting.credits import spendable
from desktop_app.services.posting.parts import Part
from desktop_app.services.views.bills import OfferedBill
from desktop_app.services.views.evidence import NOTHING_TYPED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.domain.payment import Attempt, Method
    from desktop_app.services.context import Context
    from desktop_app.services.payments.service import PaymentService
    from desktop_app.services.ports.bills import BillLine
    from desktop_app.services.ports.storage import Repositories, UnitOfWork
    from desktop_app.services.views.bills import (
        BillSummary,
        BillView,
        Cart,
        Family,
        QuotedCart,
    )
    from desktop_app.services.views.evidence import TypedEvidence
    from desktop_app.services.views.payments import AttemptView


class CartService:
    """Bills of families. All local: what is begun is made payable by `PaymentService.open`."""

    def __init__(self, context: Context, payments: PaymentService) -> None:
        self._context = context
        self._payments = payments

    def family(self, student_uid: str) -> Family:
        """Return a student's family with all open dues, in the order in which money pays them.

        Raises:
            UnknownStudentError: the student is not there.
        """
        family = self._context.store.reader.bills.family(student_uid)
        if family is None:
            raise errors.UnknownStudentError("this student was archived")
        today = day_in_india(self._context.now())
        students = [each.uid for each in family.members]
        reader = self._context.store.reader
        credit = ZERO
        if any(map(reader.tenders.credit_of, students)):
            with self._context.store.reading() as books:
                credit = total(spendable(self._context, books, each) for each in students)
        dues = dues_in_order(self._context, reader.dues.of_students(students, today))
        return replace(family, dues=dues, credit=credit)

    def of_phone(self, phone: str) -> Family:
        """Return the family with a phone. Raises UnknownStudentError, InvalidInputError."""
        number = normalise_phone(phone)
        found = self._context.store.reader.students.search(number, 1) if number else ()
        if not found:
            raise errors.UnknownStudentError(f"no family has the phone {mask_phone(number)}")
        return self.family(found[0].uid)

    def open_bill(self, family: Family) -> str | None:
        """Return the newest bill of a family that takes money; None without one."""
        students = {each.uid for each in family.members}
        for each in self.held():
            is_theirs = students & {line.student_uid for line in self.view(each.uid).lines}
            if each.state in OPEN_BILLS and is_theirs:
                return each.uid
        return None

    def view(self, bill_uid: str) -> BillView:
        """Return a bill. Raises UnknownBillError."""
        found = self._context.store.reader.bills.get(bill_uid)
        if found is None:
            raise errors.UnknownBillError("we found no bill with this id")
        return found

    def held(self) -> tuple[BillSummary, ...]:
        """Return drafts and open bills, newest first."""
        return self._context.store.reader.bills.held()

    def left_part_paid(self, student_uid: str) -> BillSummary | None:
        """Return the newest part-paid bill of a student that no payment is collected for."""
        return self._context.store.reader.bills.left_part_paid(student_uid)

    def found(self, text: str, limit: int = 50) -> tuple[BillSummary, ...]:
        """Return offered bills by number, UTR or the payer's phone; the newest for no text."""
        return self._context.store.reader.bills.found(text, limit)

    def hold(self, cart: Cart, shown: Money) -> str:
        """Keep a cart as a draft for the day; return its bill. Nobody is enrolled, no seat is held.

        Args:
            cart: the cart.
            shown: its total as it is shown.

        Raises:
            InvalidInputError: its lines do not go together.
        """
        with self._context.store.writing() as work:
            uid = self._keep(work, cart, shown)
            work.commit()
        return uid

    def _keep(self, work: UnitOfWork, cart: Cart, shown: Money) -> str:
        family_uid = check_cart(work, cart)
        name, phone = payer_of(work, cart)
        lines = draft_lines(self._context, cart)
        known = work.bills.get(cart.bill_uid) if cart.bill_uid else None
        if known is not None and known.state is BillState.DRAFT:
            changed = replace(known, payer_name=name, payer_phone=phone, total=shown)
            work.bills.save(changed, BillState.DRAFT)
            work.bills.replace_lines(known.uid, lines)
            return known.uid
        bill = BillRecord(
            uid=self._context.ids.new(),
            state=BillState.DRAFT,
            number=None,
            family_uid=family_uid,
            payer_name=name,
            payer_phone=phone,
            total=shown,
            created_at=self._context.now(),
        )
        work.bills.add(bill, lines)
        return bill.uid

    def quote(self, cart: Cart) -> QuotedCart:
        """Return a cart with its price, without the codes that it may not use any more.

        A line that is added or removed changes the bill, and with it which codes may be used.

        Raises:
            InvalidInputError, UnknownDueError, DueClosedError: a line of it cannot be asked for.
        """
        from desktop_app.services.fees.cart_quotes import quoted_cart

        with self._context.store.reading() as books:
            return quoted_cart(self._context, books, cart)

    def drop(self, bill_uid: str) -> None:
        """Drop a draft; one that was dropped or offered already stays as it is."""
        with self._context.store.writing() as work:
            bill = work.bills.get(bill_uid)
            if bill is None or bill.state is not BillState.DRAFT:
                work.nothing_to_write()
                return
            work.bills.drop(bill_uid)
            work.commit()

    def offer(
        self,
        cart: Cart,
        method: Method,
        amount: Money | None = None,
        quoted: Money | None = None,
        typed: TypedEvidence = NOTHING_TYPED,
    ) -> OfferedBill:
        """Offer a cart, and begin its first tender; what the counter takes is written at once.

        Enrolments, bill, attempt and intent are written together, or nothing is.

        Args:
            cart: the cart.
            method: how the first tender is paid.
            amount: the first tender; None for the whole bill.
            quoted: the total that was shown; None checks none.
            typed: what was typed about a counter tender. Its amount fills the lines from the top,
                and what is more than the bill becomes credit.

        Raises:
            InvalidInputError: a line, or the tender's amount, cannot be.
            FullLineError: a course has too few seats; the cart stays as it is.
            PriceChangedError: `quoted` is no longer the total.
            DueCoveredError: a due is in another payment that is still open.
            AlreadyEnrolledError, DueClosedError, OverLimitError, NoKeysError: see `begin_dues`.
        """
        with self._context.store.writing() as work:
            end_expired(self._context, work)
            bill = self._offered(work, cart, quoted)
            lines = work.bills.lines(bill.uid)
            attempt, is_new = self._begin(work, bill, lines, method, amount, typed)
            work.commit()
        return self._shown(bill.uid, attempt, is_new=is_new)

    def _offered(self, work: UnitOfWork, cart: Cart, quoted: Money | None) -> BillRecord:
        uid = self._keep(work, cart, ZERO)
        lines = offered_lines(self._context, work, cart, uid)
        sum_ = total(line.amount or ZERO for line in lines)
        if quoted is not None and sum_ != quoted:
            raise errors.PriceChangedError(quoted, sum_)
        draft = work.bills.get(uid)
        if draft is None:
            raise errors.UnknownBillError(uid)
        work.bills.replace_lines(uid, lines)
        offered = replace(
            draft,
            state=BillState.OFFERED,
            number=work.bills.next_number(),
            total=sum_,
            offered_at=self._context.now(),
        )
        work.bills.save(offered, BillState.DRAFT)
        detail = {"number": offered.number, "amount": sum_.paise, "lines": len(lines)}
        self._context.audit(work, "bill.offered", uid, detail)
        return offered

    def tender(
        self,
        bill_uid: str,
        method: Method,
        amount: Money | None = None,
        typed: TypedEvidence = NOTHING_TYPED,
    ) -> OfferedBill:
        """Begin the next tender of an open bill; what the counter takes is written at once.

        A live tender of the same amount by the same method is returned, to continue with.

        Args:
            bill_uid: the bill.
            method: how.
            amount: how much; None for the rest of the bill.
            typed: what was typed about a counter tender; see `offer`.

        Raises:
            BillEndedError, UnknownBillError: it takes no money.
            OpenAttemptError: another tender of it is open, and must be cancelled first.
            InvalidInputError: it is more than the rest, or would leave less than a rupee.
            NoSeatError, OverLimitError, NoKeysError: see `begin_dues`.
        """
        with self._context.store.writing() as work:
            bill = work.bills.get(bill_uid)
            if bill is None:
                raise errors.UnknownBillError("we found no bill with this id")
            if bill.state not in OPEN_BILLS:
                raise errors.BillEndedError(f"bill B-{bill.number} takes no more payments")
            lines = work.bills.lines(bill_uid)
            attempt, is_new = self._begin(work, bill, lines, method, amount, typed)
            if is_new:
                work.commit()
            else:
                work.nothing_to_write()
        return self._shown(bill_uid, attempt, is_new=is_new)

    def _begin(
        self,
        work: UnitOfWork,
        bill: BillRecord,
        lines: Sequence[BillLine],
        method: Method,
        amount: Money | None,
        typed: TypedEvidence,
    ) -> tuple[Attempt, bool]:
        unpaid = [line for line in lines if line.due_uid and line.rest]
        rests = {str(line.due_uid): line.rest for line in unpaid if not line.is_covered}
        rest = total(rests.values())
        if not unpaid:
            raise InvalidInputError("amount", "Nothing is left to pay on this bill.")
        if not rest:
            raise InvalidInputError(
                "amount",
                "A cheque covers the rest of this bill. Wait until the bank credits the "
                "cheque, or return it to the parent.",
            )
        filled = fill_lines(rest if amount is None else amount, rests)
        parts = tuple(
            Part(*work.enrollments.due_with_enrollment(uid), part) for uid, part in filled.items()
        )
        self._refuse_while_open(work, bill, parts)
        return begin_parts(self._context, work, parts, method, bill_uid=bill.uid, typed=typed)

    def _refuse_while_open(self, work: UnitOfWork, bill: BillRecord, parts: Sequence[Part]) -> None:
        """Refuse another tender while one of the bill can be paid: never two at once.

        A cheque only covers its own fees.
        """
        live = next((each for each in work.bills.attempts(bill.uid) if _is_on_offer(each)), None)
        if live is None:
            return
        left = seconds_left(self._context, live)
        is_over = left is not None and left <= 0
        if not is_over and set(live.parts) != set(dues_of(parts)):
            raise errors.OpenAttemptError(live.uid)

    def _shown(self, bill_uid: str, attempt: Attempt, *, is_new: bool) -> OfferedBill:
        return OfferedBill(self.view(bill_uid), self._payments.begun(attempt, is_new=is_new))

    def with_attempt(self, bill_uid: str, attempt: AttemptView) -> OfferedBill:
        """Return a bill as it is now, with an attempt of it."""
        return OfferedBill(self.view(bill_uid), attempt)

    def of_attempt(self, attempt_uid: str) -> BillView | None:
        """Return the bill that an attempt is a tender of; None where it is none."""
        with self._context.store.reading() as books:
            bill = books.bills.of_attempt(attempt_uid)
        return None if bill is None else self.view(bill.uid)

    def end(self, bill_uid: str) -> BillView:
        """End an open bill: what was paid stays, its other seats are free. A draft is dropped.

        Raises:
            OpenAttemptError: a tender is open; cancel it first, which looks for its money.
            UnknownBillError: there is no such bill.
        """
        with self._context.store.writing() as work:
            bill = work.bills.get(bill_uid)
            if bill is None:
                raise errors.UnknownBillError("we found no bill with this id")
            if bill.state not in OPEN_BILLS:
                work.nothing_to_write()
            else:
                end_bill(self._context, work, bill)
                work.commit()
        return self.view(bill_uid)

    def tidy(self) -> tuple[BillView, ...]:
        """Drop drafts of earlier days, and end bills whose time is over.

        Bills of earlier days that no payment waits for end as well. One that stays open for a
        cheque or a link gets the receipts of its sitting. One that cannot be closed now, as when
        its receipts have no number left, is passed over, and the next call tries it again.

        Returns:
            The bills that ended, or got receipts.
        """
        midnight = self._midnight()
        with self._context.store.reading() as books:
            has_drafts = bool(books.bills.drafts_before(midnight))
            over = (*self._over(books), *books.bills.sittings_over(self._context.now()))
        if has_drafts:
            self._drop_drafts(midnight)
        stuck: dict[str, str] = {}
        ended = []
        for uid in dict.fromkeys(over):
            with passing_over(stuck, uid):
                if self._end_over(uid):
                    ended.append(uid)
        return tuple(map(self.view, ended))

    def _over(self, books: Repositories) -> dict[str, BillRecord]:
        """Return the bills that end now, by uid."""
        bills = books.bills
        found = (*bills.expired(self._context.now()), *bills.idle_before(self._midnight()))
        return {bill.uid: bill for bill in found}

    def _drop_drafts(self, before: datetime) -> None:
        with self._context.store.writing() as work:
            drafts = work.bills.drafts_before(before)
            for uid in drafts:
                work.bills.drop(uid)
            if drafts:
                work.commit()
            else:  # another program was faster
                work.nothing_to_write()

    def _end_over(self, uid: str) -> bool:
        """End a bill, or its sitting; False where another program was faster."""
        with self._context.store.writing() as work:
            bill = self._over(work).get(uid)
            now = self._context.now()
            if bill is not None:
                end_bill(self._context, work, bill)
            elif uid in work.bills.sittings_over(now):
                end_sitting(self._context, work, uid, now)
            else:
                work.nothing_to_write()
                return False
            work.commit()
        return True

    def _midnight(self) -> datetime:
        return datetime.combine(day_in_india(self._context.now()), time(), IST)


def _is_on_offer(attempt: Attempt) -> bool:
    """Whether a parent can pay an attempt now; a cheque waits for the bank."""
    is_cheque = tender_of(attempt.method).instrument is not None
    return attempt.state is AttemptState.AWAITING and not is_cheque
