"""Rows 31-34: money that does not come as it should, on every channel.

Authorised and not captured, refunded on the dashboard, captured long after it failed, paid twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.payment import AttemptState, Method
from tests.proofs.fault_flows import Flow, Site
from tests.proofs.fault_scenario import FEE, PART, Scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desktop_app.services.views.payments import AttemptView
    from tests.proofs.fault_scenario import Town
    from tests.proofs.fault_verdict import Verdict
    from tests.proofs.network_faults import Line

CHANNELS = (Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK)
ELEVEN_MINUTES, THREE_DAYS = 660, 259_200


class OddMoney:
    """One scene with a fee shown on a channel."""

    def __init__(self, scene: Scene, channel: Method) -> None:
        self.scene = scene
        self.channel = channel
        self.flow = Flow(scene, Site("money", "*", "/", channel))
        self.student = scene.town.students[0]
        view = self.flow.shown(self.student)
        assert view is not None, "nothing goes wrong yet"
        assert view.qr_text is not None
        self.view: AttemptView = view
        self.text: str = view.qr_text

    def reconcile(self) -> None:
        """One pass, then the verdict."""
        self.scene.ask(self.scene.opened.desk.collecting.reconcile)
        self.scene.judge(is_end=True)

    def expect(self, *, paid: bool) -> None:
        """Hold the desk to whether the fee is paid now."""
        if self.flow.is_paid(self.student) is not paid:
            self.scene.verdict.note("stuck" if paid else "false_paid", f"paid is not {paid}")


def authorised(play: OddMoney) -> None:
    """Never paid while it is only authorised; captured by the desk once it can."""
    scene = play.scene
    fault = {"method": "POST", "path": "/v1/payments/*/capture", "kind": "status_500"}
    scene.town.control("faults", fault | {"times": 1_000})
    scene.pay(play.text, "authorized")
    play.flow.look()
    play.expect(paid=False)
    scene.town.control("faults", method="DELETE")
    play.reconcile()
    play.flow.look()
    play.expect(paid=True)


def refunded_unseen(play: OddMoney) -> None:
    """Captured and sent back before the desk looked: nobody is enrolled by it."""
    paid = play.scene.pay(play.text)
    play.scene.town.api(f"payments/{paid['id']}/refund", {"amount": FEE.paise})
    play.flow.look()
    play.reconcile()
    play.expect(paid=False)


def refunded_later(play: OddMoney) -> None:
    """Paid, then a part sent back on the dashboard: one reconcile and the books know."""
    paid = play.scene.pay(play.text)
    play.flow.look()
    play.expect(paid=True)
    play.scene.town.api(f"payments/{paid['id']}/refund", {"amount": PART.paise})
    play.scene.clock.sleep(60)
    play.reconcile()
    play.expect(paid=True)


def late(after_s: int, fate: str) -> Callable[[OddMoney], None]:
    """Fails now and is captured later, whatever became of the attempt in between."""

    def run(play: OddMoney) -> None:
        scene, uid = play.scene, play.view.uid
        scene.pay(play.text, "late", after_s)
        play.flow.look()
        play.expect(paid=False)
        collecting = scene.opened.desk.collecting
        if fate == "cancelled":
            scene.ask(lambda: collecting.cancel(uid))
        elif fate == "expired":
            scene.clock.sleep(600)
            scene.ask(lambda: collecting.expire(uid))
        elif fate == "restarted":
            scene.restart()
        scene.clock.sleep(after_s + 5)
        play.reconcile()
        play.expect(paid=_is_kept(scene))

    return run


def _is_kept(scene: Scene) -> bool:
    """Whether Razorpay kept the money: what lands on a closed code or link it sends back."""
    payments = scene.town.control("state")["payments"]
    return any(each["status"] == "captured" for each in payments)


def twice_on_two_codes(play: OddMoney) -> None:
    """The method was changed and the parent pays both: both are booked, one waits in the inbox."""
    scene, other = play.scene, Method.QR_CODE
    if play.channel is Method.QR_CODE:
        other = Method.PAYMENT_LINK
    if play.channel is not Method.UPI_INTENT:
        return  # a code or link is closed before another is made: see the give-up plays
    scene.two_may_be_payable = True  # an order cannot be closed
    desk = scene.opened.desk.collecting
    begun = scene.ask(lambda: desk.begin(play.student, scene.town.course, other))
    if begun is None:
        scene.verdict.note("stuck", "the method cannot be changed")
        return
    newer = scene.ask(lambda: desk.open(begun.uid))
    scene.pay(play.text)
    if newer is not None and newer.qr_text and newer.state is AttemptState.AWAITING:
        scene.pay(newer.qr_text)
    play.flow.look()
    play.reconcile()
    play.expect(paid=True)
    if len(scene.opened.desk.affairs.held()) != 1:
        scene.verdict.note("lost", "the second payment is not in the inbox")


def twice_on_one_order(play: OddMoney) -> None:
    """Two codes of one thing are paid: Razorpay sends the second back, the books show both."""
    scene, collecting = play.scene, play.scene.opened.desk.collecting
    scene.ask(lambda: collecting.cancel(play.view.uid))
    newer = play.flow.shown(play.student)
    if newer is not None and newer.qr_text:
        scene.pay(newer.qr_text)
    play.flow.pay(play.view)
    play.flow.look()
    play.reconcile()
    play.expect(paid=True)


PLAYS: dict[str, tuple[int, Callable[[OddMoney], None]]] = {
    "authorised": (31, authorised),
    "refunded before the look": (32, refunded_unseen),
    "refunded after": (32, refunded_later),
    "two codes": (34, twice_on_two_codes),
    "one order twice": (34, twice_on_one_order),
}
for _after, _words in ((ELEVEN_MINUTES, "11 minutes"), (THREE_DAYS, "3 days")):
    for _fate in ("waiting", "cancelled", "expired", "restarted"):
        PLAYS[f"{_words}, {_fate}"] = (33, late(_after, _fate))


def play_all(town: Town, line: Line, names: tuple[str, ...]) -> Iterator[tuple[int, str, Verdict]]:
    """Play them on every channel; give row, name and verdict of each."""
    for name in names:
        row, run = PLAYS[name]
        for channel in CHANNELS:
            with Scene(town, line) as scene:
                run(OddMoney(scene, channel))
                yield row, f"{name}, {channel.value}", scene.verdict
