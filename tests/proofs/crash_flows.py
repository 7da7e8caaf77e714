"""Scripts of what a desk does to money: each begins a fee, acts as staff would, and is paid.

A script runs on a desk that may crash at any write or call; `finish` is what staff do after the
next start, until the fee is paid or the money is refunded.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from desktop_app.domain.bills import OPEN_BILLS
from desktop_app.domain.channels import is_page
from desktop_app.domain.errors import AlreadyEnrolledError, InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services.errors import GatewayError, ServiceError
from desktop_app.services.ports.system import Clock
from desktop_app.services.views.bills import Cart, CartLine

from .ledger_audit import query
from .proof_desk import UPI_CHANNELS

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView

    from .gateway_backends import GatewayBackend
    from .proof_desk import DeskServices

ROLL, COURSE = "R001", "PHY-11"
OTHER_ROLL, SMALL_COURSE = "R002", "BIO-12"
PART = Money(180_000)
CART = (
    (ROLL, "CART-A", Money(500_000)),
    (OTHER_ROLL, "CART-B", Money(380_000)),
    (OTHER_ROLL, "CART-C", Money(300_000)),
)
"""Three dues of two students, which together are as much as one fee."""
SEVERAL = "several dues, "
"""How the names of flows begin that collect them at once."""
SPLIT = "split bill, "
"""How the names of flows begin that take a family's bill in cash and by a code."""
FAMILY_PHONE = "9000000009"
Begin = Callable[["CrashScenario", Method], "AttemptView"]


class AdvanceableClock(Clock, Protocol):
    """A clock that can be moved forward."""

    def advance(self, seconds: float) -> None: ...


class PayerAction(StrEnum):
    """The parent's action on a code, or after the crash on any code that exists."""

    PAYS = "paid"
    IGNORES = "unpaid"
    FAILS = "failed, captured later"
    AUTHORISES = "authorised"
    PAYS_ALL = "every code paid"


@dataclass
class CrashScenario:
    """A desk, its gateway, and what the parent does."""

    desk: DeskServices
    backend: GatewayBackend
    clock: AdvanceableClock
    payer_action: PayerAction
    has_acted: bool = False

    def show_code(self, view: AttemptView) -> None:
        """Show a code to the parent."""
        text = view.order_id if is_page(view.method) else view.qr_text
        if view.state is AttemptState.AWAITING and text:
            self.pay_code(text)

    def pay_code(self, text: str) -> None:
        """Act on a code as this parent does."""
        if self.payer_action is PayerAction.IGNORES:
            return
        self.has_acted = True
        if self.payer_action is PayerAction.FAILS:
            self.backend.pay_late(text)
        elif self.payer_action is PayerAction.AUTHORISES:
            self.backend.authorise(text)
        else:
            self.backend.pay(text)

    def pay_after_crash(self) -> None:
        """Act on what exists at the gateway, shown or not; newest first."""
        if self.has_acted and self.payer_action is not PayerAction.PAYS_ALL:
            return
        while codes := self.backend.payable_codes():
            self.pay_code(codes[-1])
            if self.payer_action is not PayerAction.PAYS_ALL:
                return


def begin_fee(scenario: CrashScenario, method: Method) -> AttemptView:
    """Begin a fee, and make it payable unless it is cash."""
    desk = scenario.desk
    view = desk.payments.begin(desk.student(ROLL), desk.course(COURSE), method)
    return view if method is Method.CASH else desk.payments.open(view.uid)


def begin_several(scenario: CrashScenario, method: Method) -> AttemptView:
    """Begin one payment for three dues, and make it payable unless it is cash.

    Raises:
        AlreadyEnrolledError: a fee of them is paid.
    """
    desk = scenario.desk
    dues = [
        desk.due(desk.student(roll_no), desk.course(code, fee=fee)) for roll_no, code, fee in CART
    ]
    view = desk.payments.begin_dues(dict.fromkeys(dues), method)
    return view if method is Method.CASH else desk.payments.open(view.uid)


def begin_split(scenario: CrashScenario, method: Method) -> AttemptView:
    """Offer a family's bill, take a part in cash and begin the rest; an open bill is continued.

    Raises:
        AlreadyEnrolledError: the bill is paid.
    """
    desk = scenario.desk
    bill_uid = next((each.uid for each in desk.carts.held() if each.state in OPEN_BILLS), "")
    if not bill_uid:
        lines = tuple(
            CartLine(desk.student(roll_no, FAMILY_PHONE), course_uid=desk.course(code, fee=fee))
            for roll_no, code, fee in CART
        )
        bill_uid = desk.carts.offer(Cart(lines), Method.CASH, PART).bill.uid
    return desk.payments.open(desk.carts.tender(bill_uid, method).attempt.uid)


def collect(method: Method, begin: Begin = begin_fee) -> Callable[[CrashScenario], None]:
    """Enrol, show a code, be paid, and notice it."""

    def flow(scenario: CrashScenario) -> None:
        scenario.show_code(begin(scenario, method))
        scenario.desk.polling.run()
        scenario.desk.polling.run()
        scenario.desk.polling.reconcile()

    return flow


def end_then_pay(
    method: Method, how: str, begin: Begin = begin_fee
) -> Callable[[CrashScenario], None]:
    """Show a code, cancel it or let it expire; the parent pays afterwards."""

    def flow(scenario: CrashScenario) -> None:
        view = begin(scenario, method)
        if how == "expire":
            scenario.clock.advance(scenario.desk.context.settings().expiry_s + 1)
        getattr(scenario.desk.payments, how)(view.uid)
        scenario.show_code(view)
        scenario.desk.polling.reconcile()

    return flow


def pay_then_cancel(method: Method) -> Callable[[CrashScenario], None]:
    """Show a code, be paid, and cancel before the desk has noticed."""

    def flow(scenario: CrashScenario) -> None:
        view = begin_fee(scenario, method)
        scenario.show_code(view)
        scenario.desk.payments.cancel(view.uid)
        scenario.desk.polling.reconcile()

    return flow


def replace_code(first: Method, second: Method) -> Callable[[CrashScenario], None]:
    """Show a code, then another for the same fee, on the same channel or another."""

    def flow(scenario: CrashScenario) -> None:
        view = begin_fee(scenario, first)
        if first is second:
            scenario.desk.payments.cancel(view.uid)
        scenario.show_code(begin_fee(scenario, second))
        scenario.desk.polling.run()
        scenario.desk.polling.reconcile()

    return flow


def refund(method: Method, amount: Money | None) -> Callable[[CrashScenario], None]:
    """Be paid, then refund the payment, in part or in full."""

    def flow(scenario: CrashScenario) -> None:
        view = begin_fee(scenario, method)
        scenario.show_code(view)
        scenario.desk.polling.run()
        scenario.desk.polling.reconcile()
        for (uid,) in query(scenario.desk.folder, "SELECT uid FROM payments"):
            scenario.desk.refunds.refund(uid, amount, "leaves")
        scenario.desk.polling.reconcile()

    return flow


def cancel_offline(method: Method) -> Callable[[CrashScenario], None]:
    """Cancel while closing calls fail; the network recovers afterwards."""

    def flow(scenario: CrashScenario) -> None:
        view = begin_fee(scenario, method)
        scenario.backend.block_endings()
        scenario.desk.payments.cancel(view.uid)
        scenario.backend.unblock_endings()
        scenario.clock.advance(600)
        scenario.desk.polling.reconcile()

    return flow


def refund_offline(scenario: CrashScenario) -> None:
    """Be paid, and decide on a refund while the network is down."""
    view = begin_fee(scenario, Method.UPI_INTENT)
    scenario.show_code(view)
    scenario.desk.polling.run()
    scenario.desk.polling.reconcile()
    scenario.backend.block_endings()
    with suppress(GatewayError):
        for (uid,) in query(scenario.desk.folder, "SELECT uid FROM payments"):
            scenario.desk.refunds.refund(uid, None, "leaves")
    scenario.backend.unblock_endings()
    scenario.clock.advance(600)
    scenario.desk.polling.reconcile()


def unapplied(settle: Callable[[CrashScenario], None]) -> Callable[[CrashScenario], None]:
    """Cancel, sell the last seat to another student, be paid late; staff decide on the payment."""

    def flow(scenario: CrashScenario) -> None:
        desk = scenario.desk
        course = desk.course(SMALL_COURSE, seats=1)
        view = desk.payments.open(
            desk.payments.begin(desk.student(ROLL), course, Method.UPI_INTENT).uid
        )
        desk.payments.cancel(view.uid)
        desk.payments.begin(desk.student(OTHER_ROLL), course, Method.CASH)
        scenario.show_code(view)
        desk.polling.reconcile()
        settle(scenario)
        desk.polling.reconcile()

    return flow


def refund_unapplied(scenario: CrashScenario) -> None:
    """Refund unapplied payments."""
    for each in scenario.desk.unapplied.held():
        with suppress(GatewayError):
            scenario.desk.unapplied.refund(each.uid)


def apply_unapplied_elsewhere(scenario: CrashScenario) -> None:
    """Apply unapplied payments to another fee of the same family."""
    desk = scenario.desk
    for each in desk.unapplied.held():
        with suppress(AlreadyEnrolledError):
            desk.payments.begin(desk.student(ROLL), desk.course(COURSE), Method.UPI_INTENT)
        for due in desk.unapplied.family_dues(each.uid):
            desk.unapplied.put_against(each.uid, due.due_uid)
            break


FLOWS: dict[str, Callable[[CrashScenario], None]] = {
    **{f"collect {each.value}": collect(each) for each in (*UPI_CHANNELS, Method.CASH)},
    **{
        f"{how} {each.value}": end_then_pay(each, how)
        for how in ("cancel", "expire")
        for each in UPI_CHANNELS
    },
    **{f"paid, then cancel {each.value}": pay_then_cancel(each) for each in UPI_CHANNELS},
    **{
        f"new QR {first.value} to {second.value}": replace_code(first, second)
        for first in UPI_CHANNELS
        for second in UPI_CHANNELS
    },
    **{f"refund {each.value}": refund(each, None) for each in (*UPI_CHANNELS, Method.CASH)},
    "refund in part": refund(Method.UPI_INTENT, PART),
    "refund offline": refund_offline,
    **{f"cancel offline {each.value}": cancel_offline(each) for each in UPI_CHANNELS},
    **{
        f"{SEVERAL}collect {each.value}": collect(each, begin_several)
        for each in (*UPI_CHANNELS, Method.CASH)
    },
    **{
        f"{SEVERAL}cancel {each.value}": end_then_pay(each, "cancel", begin_several)
        for each in UPI_CHANNELS
    },
    **{f"{SPLIT}collect {each.value}": collect(each, begin_split) for each in UPI_CHANNELS},
    **{
        f"{SPLIT}cancel {each.value}": end_then_pay(each, "cancel", begin_split)
        for each in UPI_CHANNELS
    },
    "unapplied, refunded": unapplied(refund_unapplied),
    "unapplied, applied elsewhere": unapplied(apply_unapplied_elsewhere),
    "collect checkout": collect(Method.CHECKOUT),
    "cancel checkout": end_then_pay(Method.CHECKOUT, "cancel"),
    "expire checkout": end_then_pay(Method.CHECKOUT, "expire"),
    "paid, then cancel checkout": pay_then_cancel(Method.CHECKOUT),
    "new QR upi_intent to checkout": replace_code(Method.UPI_INTENT, Method.CHECKOUT),
    "new QR checkout to upi_intent": replace_code(Method.CHECKOUT, Method.UPI_INTENT),
    "new QR checkout to payment_link": replace_code(Method.CHECKOUT, Method.PAYMENT_LINK),
    "refund checkout": refund(Method.CHECKOUT, None),
    f"{SEVERAL}collect checkout": collect(Method.CHECKOUT, begin_several),
    f"{SPLIT}collect checkout": collect(Method.CHECKOUT, begin_split),
}


def method_of(name: str) -> Method:
    """Return the way of paying with which staff continue after a crash in a flow."""
    return next((each for each in Method if name.endswith(each.value)), Method.UPI_INTENT)


def is_upi_only(name: str) -> bool:
    """Return whether a flow may need no more than one order."""
    ways = [each for each in Method if each.value in name]
    return ways == [Method.UPI_INTENT] or name in {"refund in part", "refund offline"}


def finish(scenario: CrashScenario, name: str) -> bool:
    """Continue after the next start as staff would; return whether the fee was completed.

    Two attempts with a reconcile between them: staff do not stop at a first message.
    """
    scenario.payer_action = PayerAction.PAYS
    if name.startswith("unapplied"):
        return _finish_unapplied(
            scenario, refund_unapplied if "refunded" in name else apply_unapplied_elsewhere
        )
    if name.startswith("refund") and query(scenario.desk.folder, "SELECT 1 FROM payments"):
        return _finish_refund(scenario, PART if name.endswith("part") else None)
    for _try in range(2):
        with suppress(ServiceError, GatewayError):
            begin = begin_several if name.startswith(SEVERAL) else begin_fee
            begin = begin_split if name.startswith(SPLIT) else begin
            if _collect_again(scenario, method_of(name), begin):
                return True
        scenario.clock.advance(60)
        scenario.desk.polling.reconcile()
    return False


def _collect_again(scenario: CrashScenario, method: Method, begin: Begin) -> bool:
    try:
        view = begin(scenario, method)
    except AlreadyEnrolledError:
        return True
    if view.state is not AttemptState.PAID:
        scenario.show_code(view)
        scenario.desk.polling.run(asked=True)
    return scenario.desk.payments.view(view.uid).state is AttemptState.PAID


def _finish_unapplied(scenario: CrashScenario, settle: Callable[[CrashScenario], None]) -> bool:
    for _try in range(2):
        with suppress(ServiceError):
            settle(scenario)
        scenario.clock.advance(600)
        scenario.desk.polling.reconcile()
    return not scenario.desk.unapplied.held()


def _finish_refund(scenario: CrashScenario, amount: Money | None) -> bool:
    asked = query(scenario.desk.folder, "SELECT state FROM refunds")
    if not asked:
        [(uid,)] = query(scenario.desk.folder, "SELECT uid FROM payments")
        with suppress(InvalidInputError):
            scenario.desk.refunds.refund(uid, amount, "leaves")
    scenario.desk.polling.reconcile()
    [(paid, back)] = query(
        scenario.desk.folder,
        "SELECT p.amount_paise, sum(r.amount_paise) FROM payments p JOIN refunds r "
        "ON r.payment_uid = p.uid WHERE r.state = 'processed'",
    )
    return bool(back == (amount.paise if amount else paid))
