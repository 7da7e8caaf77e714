"""A fee collected while one call fails, for every kind of call that the desk makes.

Two fees in a row, so that the second call of a kind can fail as well as the first; then the fault
is removed, the desk reconciles once, and every unpaid fee is completed. Must not excuse anything:
`fault_verdict` decides what counts.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services.sync.payment_lookup import LookupQuery
from tests.proofs.fault_catalogue import TIMEOUT_KINDS
from tests.proofs.fault_injection import inject, record_overdue_calls, remove_faults
from tests.proofs.fault_scenario import PART, FaultScenario
from tests.proofs.network_faults import STALL_S, short_timeouts

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.views.payments import AttemptView
    from tests.proofs.fault_scenario import SandboxEnvironment
    from tests.proofs.fault_verdict import Verdict

PRESSES = 3
"""How often the clerk tries to show a code."""

POLLS = 2
LATE_S = 2_400


@dataclass(frozen=True, slots=True)
class CallSite:
    """A call that can fail, and the flow that makes it.

    Attributes:
        lost_first: a call whose answer is lost first, so that this one is made at all.
    """

    name: str
    method: str
    path: str
    channel: Method
    flow: str = "collect"
    lost_first: str = ""

    @property
    def least_fees(self) -> int:
        """How many fees the flow needs at least: a code is replaced unpaid, and just as paid."""
        return 2 if self.flow == "replace" else 1


_UPI, _QR, _LINK = Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK
ORDERS, CODES, LINKS = "/v1/orders", "/v1/payments/qr_codes", "/v1/payment_links"
PAYMENTS = "/v1/payments"
SITES = (
    CallSite("create order", "POST", ORDERS, _UPI),
    CallSite("create UPI", "POST", "/v1/payments/create/upi", _UPI),
    CallSite("create QR", "POST", CODES, _QR),
    CallSite("create link", "POST", LINKS, _LINK),
    CallSite("find order", "GET", ORDERS, _UPI, lost_first=ORDERS),
    CallSite("find QR", "GET", CODES, _QR, lost_first=CODES),
    CallSite("find link", "GET", LINKS, _LINK, lost_first=LINKS),
    CallSite("list orders", "GET", ORDERS, _UPI),
    CallSite("fetch order", "GET", f"{ORDERS}/*", _UPI, "late"),
    CallSite("fetch order's payments", "GET", f"{ORDERS}/*/payments", _UPI, "late"),
    CallSite("list QRs", "GET", CODES, _QR, "poll"),
    CallSite("fetch QR", "GET", f"{CODES}/*", _QR),
    CallSite("fetch QR's payments", "GET", f"{CODES}/*/payments", _QR),
    CallSite("fetch link", "GET", f"{LINKS}/*", _LINK),
    CallSite("fetch link's payments", "GET", f"{ORDERS}/*/payments", _LINK),
    CallSite("list payments for links", "GET", PAYMENTS, _LINK, "poll"),
    CallSite("fetch payment", "GET", f"{PAYMENTS}/*", _QR),
    CallSite("capture", "POST", f"{PAYMENTS}/*/capture", _UPI, "authorised"),
    CallSite("refund", "POST", f"{PAYMENTS}/*/refund", _UPI, "refund"),
    CallSite("fetch refunds", "GET", f"{PAYMENTS}/*/refunds", _UPI, "refund"),
    CallSite("list payments", "GET", PAYMENTS, _UPI, "find"),
    CallSite("close QR", "POST", f"{CODES}/*/close", _QR, "replace"),
    CallSite("cancel link", "POST", f"{LINKS}/*/cancel", _LINK, "replace"),
)


@dataclass(frozen=True, slots=True)
class Strike:
    """Which calls of a site fail: `skip` pass, then `times` fail."""

    name: str
    skip: int
    times: int


STRIKES = (
    Strike("first", 0, 1),
    Strike("second", 1, 1),
    Strike("both", 0, 2),
    Strike("all", 0, 1_000),
)


def run_cell(
    env: SandboxEnvironment, site: CallSite, kind: str, strike: Strike, *, fees: int = 2
) -> Verdict:
    """Play one cell of the matrix; return the verdict."""
    with contextlib.ExitStack() as until_better, FaultScenario(env) as scenario:
        scenario.may_hang = kind == "dns_silence"
        if kind in TIMEOUT_KINDS:
            until_better.enter_context(short_timeouts())
        _arm(scenario, site, kind, strike)
        flow = FaultFlow(scenario, site, fees)
        flow.run()
        scenario.verdict.was_struck = _is_used_up(scenario, strike)
        remove_faults(env)
        until_better.close()
        flow.finish()
        record_overdue_calls(env, scenario.verdict)
        return scenario.verdict


def _is_used_up(scenario: FaultScenario, strike: Strike) -> bool:
    """Return whether any call failed: less of the fault is left than was injected."""
    if scenario.env.network.fault is not None:
        return scenario.env.network.fault.times < strike.times
    armed = scenario.env.control("faults")["faults"]
    return not any(each["times"] == strike.times for each in armed)


def _arm(scenario: FaultScenario, site: CallSite, kind: str, strike: Strike) -> None:
    if site.lost_first:
        lost = {"method": "POST", "path": site.lost_first, "kind": "reset_after", "times": 2}
        scenario.env.control("faults", lost)
    inject(
        scenario.env, kind, site.method, site.path, times=strike.times, skip=strike.skip,
        silence_s=2 * STALL_S,
    )  # fmt: skip


class FaultFlow:
    """The actions of clerk and parents around one call site."""

    def __init__(self, scenario: FaultScenario, site: CallSite, fees: int = 2) -> None:
        self._scenario = scenario
        self._site = site
        self._desk = scenario.opened.desk
        self._students = scenario.env.students[:fees]

    def run(self) -> None:
        """Collect the fees while the fault is active."""
        flows: dict[str, Callable[[str], None]] = {
            "collect": self._collect,
            "poll": self._collect,
            "late": self._pay_late,
            "authorised": lambda student: self._collect(student, "authorized"),
            "refund": self._refund,
            "find": self._find,
            "replace": self._replace_code,
        }
        for student in self._students:
            flows[self._site.flow](student)
            self._scenario.judge()

    def finish(self) -> None:
        """Reconcile once on the restored network and judge; then complete every fee."""
        scenario = self._scenario
        scenario.clock.sleep(35)
        scenario.call(self._desk.polling.reconcile)
        scenario.judge(is_end=True)
        for student in self._students:
            self._finish(student)
        scenario.judge(is_end=True)

    def _finish(self, student: str) -> None:
        if self.is_paid(student):
            return
        view = self.show_code(student)
        if view is not None and view.state is not AttemptState.PAID and view.qr_text:
            self.pay(view)
            self.poll()
        if not self.is_paid(student):
            last = self._scenario.raised[-1:] or [view.state.value if view else "nothing raised"]
            self._scenario.verdict.record("stuck", f"the fee cannot be collected: {last[0]}")

    def is_paid(self, student: str) -> bool:
        desk = self._scenario.opened.desk
        return any(row.state.value == "active" for row in desk.students.detail(student).history)

    # --- what a clerk does

    def show_code(self, student: str) -> AttemptView | None:
        """Press collect until a code is shown or the fee is paid."""
        scenario, course = self._scenario, self._scenario.env.course
        for _press in range(PRESSES):
            begun = scenario.call(
                lambda: self._desk.payments.begin(student, course, self._site.channel)
            )  # fmt: skip
            view = None
            if begun is not None:
                view = scenario.call(partial(self._desk.payments.open, begun.uid))
            scenario.judge()
            if view is not None and view.qr_text and view.state is AttemptState.AWAITING:
                scenario.shown_codes.add(view.qr_text)
                return view
            if self.is_paid(student):
                return view
            scenario.clock.sleep(4)
        return None

    def poll(self) -> None:
        for _ in range(POLLS):
            self._scenario.call(lambda: self._desk.polling.run(asked=self._site.flow != "poll"))
            self._scenario.judge()
            self._scenario.clock.sleep(2)

    def pay(self, view: AttemptView, outcome: str = "success") -> None:
        if view.qr_text and self._scenario.can_pay(view.qr_text):
            self._scenario.pay(view.qr_text, outcome)

    # --- the flows

    def _collect(self, student: str, outcome: str = "success") -> None:
        view = self.show_code(student)
        self.poll()
        if view is not None:
            self.pay(view, outcome)
        self.poll()

    def _pay_late(self, student: str) -> None:
        """Pay a code that expired half an hour ago."""
        view = self.show_code(student)
        if view is None:
            return
        self._scenario.clock.sleep(LATE_S)
        self._scenario.call(lambda: self._desk.payments.expire(view.uid))
        self.pay(view)
        self.poll()

    def _refund(self, student: str) -> None:
        """Refund a part, so that the gateway would accept a second refund by mistake."""
        self._collect(student)
        scenario, refunds = self._scenario, self._scenario.opened.desk.refunds
        for row in scenario.opened.desk.receipts.recent():
            if not row.refunded:
                scenario.call(partial(refunds.refund, row.uid, PART, "left the course"))
        scenario.call(self._desk.polling.reconcile)

    def _find(self, student: str) -> None:
        self._collect(student)
        lookup = self._scenario.opened.desk.lookup
        for _ in range(2):
            self._scenario.call(lambda: lookup.find(LookupQuery(utr="000000000001")))

    def _replace_code(self, student: str) -> None:
        """Cancel a code: the first unpaid, to replace it; the second just as it is paid."""
        view = self.show_code(student)
        if view is None:
            return
        is_first = student == self._students[0]
        if not is_first:
            self.pay(view)
        self._scenario.call(lambda: self._desk.payments.cancel(view.uid))
        self._scenario.judge()
        if is_first:
            newer = self.show_code(student)
            if newer is not None and newer.uid != view.uid:
                self.pay(newer)
            self.poll()
            self.pay(view)  # a parent who still has the old code on the phone
        self.poll()
