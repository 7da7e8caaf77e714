"""A fee collected while one call goes wrong, for every kind of call the desk makes.

Two fees in a row, so that the second call of a kind can be struck as well as the first; then the
fault goes away, the desk reconciles once, and whatever is not paid yet is gone on with. Must not
excuse anything: what counts is decided by `fault_verdict`.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services.sync.payment_lookup import Clues
from tests.proofs.fault_catalogue import LINE_KINDS, WAITING_KINDS
from tests.proofs.fault_scenario import PART, Scene
from tests.proofs.network_faults import HELD_S, short_time_outs

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.views.payments import AttemptView
    from tests.proofs.fault_scenario import Town
    from tests.proofs.fault_verdict import Verdict
    from tests.proofs.network_faults import Line

PRESSES = 3
"""How often the clerk tries again to get a code up."""

LOOKS = 2
LATE_S = 2_400


@dataclass(frozen=True, slots=True)
class Site:
    """A call that can be struck, and the flow that makes it.

    Attributes:
        lost_first: a call whose answer is lost before, so that this one is made at all.
    """

    name: str
    method: str
    path: str
    channel: Method
    play: str = "collect"
    lost_first: str = ""


_UPI, _QR, _LINK = Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK
ORDERS, CODES, LINKS = "/v1/orders", "/v1/payments/qr_codes", "/v1/payment_links"
PAYMENTS = "/v1/payments"
SITES = (
    Site("create order", "POST", ORDERS, _UPI),
    Site("create UPI", "POST", "/v1/payments/create/upi", _UPI),
    Site("create QR", "POST", CODES, _QR),
    Site("create link", "POST", LINKS, _LINK),
    Site("find order", "GET", ORDERS, _UPI, lost_first=ORDERS),
    Site("find QR", "GET", CODES, _QR, lost_first=CODES),
    Site("find link", "GET", LINKS, _LINK, lost_first=LINKS),
    Site("list orders", "GET", ORDERS, _UPI),
    Site("fetch order", "GET", f"{ORDERS}/*", _UPI, "late"),
    Site("fetch order's payments", "GET", f"{ORDERS}/*/payments", _UPI, "late"),
    Site("list QRs", "GET", CODES, _QR, "poll"),
    Site("fetch QR", "GET", f"{CODES}/*", _QR),
    Site("fetch QR's payments", "GET", f"{CODES}/*/payments", _QR),
    Site("fetch link", "GET", f"{LINKS}/*", _LINK),
    Site("fetch link's payments", "GET", f"{ORDERS}/*/payments", _LINK),
    Site("list payments for links", "GET", PAYMENTS, _LINK, "poll"),
    Site("fetch payment", "GET", f"{PAYMENTS}/*", _QR),
    Site("capture", "POST", f"{PAYMENTS}/*/capture", _UPI, "authorised"),
    Site("refund", "POST", f"{PAYMENTS}/*/refund", _UPI, "refund"),
    Site("fetch refunds", "GET", f"{PAYMENTS}/*/refunds", _UPI, "refund"),
    Site("list payments", "GET", PAYMENTS, _UPI, "find"),
    Site("close QR", "POST", f"{CODES}/*/close", _QR, "give up"),
    Site("cancel link", "POST", f"{LINKS}/*/cancel", _LINK, "give up"),
)


@dataclass(frozen=True, slots=True)
class Strike:
    """Which calls of a site are struck: so many pass, then so many fail."""

    name: str
    skip: int
    times: int


STRIKES = (
    Strike("first", 0, 1),
    Strike("second", 1, 1),
    Strike("both", 0, 2),
    Strike("all", 0, 1_000),
)


def run_cell(town: Town, line: Line, site: Site, kind: str, strike: Strike) -> Verdict:
    """Play one cell of the matrix and give the verdict."""
    with contextlib.ExitStack() as until_better, Scene(town, line) as scene:
        scene.is_slow_line = kind == "dns_silence"
        if kind in WAITING_KINDS:
            until_better.enter_context(short_time_outs())
        _arm(scene, site, kind, strike)
        flow = Flow(scene, site)
        flow.play()
        scene.verdict.is_struck = _is_used_up(scene, strike)
        town.control("faults", method="DELETE")
        line.clear()
        until_better.close()
        flow.go_on()
        for call in line.overdue:
            scene.verdict.note("overdue", call)
        line.overdue.clear()
        return scene.verdict


def _is_used_up(scene: Scene, strike: Strike) -> bool:
    """Whether any call was struck: less is left of the fault than was armed."""
    if scene.line.fault is not None:
        return scene.line.fault.times < strike.times
    armed = scene.town.control("faults")["faults"]
    return not any(each["times"] == strike.times for each in armed)


def _arm(scene: Scene, site: Site, kind: str, strike: Strike) -> None:
    if site.lost_first:
        lost = {"method": "POST", "path": site.lost_first, "kind": "reset_after", "times": 2}
        scene.town.control("faults", lost)
    if kind in LINE_KINDS:
        scene.line.arm(kind, site.method, site.path, times=strike.times, skip=strike.skip)
        return
    body = {
        "method": site.method, "path": site.path, "kind": kind, "times": strike.times,
        "skip": strike.skip,
    }  # fmt: skip
    waits = {"delay_s": HELD_S} if kind in WAITING_KINDS else {}
    scene.town.control("faults", body | waits)


class Flow:
    """What clerk and parents do around one site."""

    def __init__(self, scene: Scene, site: Site) -> None:
        self._scene = scene
        self._site = site
        self._collecting = scene.opened.desk.collecting
        self._students = scene.town.students[:2]

    def play(self) -> None:
        """Collect two fees while the fault strikes."""
        plays: dict[str, Callable[[str], None]] = {
            "collect": self._collect,
            "poll": self._collect,
            "late": self._late,
            "authorised": lambda student: self._collect(student, "authorized"),
            "refund": self._refund,
            "find": self._find,
            "give up": self._give_up,
        }
        for student in self._students:
            plays[self._site.play](student)
            self._scene.judge()

    def go_on(self) -> None:
        """Reconcile once on the good line, and hold the desk to it; then finish every fee."""
        scene = self._scene
        scene.clock.sleep(35)
        scene.ask(self._collecting.reconcile)
        scene.judge(is_end=True)
        for student in self._students:
            self._finish(student)
        scene.judge(is_end=True)

    def _finish(self, student: str) -> None:
        if self.is_paid(student):
            return
        view = self.shown(student)
        if view is not None and view.state is not AttemptState.PAID and view.qr_text:
            self.pay(view)
            self.look()
        if not self.is_paid(student):
            last = self._scene.raised[-1:] or [view.state.value if view else "nothing raised"]
            self._scene.verdict.note("stuck", f"the fee cannot be collected: {last[0]}")

    def is_paid(self, student: str) -> bool:
        desk = self._scene.opened.desk
        return any(row.state.value == "active" for row in desk.students.detail(student).history)

    # --- what a clerk does

    def shown(self, student: str) -> AttemptView | None:
        """Press collect until a code is up, or the money is there."""
        scene, course = self._scene, self._scene.town.course
        for _press in range(PRESSES):
            begun = scene.ask(
                lambda: self._collecting.begin(student, course, self._site.channel)
            )  # fmt: skip
            view = None
            if begun is not None:
                view = scene.ask(partial(self._collecting.open, begun.uid))
            scene.judge()
            if view is not None and view.qr_text and view.state is AttemptState.AWAITING:
                scene.shown.add(view.qr_text)
                return view
            if self.is_paid(student):
                return view
            scene.clock.sleep(4)
        return None

    def look(self) -> None:
        for _ in range(LOOKS):
            self._scene.ask(lambda: self._collecting.look(asked=self._site.play != "poll"))
            self._scene.judge()
            self._scene.clock.sleep(2)

    def pay(self, view: AttemptView, outcome: str = "success") -> None:
        if view.qr_text and self._scene.can_pay(view.qr_text):
            self._scene.pay(view.qr_text, outcome)

    # --- the plays

    def _collect(self, student: str, outcome: str = "success") -> None:
        view = self.shown(student)
        self.look()
        if view is not None:
            self.pay(view, outcome)
        self.look()

    def _late(self, student: str) -> None:
        """The parent pays a code that went down half an hour ago."""
        view = self.shown(student)
        if view is None:
            return
        self._scene.clock.sleep(LATE_S)
        self._scene.ask(lambda: self._collecting.expire(view.uid))
        self.pay(view)
        self.look()

    def _refund(self, student: str) -> None:
        """A part goes back, so that a second refund by mistake would be let through."""
        self._collect(student)
        scene, affairs = self._scene, self._scene.opened.desk.affairs
        for row in scene.opened.desk.receipts.recent():
            if not row.refunded:
                scene.ask(partial(affairs.refund, row.uid, PART, "left the course"))
        scene.ask(self._collecting.reconcile)

    def _find(self, student: str) -> None:
        self._collect(student)
        affairs = self._scene.opened.desk.affairs
        for _ in range(2):
            self._scene.ask(lambda: affairs.find(Clues(utr="000000000001")))

    def _give_up(self, student: str) -> None:
        """A code is taken down: one unpaid, for a new one; the next one just as it is paid."""
        view = self.shown(student)
        if view is None:
            return
        is_first = student == self._students[0]
        if not is_first:
            self.pay(view)
        self._scene.ask(lambda: self._collecting.cancel(view.uid))
        self._scene.judge()
        if is_first:
            newer = self.shown(student)
            if newer is not None and newer.uid != view.uid:
                self.pay(newer)
            self.look()
            self.pay(view)  # a parent who still has the old code on the phone
        self.look()
