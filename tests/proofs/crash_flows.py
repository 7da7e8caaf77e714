"""What a desk does to money, as scripts: each names the fee, acts as staff would, and is paid.

A script runs on a desk whose power may fail at any write or call; `finish` is what staff do after
the next start, until the fee is paid or the money is back.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from desktop_app.domain.errors import AlreadyEnrolledError, InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services.errors import GatewayError, ServiceError
from desktop_app.services.ports.system import Clock

from .ledger_audit import rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.views.payments import AttemptView

    from .gateway_backends import World
    from .proof_desk import ProofDesk

ROLL, COURSE = "R001", "PHY-11"
OTHER_ROLL, SMALL_COURSE = "R002", "BIO-12"
PART = Money(180_000)


class Timepiece(Clock, Protocol):
    """A clock that can be put forward."""

    def advance(self, seconds: float) -> None: ...


class Phone(StrEnum):
    """What the parent's phone does with the code, or after the crash with any code there is."""

    PAYS = "paid"
    IGNORES = "unpaid"
    FAILS = "failed, captured later"
    AUTHORISES = "authorised"
    PAYS_ALL = "every code paid"


@dataclass
class Scene:
    """A desk, the world around it, and what the parent does."""

    desk: ProofDesk
    world: World
    clock: Timepiece
    phone: Phone
    touched: bool = False

    def shown(self, view: AttemptView) -> None:
        """Let the parent see a code."""
        if view.state is AttemptState.AWAITING and view.qr_text:
            self.tap(view.qr_text)

    def tap(self, text: str) -> None:
        """Let the parent do with a code what this parent does."""
        if self.phone is Phone.IGNORES:
            return
        self.touched = True
        if self.phone is Phone.FAILS:
            self.world.pay_late(text)
        elif self.phone is Phone.AUTHORISES:
            self.world.authorise(text)
        else:
            self.world.pay(text)

    def tap_after_the_crash(self) -> None:
        """Let the parent act on what exists at the gateway, shown or not; newest first."""
        if self.touched and self.phone is not Phone.PAYS_ALL:
            return
        while codes := self.world.payable():
            self.tap(codes[-1])
            if self.phone is not Phone.PAYS_ALL:
                return


def begun(scene: Scene, method: Method) -> AttemptView:
    """Begin a fee, and make it payable unless it is cash."""
    desk = scene.desk
    view = desk.collecting.begin(desk.student(ROLL), desk.course(COURSE), method)
    return view if method is Method.CASH else desk.collecting.open(view.uid)


def collect(method: Method) -> Callable[[Scene], None]:
    """Enrol, show, be paid, see it."""

    def flow(scene: Scene) -> None:
        scene.shown(begun(scene, method))
        scene.desk.collecting.look()
        scene.desk.collecting.look()
        scene.desk.collecting.reconcile()

    return flow


def give_up(method: Method, how: str) -> Callable[[Scene], None]:
    """Show, and cancel or let expire; the parent pays afterwards."""

    def flow(scene: Scene) -> None:
        view = begun(scene, method)
        if how == "expire":
            scene.clock.advance(scene.desk.context.settings().expiry_s + 1)
        getattr(scene.desk.collecting, how)(view.uid)
        scene.shown(view)
        scene.desk.collecting.reconcile()

    return flow


def paid_while_given_up(method: Method) -> Callable[[Scene], None]:
    """Show, be paid, and cancel before the desk has seen it."""

    def flow(scene: Scene) -> None:
        view = begun(scene, method)
        scene.shown(view)
        scene.desk.collecting.cancel(view.uid)
        scene.desk.collecting.reconcile()

    return flow


def new_qr(first: Method, second: Method) -> Callable[[Scene], None]:
    """Show one, then another for the same fee, by the same way of paying or another."""

    def flow(scene: Scene) -> None:
        view = begun(scene, first)
        if first is second:
            scene.desk.collecting.cancel(view.uid)
        scene.shown(begun(scene, second))
        scene.desk.collecting.look()
        scene.desk.collecting.reconcile()

    return flow


def refund(method: Method, amount: Money | None) -> Callable[[Scene], None]:
    """Be paid, then return the money, in part or in full."""

    def flow(scene: Scene) -> None:
        view = begun(scene, method)
        scene.shown(view)
        scene.desk.collecting.look()
        scene.desk.collecting.reconcile()
        for (uid,) in rows(scene.desk.folder, "SELECT uid FROM payments"):
            scene.desk.refunding.refund(uid, amount, "leaves")
        scene.desk.collecting.reconcile()

    return flow


def cancel_without_line(method: Method) -> Callable[[Scene], None]:
    """Cancel while what must be said does not get through; the line comes back."""

    def flow(scene: Scene) -> None:
        view = begun(scene, method)
        scene.world.lose_line()
        scene.desk.collecting.cancel(view.uid)
        scene.world.mend_line()
        scene.clock.advance(600)
        scene.desk.collecting.reconcile()

    return flow


def refund_without_line(scene: Scene) -> None:
    """Be paid, and decide on a refund while the line is down."""
    view = begun(scene, Method.UPI_INTENT)
    scene.shown(view)
    scene.desk.collecting.look()
    scene.desk.collecting.reconcile()
    scene.world.lose_line()
    with suppress(GatewayError):
        for (uid,) in rows(scene.desk.folder, "SELECT uid FROM payments"):
            scene.desk.refunding.refund(uid, None, "leaves")
    scene.world.mend_line()
    scene.clock.advance(600)
    scene.desk.collecting.reconcile()


def held(settle: Callable[[Scene], None]) -> Callable[[Scene], None]:
    """Cancel, give the last seat to another, be paid late; staff decide on the money."""

    def flow(scene: Scene) -> None:
        desk = scene.desk
        course = desk.course(SMALL_COURSE, seats=1)
        view = desk.collecting.open(
            desk.collecting.begin(desk.student(ROLL), course, Method.UPI_INTENT).uid
        )
        desk.collecting.cancel(view.uid)
        desk.collecting.begin(desk.student(OTHER_ROLL), course, Method.CASH)
        scene.shown(view)
        desk.collecting.reconcile()
        settle(scene)
        desk.collecting.reconcile()

    return flow


def return_held(scene: Scene) -> None:
    """Give held money back."""
    for each in scene.desk.late_money.held():
        with suppress(GatewayError):
            scene.desk.late_money.refund(each.uid)


def put_held_elsewhere(scene: Scene) -> None:
    """Let held money pay another fee of the same family."""
    desk = scene.desk
    for each in desk.late_money.held():
        with suppress(AlreadyEnrolledError):
            desk.collecting.begin(desk.student(ROLL), desk.course(COURSE), Method.UPI_INTENT)
        for due in desk.late_money.family_dues(each.uid):
            desk.late_money.put_against(each.uid, due.due_uid)
            break


UPI = (Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK)
FLOWS: dict[str, Callable[[Scene], None]] = {
    **{f"collect {each.value}": collect(each) for each in (*UPI, Method.CASH)},
    **{f"{how} {each.value}": give_up(each, how) for how in ("cancel", "expire") for each in UPI},
    **{f"paid, then cancel {each.value}": paid_while_given_up(each) for each in UPI},
    **{
        f"new QR {first.value} to {second.value}": new_qr(first, second)
        for first in UPI
        for second in UPI
    },
    **{f"refund {each.value}": refund(each, None) for each in (*UPI, Method.CASH)},
    "refund in part": refund(Method.UPI_INTENT, PART),
    "refund without a line": refund_without_line,
    **{f"cancel without a line {each.value}": cancel_without_line(each) for each in UPI},
    "held, and returned": held(return_held),
    "held, and put elsewhere": held(put_held_elsewhere),
}


def method_of(name: str) -> Method:
    """The way of paying that staff go on with after a crash in a flow."""
    return next((each for each in Method if name.endswith(each.value)), Method.UPI_INTENT)


def is_upi_only(name: str) -> bool:
    """Whether one order is all that a flow may need."""
    ways = [each for each in Method if each.value in name]
    return ways == [Method.UPI_INTENT] or name in {"refund in part", "refund without a line"}


def finish(scene: Scene, name: str) -> bool:
    """Go on after the next start as staff would; whether the fee came to its end.

    Two tries with a reconcile between them: staff do not give up at a first message.
    """
    scene.phone = Phone.PAYS
    if name.startswith("held"):
        return _finish_held(scene, return_held if "returned" in name else put_held_elsewhere)
    if name.startswith("refund") and rows(scene.desk.folder, "SELECT 1 FROM payments"):
        return _finish_refund(scene, PART if name.endswith("part") else None)
    for _try in range(2):
        with suppress(ServiceError, GatewayError):
            if _collected(scene, method_of(name)):
                return True
        scene.clock.advance(60)
        scene.desk.collecting.reconcile()
    return False


def _collected(scene: Scene, method: Method) -> bool:
    try:
        view = begun(scene, method)
    except AlreadyEnrolledError:
        return True
    if view.state is not AttemptState.PAID:
        scene.shown(view)
        scene.desk.collecting.look(asked=True)
    return scene.desk.collecting.view(view.uid).state is AttemptState.PAID


def _finish_held(scene: Scene, settle: Callable[[Scene], None]) -> bool:
    for _try in range(2):
        with suppress(ServiceError):
            settle(scene)
        scene.clock.advance(600)
        scene.desk.collecting.reconcile()
    return not scene.desk.late_money.held()


def _finish_refund(scene: Scene, amount: Money | None) -> bool:
    asked = rows(scene.desk.folder, "SELECT state FROM refunds")
    if not asked:
        [(uid,)] = rows(scene.desk.folder, "SELECT uid FROM payments")
        with suppress(InvalidInputError):
            scene.desk.refunding.refund(uid, amount, "leaves")
    scene.desk.collecting.reconcile()
    [(paid, back)] = rows(
        scene.desk.folder,
        "SELECT p.amount_paise, sum(r.amount_paise) FROM payments p JOIN refunds r "
        "ON r.payment_uid = p.uid WHERE r.state = 'processed'",
    )
    return bool(back == (amount.paise if amount else paid))
