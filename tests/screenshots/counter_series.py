"""Screenshots of the counter: a fee from the first letter to the receipt, and its interruptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.money import Money
from desktop_app.services.errors import UnavailableError
from tests.screenshots.studio import sample_payments

if TYPE_CHECKING:
    from tests.screenshots.studio import Studio


def fee_pictures(studio: Studio) -> None:
    counter_pictures(studio)
    line_pictures(studio)


def counter_pictures(studio: Studio) -> None:
    window, desk = studio.window, studio.desk
    sample_payments(desk)
    studio.shot("00-opening")
    studio.attach()
    studio.shot("01-start")
    window.parts.counter.student.box.setText("Rahul Verma")
    studio.until(lambda: studio.student_results.property("query") == "Rahul Verma")
    studio.shot("02-nobody-found")
    studio.pick("asha r", "phy")
    studio.shot("03-bill")
    window.parts.counter.collect()
    studio.until(lambda: window.parts.counter.panel.qr.has_code)
    studio.look_now()
    studio.shot("04-waiting")
    if window.phone is not None:
        studio.shot("05-phone", window.phone)
        window.phone.hide()
    window.display.show()
    studio.shot("06-display", window.display)
    window.display.hide()
    window.activateWindow()
    window.parts.counter.panel.buttons.ask_to_cancel()
    studio.shot("07-cancel-asks")
    window.parts.counter.go_back()
    window.parts.counter.next_student()
    studio.collect("R004", "che")
    window.parts.counter.next_student()


def line_pictures(studio: Studio) -> None:
    window, desk = studio.window, studio.desk
    waiting = {view.roll_no: view.uid for view in desk.real.payments.waiting()}
    desk.gateway.down = UnavailableError("x")
    studio.pick("R005", "math")
    window.parts.counter.collect()
    studio.until(lambda: not window.parts.counter.is_paying)
    studio.look_now()
    studio.shot("08-offline-no-qr")
    window.parts.counter.next_student()
    studio.pick("R006", "PHY-12")
    window.parts.line.retry()
    studio.until(window.parts.line_banner.isVisible)
    studio.shot("09-offline-bill")
    desk.gateway.down = None
    desk.pay(waiting["R001"])
    window.parts.counter.next_student()
    window.parts.counter.show_attempt(desk.view(waiting["R001"]))
    studio.look_now()
    studio.until(lambda: window.parts.counter.is_paid)
    studio.shot("10-paid")
    window.display.show()
    studio.shot("11-display-thanks", window.display)
    window.display.hide()
    desk.pay(waiting["R004"])
    window.parts.counter.next_student()
    studio.look_now()
    studio.shot("12-paid-elsewhere")


def expired_picture(studio: Studio) -> None:
    studio.desk.expire_after(2)
    studio.attach()
    studio.collect("R004", "che")
    counter = studio.window.parts.counter
    studio.shot("13-expires-soon")
    studio.until(lambda: counter.panel.state.property("state") == "expired")
    studio.shot("14-expired")


def limit_picture(studio: Studio) -> None:
    studio.desk.change_course("PHY-11", fee=Money(1_50_000_00))
    studio.attach()
    studio.pick("R007", "PHY-11")
    studio.shot("15-over-limit")
    studio.window.parts.counter.next_student()
    studio.pick("R008", "NEET")
    studio.shot("16-full")


def claim_picture(studio: Studio) -> None:
    """Draw the search for a payment that a parent misses."""
    studio.attach()
    studio.pick("R001", "PHY-11")
    button = studio.find("parentSaysPaidButton")
    button.click()
    studio.shot("17-parent-says-paid")
