"""Rows 31-34: payments that do not arrive as they should, on every channel.

Authorised and not captured, refunded on the dashboard, captured long after they failed, paid twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.payment import AttemptState, Method
from tests.proofs.fault_flows import CallSite, FaultFlow
from tests.proofs.fault_scenario import FEE, PART, FaultScenario
from tests.proofs.proof_desk import UPI_CHANNELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desktop_app.services.views.payments import AttemptView
    from tests.proofs.fault_scenario import SandboxEnvironment
    from tests.proofs.fault_verdict import Verdict

ELEVEN_MINUTES, THREE_DAYS = 660, 259_200


class IrregularPayment:
    """One scenario with a fee whose code is shown on a channel."""

    def __init__(self, scenario: FaultScenario, channel: Method) -> None:
        self.scenario = scenario
        self.channel = channel
        self.flow = FaultFlow(scenario, CallSite("money", "*", "/", channel))
        self.student = scenario.env.students[0]
        view = self.flow.show_code(self.student)
        assert view is not None, "nothing goes wrong yet"
        assert view.qr_text is not None
        self.view: AttemptView = view
        self.text: str = view.qr_text

    def reconcile(self) -> None:
        """Reconcile once, then judge."""
        self.scenario.call(self.scenario.opened.desk.polling.reconcile)
        self.scenario.judge(is_end=True)

    def expect(self, *, paid: bool) -> None:
        """Check whether the desk counts the fee as paid now."""
        if self.flow.is_paid(self.student) is not paid:
            self.scenario.verdict.record("stuck" if paid else "false_paid", f"paid is not {paid}")


def authorised_only(play: IrregularPayment) -> None:
    """Stay unpaid while the payment is only authorised; the desk captures it once it can."""
    scenario = play.scenario
    fault = {"method": "POST", "path": "/v1/payments/*/capture", "kind": "status_500"}
    scenario.env.control("faults", fault | {"times": 1_000})
    scenario.pay(play.text, "authorized")
    play.flow.poll()
    play.expect(paid=False)
    scenario.env.control("faults", method="DELETE")
    play.reconcile()
    play.flow.poll()
    play.expect(paid=True)


def refunded_before_poll(play: IrregularPayment) -> None:
    """Capture and refund before the desk polls: nobody is enrolled by it."""
    paid = play.scenario.pay(play.text)
    play.scenario.env.api(f"payments/{paid['id']}/refund", {"amount": FEE.paise})
    play.flow.poll()
    play.reconcile()
    play.expect(paid=False)


def refunded_after_poll(play: IrregularPayment) -> None:
    """Pay, then refund a part on the dashboard: one reconcile and the ledger knows."""
    paid = play.scenario.pay(play.text)
    play.flow.poll()
    play.expect(paid=True)
    play.scenario.env.api(f"payments/{paid['id']}/refund", {"amount": PART.paise})
    play.scenario.clock.sleep(60)
    play.reconcile()
    play.expect(paid=True)


def captured_late(after_s: int, fate: str) -> Callable[[IrregularPayment], None]:
    """Return a play whose payment fails now and is captured later, whatever ended the attempt."""

    def run(play: IrregularPayment) -> None:
        scenario, uid = play.scenario, play.view.uid
        scenario.pay(play.text, "late", after_s)
        play.flow.poll()
        play.expect(paid=False)
        payments = scenario.opened.desk.payments
        if fate == "cancelled":
            scenario.call(lambda: payments.cancel(uid))
        elif fate == "expired":
            scenario.clock.sleep(600)
            scenario.call(lambda: payments.expire(uid))
        elif fate == "restarted":
            scenario.restart()
        scenario.clock.sleep(after_s + 5)
        play.reconcile()
        play.expect(paid=_is_kept(scenario))

    return run


def _is_kept(scenario: FaultScenario) -> bool:
    """Return whether Razorpay kept the money; a payment on a closed code or link goes back."""
    payments = scenario.env.control("state")["payments"]
    return any(each["status"] == "captured" for each in payments)


def paid_on_two_codes(play: IrregularPayment) -> None:
    """Change the method and pay both codes: both are booked, one waits in the inbox."""
    scenario, other = play.scenario, Method.QR_CODE
    if play.channel is Method.QR_CODE:
        other = Method.PAYMENT_LINK
    if play.channel is not Method.UPI_INTENT:
        return  # a code or link is closed before another is made: see the flows `replace`
    scenario.allows_two_payable = True  # an order cannot be closed
    payments = scenario.opened.desk.payments
    begun = scenario.call(lambda: payments.begin(play.student, scenario.env.course, other))
    if begun is None:
        scenario.verdict.record("stuck", "the method cannot be changed")
        return
    newer = scenario.call(lambda: payments.open(begun.uid))
    scenario.pay(play.text)
    if newer is not None and newer.qr_text and newer.state is AttemptState.AWAITING:
        scenario.pay(newer.qr_text)
    play.flow.poll()
    play.reconcile()
    play.expect(paid=True)
    if len(scenario.opened.desk.unapplied.held()) != 1:
        scenario.verdict.record("lost", "the second payment is not in the inbox")


def paid_twice_on_one_order(play: IrregularPayment) -> None:
    """Pay two codes of one thing: Razorpay returns the second, the ledger shows both."""
    scenario, payments = play.scenario, play.scenario.opened.desk.payments
    scenario.call(lambda: payments.cancel(play.view.uid))
    newer = play.flow.show_code(play.student)
    if newer is not None and newer.qr_text:
        scenario.pay(newer.qr_text)
    play.flow.pay(play.view)
    play.flow.poll()
    play.reconcile()
    play.expect(paid=True)


PLAYS: dict[str, tuple[int, Callable[[IrregularPayment], None]]] = {
    "authorised": (31, authorised_only),
    "refunded before the look": (32, refunded_before_poll),
    "refunded after": (32, refunded_after_poll),
    "two codes": (34, paid_on_two_codes),
    "one order twice": (34, paid_twice_on_one_order),
}
for _after, _words in ((ELEVEN_MINUTES, "11 minutes"), (THREE_DAYS, "3 days")):
    for _fate in ("waiting", "cancelled", "expired", "restarted"):
        PLAYS[f"{_words}, {_fate}"] = (33, captured_late(_after, _fate))


def play_all(
    env: SandboxEnvironment, names: tuple[str, ...], *, long: bool
) -> Iterator[tuple[int, str, Verdict]]:
    """Play the named payments, in the long form on every channel; yield the verdict of each."""
    for at, name in enumerate(names):
        row, run = PLAYS[name]
        for channel in UPI_CHANNELS if long else (UPI_CHANNELS[at % len(UPI_CHANNELS)],):
            with FaultScenario(env) as scenario:
                run(IrregularPayment(scenario, channel))
                yield row, f"{name}, {channel.value}", scenario.verdict
