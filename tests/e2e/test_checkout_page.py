"""A parent pays on the page of the checkout, in a real browser and against the sandbox.

One desk in practice mode and one browser for all: only the students differ.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.bootstrap.options import Options
from desktop_app.bootstrap.wiring import open_desk
from desktop_app.domain.checkout import signature_of
from desktop_app.domain.courses import make_course
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.students import make_student
from desktop_app.services.views.payments import PaymentFilter
from tests.sandbox.browser import missing_browser, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.bootstrap.wiring import OpenDesk
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.payments import AttemptView, PaymentRow
    from tests.sandbox.browser import Browser

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(missing_browser() is not None, reason=missing_browser() or ""),
    pytest.mark.timeout(120),
]
FEE = Money(1_180_000)
FRAME = "dialog iframe"
TAB, ENTER, ESCAPE = "\ue004", "\ue007", "\ue00c"
SCREEN = "document.body.dataset.screen"
KEPT_AWAY = "window.fetch = () => new Promise(() => {})"
"""The desk hears nothing of a tab any more, as after it was closed."""


class Poller:
    """Looks for money as the window's poller does: now and then, and whenever a page has news."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._wanted, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def look(self, _news: object = None) -> None:
        self._wanted.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            is_asked = self._wanted.is_set()
            self._wanted.clear()
            look = self._desk.polling.run(asked=is_asked)
            self._wanted.wait(look.next_in_s or 0.5)

    def stop(self) -> None:
        self._stopped.set()
        self._wanted.set()
        self._thread.join()


@dataclass
class Counter:
    """The desk and the browser beside it."""

    opened: OpenDesk
    browser: Browser
    poller: Poller
    course_uid: str
    count: int = 0

    @property
    def desk(self) -> Desk:
        return self.opened.desk

    def begin(self) -> AttemptView:
        """Begin the fee of a new student."""
        self.count += 1
        known = {"roll_no": f"CK{self.count:03d}", "phone": f"90000{self.count:05d}"}
        student = self.desk.students.add(make_student(name="Asha Rao", **known))
        begun = self.desk.payments.begin(student.uid, self.course_uid, Method.CHECKOUT)
        view = self.desk.payments.open(begun.uid)
        assert view.state is AttemptState.AWAITING
        self.poller.look()
        return view

    def address(self, view: AttemptView) -> str:
        return self.desk.checkout.address(view.uid, self.poller.look)

    def shown(self) -> AttemptView:
        """Begin a fee and open its page."""
        view = self.begin()
        self.browser.go(self.address(view))
        assert self.screen == "pay"
        return view

    @property
    def screen(self) -> str:
        return str(self.browser.run(f"return {SCREEN}"))

    def wait_for(self, screen: str) -> None:
        self.browser.wait_for(f"{SCREEN} === '{screen}'")

    def enter(self) -> None:
        """Press the button, and enter Razorpay's frame."""
        self.browser.press("#pay")
        self.browser.enter_frame(FRAME)

    def choose(self, means: str) -> None:
        """Choose a means in the frame, and go on to the bank's page."""
        browser = self.browser
        browser.press(f"#method-{means}")
        if means == "card":
            browser.write("#number", "4100280000001007")
            browser.write("#expiry", "12/30")
            browser.write("#cvv", "123")
        for name in ("bank", "wallet"):
            script = f"const s = document.querySelector('#{name}'); if (s) s.selectedIndex = 1"
            browser.run(script)
        browser.press("#pay")

    def approve(self, means: str = "netbanking") -> None:
        """Approve at the bank; the page takes over."""
        if means == "card":
            self.browser.write("#otp", "1234")
        self.browser.press("#approve")
        self.browser.leave_frame()

    def pay(self, means: str = "netbanking") -> None:
        self.enter()
        self.choose(means)
        self.approve(means)

    def refuse(self) -> None:
        """Refuse at the bank, and leave Razorpay's frame."""
        self.browser.press("#not-pay")
        self.browser.press("#fail")
        self.browser.see("Payment failed", "#status")
        self.browser.press("#close")
        self.browser.leave_frame()

    def paid(self, view: AttemptView) -> PaymentRow:
        """Wait until the fee is paid; return its only payment."""
        until(lambda: self.desk.payments.view(view.uid).state is AttemptState.PAID, "the money")
        found = self.desk.payments.view(view.uid)
        page = self.opened.store.reader.payments.page(PaymentFilter(text=found.roll_no), 0, 9)
        [row] = page.rows
        assert (row.amount, row.method) == (FEE, Method.CHECKOUT)
        return row

    def is_at_gateway(self, view: AttemptView) -> bool:
        """Whether the parent's money is at Razorpay, of which the desk may not know yet."""
        found = self.opened.context.gateway().payments_between(2**30, 2**32)
        mine = [each for each in found if each and each.order_id == view.order_id]
        return any(each.status in {"authorized", "captured"} for each in mine)

    def prove(self, payment_id: str, signature: str) -> None:
        """Send a proof from the page, as a script of the page would."""
        fields = {"razorpay_payment_id": payment_id, "razorpay_signature": signature}
        script = "fetch(arguments[0], {method: 'POST', body: new URLSearchParams(arguments[1])})"
        home = self.browser.run("return document.body.dataset.home")
        self.browser.run(script, f"{home}/proof", fields)


@pytest.fixture(scope="module")
def all_of(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    folder = tmp_path_factory.mktemp("checkout")
    opened = open_desk(Options(data_dir=folder / "desk", training=True))
    try:
        opened.desk.settings.put("gateway.requests_per_minute", "600")
        course = opened.desk.courses.add(
            make_course(code="CKO-1", title="Physics XI", batch="Morning", fee=FEE, gst_bp=1_800)
        )
        poller = Poller(opened.desk)
        yield Counter(opened, browser, poller, course.uid)
        poller.stop()
        browser.go("about:blank")
    finally:
        opened.close()


@pytest.fixture
def counter(all_of: Counter) -> Iterator[Counter]:
    """A tab whose log is clean, and in which nothing breaks a rule of the page.

    Each test opens another page; an empty one in between would start two processes.
    """
    browser = all_of.browser
    browser.leave_frame()
    browser.complaints()
    yield all_of
    browser.leave_frame()
    broken = [each for each in browser.complaints() if "Content Security Policy" in each]
    assert broken == []


@pytest.mark.parametrize("means", ["card", "netbanking", "wallet", "app"])
def test_a_fee_is_paid_by_each_means(counter: Counter, means: str) -> None:
    view = counter.shown()
    counter.browser.see("Practice: no real money", "#mark")
    counter.pay(means)
    counter.wait_for("paid")
    row = counter.paid(view)
    counter.browser.see(row.receipt_no or "", "#receipt")
    counter.browser.see("₹11,800.00", "dd.amount")
    counter.browser.press("#back")
    counter.browser.see("You can close this tab", "#note")


def test_it_fails_is_explained_and_is_paid_on_the_same_order(counter: Counter) -> None:
    view = counter.shown()
    counter.enter()
    counter.choose("netbanking")
    counter.refuse()
    counter.wait_for("failed")
    counter.browser.see("The payment failed", "main")
    counter.browser.see("Try again", "#pay")
    counter.pay("card")
    counter.wait_for("paid")
    counter.paid(view)
    assert counter.desk.payments.view(view.uid).order_id == view.order_id


def test_it_is_paid_by_keyboard_alone_on_a_narrow_screen(counter: Counter) -> None:
    browser = counter.browser
    browser.resize(360, 740)
    view = counter.shown()
    assert browser.run("return document.documentElement.scrollWidth") <= 360
    assert browser.run("return document.activeElement.id") == "pay"
    browser.keys(TAB)
    assert browser.run("return document.activeElement.id") == "back"
    browser.run("document.querySelector('#pay').focus()")
    browser.keys(ENTER)
    browser.enter_frame(FRAME)
    counter.choose("wallet")
    counter.approve()
    counter.wait_for("paid")
    assert browser.run("return document.documentElement.scrollWidth") <= 360
    browser.devtools("Emulation.clearDeviceMetricsOverride")
    counter.paid(view)


def test_leaving_coming_back_and_reloading_change_nothing(counter: Counter) -> None:
    browser, view = counter.browser, counter.shown()
    counter.enter()
    browser.press("#method-card")
    browser.press("#close")
    browser.leave_frame()
    browser.wait_for("!document.querySelector('#pay').disabled")
    browser.reload()
    assert counter.screen == "pay"
    counter.pay()
    counter.wait_for("paid")
    browser.go("about:blank")
    browser.back()
    assert counter.screen == "paid"
    browser.reload()
    assert counter.screen == "paid"
    counter.paid(view)


def test_money_of_a_tab_that_was_closed_is_found(counter: Counter) -> None:
    browser, view = counter.browser, counter.begin()
    first, _second = browser.tab, browser.new_tab()
    browser.go(counter.address(view))
    browser.run(KEPT_AWAY)
    counter.pay("wallet")
    until(lambda: counter.is_at_gateway(view), "the bank")  # a tab closed before pays nothing
    browser.close_tab()
    browser.switch(first)
    counter.paid(view)
    browser.go(counter.address(view))
    assert counter.screen == "paid"


def test_a_desk_that_is_gone_meanwhile_is_said_and_the_money_is_found(counter: Counter) -> None:
    view = counter.shown()
    counter.enter()
    counter.choose("netbanking")
    counter.desk.checkout.close()
    counter.approve()
    counter.browser.see("Don't pay again", "#note")
    counter.paid(view)
    counter.browser.go(counter.address(view))
    assert counter.screen == "paid"


def test_a_double_click_is_one_checkout_and_one_payment(counter: Counter) -> None:
    browser, view = counter.browser, counter.shown()
    browser.run("const b = document.querySelector('#pay'); b.click(); b.click(); b.click()")
    browser.wait_for("document.querySelector('dialog[open] iframe')")
    assert browser.run("return document.querySelectorAll('dialog').length") == 1
    browser.enter_frame(FRAME)
    counter.choose("netbanking")
    browser.run("const b = document.querySelector('#approve'); b.click(); b.click()")
    browser.leave_frame()
    counter.wait_for("paid")
    counter.paid(view)


def test_two_tabs_are_one_payment_and_both_show_it(counter: Counter) -> None:
    browser, view = counter.browser, counter.shown()
    first, second = browser.tab, browser.new_tab()
    browser.go(counter.address(view))
    counter.enter()
    browser.see("Card")
    browser.switch(first)
    browser.leave_frame()
    counter.pay("card")
    counter.wait_for("paid")
    browser.switch(second)
    browser.leave_frame()
    counter.wait_for("paid")
    assert not browser.has("dialog")
    browser.close_tab()
    browser.switch(first)
    counter.paid(view)


def test_a_changed_amount_is_not_what_is_paid(counter: Counter) -> None:
    browser, view = counter.browser, counter.shown()
    browser.run(
        "const f = document.querySelector('#checkout'), o = JSON.parse(f.dataset.options);"
        "o.amount = 100; f.dataset.options = JSON.stringify(o)"
    )
    counter.enter()
    browser.see("₹11,800.00")
    counter.choose("wallet")
    counter.approve()
    counter.wait_for("paid")
    counter.paid(view)


def test_another_orders_payment_and_a_forged_signature_book_nothing(counter: Counter) -> None:
    other = counter.shown()
    counter.pay("wallet")
    counter.wait_for("paid")
    payment_id = counter.paid(other).payment_id or ""
    gateway: Any = counter.opened.context.gateway()
    secret = gateway._gateway._secret
    genuine_there = signature_of(other.order_id or "", payment_id, secret)
    view = counter.shown()
    for proof in ((payment_id, genuine_there), (payment_id, "0" * 64), ("pay_ABC", "<script>")):
        counter.prove(*proof)
    counter.wait_for("false")
    counter.browser.see("isn't genuine", "main")
    now = counter.desk.payments.view(view.uid)
    assert (now.state, now.has_proof, now.has_false_proof) == (AttemptState.AWAITING, False, True)
    assert counter.desk.payments.cancel(view.uid).state is AttemptState.CANCELLED
    counter.wait_for("ended")
    sums = counter.opened.store.reader.payments.page(PaymentFilter(method="checkout"), 0, 99)
    assert len({row.payment_id for row in sums.rows}) == len(sums.rows)


def test_a_browser_that_needs_it_returns_by_address(counter: Counter) -> None:
    browser = counter.browser
    mobile = "Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Instagram 300.0"
    browser.devtools("Network.setUserAgentOverride", userAgent=mobile)
    try:
        view = counter.shown()
        counter.enter()
        counter.choose("netbanking")
        browser.press("#not-pay")
        browser.press("#fail")
        browser.leave_frame()
        counter.wait_for("failed")
        counter.pay("netbanking")
        counter.wait_for("paid")
        counter.paid(view)
    finally:
        browser.devtools("Network.setUserAgentOverride", userAgent="")
