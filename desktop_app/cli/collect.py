"""`pravesh collect`: collecting a course's fee, or several dues at once, without a window."""

from __future__ import annotations

import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from desktop_app.cli.cheque import show as show_cheque
from desktop_app.cli.concede import show, show_agreed
from desktop_app.cli.exits import Exit, complain
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit, say
from desktop_app.cli.tender_options import take_typed, tender_options
from desktop_app.cli.terminal_qr import draw
from desktop_app.domain.cash_limits import CashBarrier
from desktop_app.domain.channels import is_page
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.promo_codes import PromoRefusal, PromoRefusedError
from desktop_app.domain.tender import AWAITING_BANK
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.services.errors import GatewayError, NothingToCollectError, OpenAttemptError
from desktop_app.services.views.bills import due_now
from desktop_app.services.views.fees import ConcessionWish

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.evidence import TypedEvidence
    from desktop_app.services.views.payments import AttemptView, PaymentOutcome

METHODS = [method.value for method in Method]


@click.command("collect")
@click.option("--student", metavar="S", help="Roll number or phone.")
@click.option("--course", metavar="C", help="Course code.")
@click.option(
    "--due",
    "dues",
    multiple=True,
    metavar="ID",
    help="An id from `pravesh dues`. Repeat it to collect several with one QR.",
)
@click.option(
    "--family",
    metavar="PHONE",
    help="A family's fees due today or overdue, on one bill.",
)
@click.option(
    "--amount",
    type=click.IntRange(1),
    metavar="PAISE",
    help="Collect only part of a due or of the family's bill. At the counter, any amount above the "
    "due becomes credit.",
)
@click.option("--method", type=click.Choice(METHODS), default="auto", show_default=True)
@click.option(
    "--timeout",
    type=click.FloatRange(0),
    metavar="SECONDS",
    help="How long to wait for the payment.",
)
@tender_options
@click.option("--promo", metavar="CODE", help="A promo code for the course.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")
@desk_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    student: str | None,
    course: str | None,
    dues: tuple[str, ...],
    family: str | None,
    amount: int | None,
    method: str,
    timeout: float | None,
    promo: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Collect a course fee or dues. Shows the QR and waits for the payment."""
    way = Method(method)
    typed, fills = take_typed(options, way, amount)
    _check_usage(student, course, dues, family, None if typed.amount else amount)
    if promo and not course:
        raise click.UsageError("--promo needs --student and --course.")
    if promo and fills:
        raise click.UsageError("Use --fill without --promo.")
    desk = opened(ctx, options).desk
    desk.lookup.require_unknown(way, typed)
    if fills:
        from desktop_app.cli.other_fees import chosen_fees, with_others

        chosen = chosen_fees(desk, student, course, dues, family)
        typed = with_others(desk, chosen, typed, as_json=as_json)
    collector = Collector(desk, as_json=as_json, timeout_s=timeout)
    begin: Callable[[], AttemptView]
    if family:
        part = Money(amount) if amount and not typed.amount else None
        begin = partial(begin_family, desk, family, way, part, typed)
    elif dues:
        part = Money(amount) if amount and not typed.amount else None
        asked = dict.fromkeys(dues, part)
        begin = partial(desk.payments.begin_dues, asked, way, typed)
    else:
        hit, row = desk.students.find(student or ""), desk.courses.find(course or "")
        of_course = partial(desk.payments.begin, hit.uid, row.uid, way, typed=typed)
        begin = of_course
        if promo:
            promised = _Promised(desk, hit.uid, row.uid, promo, as_json=as_json)
            if promised.is_free:
                ctx.exit(promised.enrol())
            begin = promised.beginning(of_course)
    ctx.exit(collector.run(begin))


def begin_family(
    desk: Desk, phone: str, method: Method, amount: Money | None, typed: TypedEvidence
) -> AttemptView:
    """Begin the next payment of a family's open bill, or offer a bill of what is due."""
    family = desk.carts.of_phone(phone)
    desk.carts.tidy()
    open_ = desk.carts.open_bill(family)
    if open_ is not None:
        return desk.carts.tender(open_, method, amount, typed).attempt
    cart = due_now(family)
    if not cart.lines:
        raise NothingToCollectError("this family has no fee due today or overdue")
    return desk.carts.offer(cart, method, amount, typed=typed).attempt


class _Promised:
    """A course fee with a promo code."""

    def __init__(
        self, desk: Desk, student_uid: str, course_uid: str, promo: str, *, as_json: bool
    ) -> None:
        self._desk = desk
        self._fee = (student_uid, course_uid)
        self._wishes = [ConcessionWish(promo=promo)]
        self._as_json = as_json
        try:
            quoted = desk.concessions.quote(*self._fee, self._wishes)
            self.is_free, self._is_given = not quoted.total, False
        except PromoRefusedError as error:
            if error.refusal is not PromoRefusal.USED_ALREADY:
                raise
            self.is_free, self._is_given = False, True

    def enrol(self) -> Exit:
        """Enrol the student: nothing is left to pay."""
        show(self._desk.concessions.enrol(*self._fee, self._wishes), as_json=self._as_json)
        return Exit.DONE

    def beginning(self, begin: Callable[..., AttemptView]) -> Callable[[], AttemptView]:
        """Return what begins the payment and writes the concession with it."""

        def begun() -> AttemptView:
            agree = None if self._is_given else self._desk.concessions.agreed(self._wishes)
            attempt = begin(agree=agree)
            show_agreed(self._desk, self._enrollment_of(attempt), as_json=self._as_json)
            return attempt

        return begun

    def _enrollment_of(self, attempt: AttemptView) -> str:
        return attempt.enrollment_uid or self._desk.concessions.enrollment_of(*self._fee)


def _check_usage(
    student: str | None,
    course: str | None,
    dues: tuple[str, ...],
    family: str | None,
    amount: int | None,
) -> None:
    """Raise UsageError unless a student and a course are given, or dues, or a family."""
    if family:
        if dues or student or course:
            raise click.UsageError("Use --family without --student, --course and --due.")
        return
    if not dues and not (student and course):
        raise click.UsageError("Enter --student and --course, or --due, or --family.")
    if dues and (student or course):
        raise click.UsageError("Enter either --student and --course, or --due.")
    if len(set(dues)) != len(dues):
        raise click.UsageError("You entered the same --due twice.")
    if amount and len(dues) != 1:
        raise click.UsageError("--amount needs exactly one --due.")


class Collector:
    """One payment in a terminal."""

    def __init__(self, desk: Desk, *, as_json: bool, timeout_s: float | None) -> None:
        self._desk = desk
        self._as_json = as_json
        self._timeout_s = timeout_s
        self._said: AttemptState | None = None
        self._told_line = False

    def run(self, begin: Callable[[], AttemptView]) -> Exit:
        """Collect what `begin` begins; the exit code is the outcome."""
        attempt = self._begin(begin)
        self._event("intent", attempt=attempt.uid, amount=attempt.amount.paise)
        if attempt.state is AttemptState.PAID:
            return self._paid(attempt)
        if tender_of(attempt.method).instrument is not None:
            return self._handed_in(attempt)
        try:
            attempt = self._open(attempt)
            if attempt.state is AttemptState.PAID:
                return self._paid(attempt)
            if attempt.state is not AttemptState.AWAITING:  # another window ended it
                return self._ended(attempt)
            self._show(attempt)
            return self._wait(attempt)
        except KeyboardInterrupt:
            return self._cancel(attempt)

    def _begin(self, begin: Callable[[], AttemptView]) -> AttemptView:
        """Begin the attempt; before cash, cancel an open QR, which looks for its money."""
        try:
            return begin()
        except OpenAttemptError as error:
            ended = self._desk.payments.cancel(error.attempt_uid)
            return ended if ended.state is AttemptState.PAID else begin()

    def _open(self, attempt: AttemptView) -> AttemptView:
        try:
            opened_ = self._desk.payments.open(attempt.uid)
        except GatewayError:
            self._state(self._desk.payments.view(attempt.uid))
            raise
        if opened_.order_id:
            self._event("ordered", attempt=opened_.uid, order_id=opened_.order_id)
        return opened_

    def _show(self, attempt: AttemptView) -> None:
        expires = attempt.expires_at.isoformat() if attempt.expires_at else None
        self._event(
            "qr",
            attempt=attempt.uid,
            text=attempt.qr_text,
            image=str(attempt.image_path) if attempt.image_path else None,
            amount=attempt.amount.paise,
            expires_at=expires,
        )
        self._said = attempt.state
        if is_page(attempt.method):
            self._show_page(self._desk.checkout.address(attempt.uid))
        if attempt.qr_text:
            draw(self._desk.qr_matrix(attempt.qr_text), sys.stderr if self._as_json else sys.stdout)
        if not self._as_json:
            if attempt.image_path:
                say(f"QR image: {attempt.image_path}")
            say(f"{attempt.student_name} · {attempt.course_label} · {attempt.amount}")
            say("Waiting for the payment. Press Ctrl+C to cancel.")

    def _show_page(self, address: str) -> None:
        self._event("page", address=address)
        if not self._as_json:
            say(f"Open this page in a browser on this PC: {address}")

    def _wait(self, attempt: AttemptView) -> Exit:
        """Poll until paid, ended elsewhere or timed out; the last poll decides."""
        life = attempt.expires_in_s if attempt.expires_in_s is not None else 900.0
        allowed = life if self._timeout_s is None else min(life, self._timeout_s)
        until = time.monotonic() + allowed
        while (left := until - time.monotonic()) > 0:
            look = self._desk.polling.run()
            self._tell_line(succeeded=look.succeeded)
            now = next((view for view in look.waiting if view.uid == attempt.uid), None)
            if now is None:
                now = self._desk.payments.view(attempt.uid)
            self._state(now)
            if now.state is not AttemptState.AWAITING:
                break
            left = until - time.monotonic()
            time.sleep(max(0.0, min(look.next_in_s or 1.0, left)))
        return self._ended(self._desk.payments.expire(attempt.uid))

    def _cancel(self, attempt: AttemptView) -> Exit:
        complain("Cancelling… checking once more for a payment.")
        return self._ended(self._desk.payments.cancel(attempt.uid))

    def _ended(self, attempt: AttemptView) -> Exit:
        if attempt.state is AttemptState.PAID:
            return self._paid(attempt)
        self._state(attempt)
        if attempt.will_return:
            complain(
                "This fee wasn't due, so we didn't take the payment. The bank will "
                "return the money."
            )
        if attempt.is_sure:
            complain("Not paid. If the parent still pays, `pravesh reconcile` will record it.")
            return Exit.NOT_PAID
        complain("We couldn't check whether the parent paid. Run `pravesh reconcile`.")
        return Exit.UNKNOWN

    def _handed_in(self, attempt: AttemptView) -> Exit:
        """Show a cheque that covers its dues: it is no payment yet."""
        self._state(attempt)
        show_cheque(self._desk.cheques.one(attempt.uid), as_json=self._as_json)
        return Exit.DONE

    # --- output

    def _paid(self, attempt: AttemptView) -> Exit:
        self._state(attempt)
        found = self._desk.payments.outcome(attempt.uid)
        verification = found.verification.value if found.verification else None
        self._event(
            "paid",
            attempt=attempt.uid,
            order_id=attempt.order_id,
            payment_id=attempt.payment_id,
            rrn=attempt.rrn,
            amount=attempt.amount.paise,
            receipt_no=attempt.receipt_no,
            enrollment=attempt.enrollment_uid,
            allocations=[
                {"due": each.due_uid, "amount": each.amount.paise} for each in found.parts
            ],
            receipts=[
                {"number": each.number, "student": each.roll_no, "amount": each.amount.paise}
                for each in found.receipts
            ],
            change=found.change.paise,
            credit=found.credit.paise,
            verification=verification,
        )
        if not self._as_json:
            self._say_paid(attempt, found)
        return Exit.DONE

    def _say_paid(self, attempt: AttemptView, found: PaymentOutcome) -> None:
        amount = found.amount or attempt.amount
        word = "CLAIMED" if found.verification in AWAITING_BANK else "PAID"
        numbers = ", ".join(each.number for each in found.receipts)
        receipt = f"receipt {numbers}" if numbers else "from credit, no new receipt"
        if not numbers and found.verification is not None:
            receipt = "the receipt comes once the bill is fully paid or closed"
        say(f"{word} {amount} · {attempt.student_name} · {receipt}")
        if found.change:
            say(f"Change: {found.change}")
        for room in (
            self._desk.payments.cash_near(attempt.uid) if tender_of(attempt.method).is_cash else ()
        ):
            what = "for this course" if room.barrier is CashBarrier.ENROLLMENT else "today"
            say(f"You can take at most {room.most} more in cash {what}.")
        if found.credit:
            say(f"Kept as credit: {found.credit}")
        if found.verification in AWAITING_BANK:
            say("Subject to verification. Match it with the bank in the Inbox.")

    def _state(self, attempt: AttemptView) -> None:
        if attempt.state is self._said:
            return
        self._said = attempt.state
        self._event("state", attempt=attempt.uid, state=attempt.state.value)

    def _tell_line(self, *, succeeded: bool) -> None:
        if not succeeded and not self._told_line:
            complain("Couldn't check with Razorpay. Still trying.")
        self._told_line = not succeeded

    def _event(self, name: str, **fields: object) -> None:
        if self._as_json:
            emit(name, **fields)
