"""The screen that faces the parent: amount, QR, countdown, thank you.

Never a phone number, dues, other students, errors or notes; of a name only the first. English
and Hindi together, whatever the desk speaks. What it shows is measured for the screen it is on.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from desktop_app.domain.channels import is_page
from desktop_app.domain.money import format_rupees
from desktop_app.domain.payment import AttemptState
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.domain.text import first_name, first_names
from desktop_app.domain.words import amount_in_words
from desktop_app.ui import icons
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import clock
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.display import texts as words
from desktop_app.ui.display.centre_card import CentreCard
from desktop_app.ui.display.fitted_label import FittedLabel
from desktop_app.ui.widgets.banner import StripedBanner
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, turn, vbox
from desktop_app.ui.widgets.labels import set_tone
from desktop_app.ui.widgets.qr_view import QUIET, QrView

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QResizeEvent, QShowEvent

    from desktop_app.domain.money import Money
    from desktop_app.services.views.payments import AttemptView
    from desktop_app.ui.core.attempts import Code
    from desktop_app.ui.core.family_bill import FamilyBill
    from desktop_app.ui.display.texts import Pair

THANKS_MS = 10_000
SOON_S = 60
LEAST_AMOUNT_PX = 56
MOST_LINES = 8
"""More lines of a bill are only counted."""
FEW_LINES = 4
_LANDSCAPE = QSize(1280, 800)
_PORTRAIT = QSize(800, 1180)
_QR_RIM = 12
_CODE_MODULES = 41


class Scene(Enum):
    """The scenes of the display."""

    IDLE = "idle"
    BILL = "bill"
    MOMENT = "moment"
    CODE = "code"
    PAGE = "page"
    OVER = "over"
    ENDED = "ended"
    THANKS = "thanks"


_PROMPTS = {
    Scene.IDLE: words.PAY_HERE,
    Scene.BILL: words.CHECK_BILL,
    Scene.MOMENT: words.MOMENT,
    Scene.CODE: words.SCAN,
    Scene.PAGE: words.PAGE,
    Scene.OVER: words.OVER,
    Scene.ENDED: words.ENDED,
}


_UNREAL = {
    "training": (N_(" · ".join(words.TRAINING)), N_("")),
    "test": (N_(" · ".join(words.TEST)), N_("")),
}


class CustomerDisplay(QWidget):
    """The contents of the customer display: it follows the payment at the counter.

    Args:
        mode: the value of the `MoneyMode` at first.
    """

    def __init__(self, *, mode: str) -> None:
        super().__init__()
        self.scene = Scene.IDLE
        self._modules = _CODE_MODULES
        self._banner = StripedBanner("displayTrainingBanner", _UNREAL, mode)
        self.centre = CentreCard()
        self.name = FittedLabel(bold=True, name="displayName")
        self.course = FittedLabel(name="displayCourse", tone="quiet")
        self.amount = FittedLabel(bold=True, name="displayAmount")
        self.in_english = FittedLabel(name="displayWords", tone="quiet")
        self.in_hindi = FittedLabel(name="displayWordsHindi", tone="quiet")
        self.prompt = FittedLabel(bold=True, name="displayPrompt")
        self.prompt_hindi = FittedLabel(bold=True, name="displayPromptHindi")
        self.time = FittedLabel(bold=True, name="displayTime")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(words.TIME_LEFT.english)
        self.tick = QLabel()
        self.tick.setObjectName("displayTick")
        self.tick.setAccessibleName(words.THANKS.english)
        self.qr = QrView("customerQr")
        self._lifetime_s, self._is_sure = 0.0, True
        self._lines: tuple[str, ...] = ()
        self._thanks = QTimer(self, singleShot=True, interval=THANKS_MS)
        self._thanks.timeout.connect(self._idle)
        self._lay_out()
        self._idle()

    # --- what it shows

    def show_mode(self, mode: str) -> None:
        """Show whether the money is real, by the value of its `MoneyMode`."""
        self._banner.show_mode(mode)
        self._measure()

    def show_centre(self, name: str, logo: Path | None = None) -> None:
        """Name the centre, with its picture where it has one."""
        self.centre.show_centre(name or " · ".join(words.CENTRE), logo)
        self._measure()

    def show_bill(self, bill: FamilyBill | None) -> None:
        """Show a family's bill before it is paid: first names, lines and total; None for none."""
        self._lines = ()
        if bill is None or not bill.lines:
            if self.scene is Scene.BILL:
                self._idle()
            return
        lines = [
            f"{first_name(name)} · {label} · {format_rupees(amount)}"
            for name, label, amount in bill.lines
        ]
        more = len(lines) - MOST_LINES
        self._lines = (*lines[:MOST_LINES], f"+ {more}") if more > 0 else tuple(lines)
        if self.scene not in (Scene.IDLE, Scene.BILL):
            return  # a payment is shown
        self.name.say(first_names(", ".join(name for name, _, _ in bill.lines)))
        self.course.say("\n".join(self._lines))
        self._say_amount(bill.total)
        self._set(Scene.BILL)

    def _say_amount(self, amount: Money) -> None:
        self.amount.say(format_rupees(amount))
        self.in_english.say(amount_in_words(amount))
        self.in_hindi.say(amount_in_words(amount, "hi"))

    def show_view(self, view: AttemptView | None) -> None:
        """Follow the payment at the counter; None when there is none."""
        if view is None:
            if not self._thanks.isActive():
                self._idle()
            return
        self._thanks.stop()
        is_bill = bool(self._lines) and view.enrollment_uid is None
        self.name.say(first_names(view.student_name))
        self.course.say("\n".join(self._lines) if is_bill else view.course_label)
        self._say_amount(view.amount)
        self._lifetime_s = view.lifetime_s or 0.0
        if view.state is AttemptState.AWAITING:
            self._await(view)
        elif view.state is AttemptState.PAID:
            self._thank(view)
        elif view.state is AttemptState.EXPIRED:
            self._set(Scene.OVER)
        else:
            ended = view.state in (AttemptState.CANCELLED, AttemptState.REJECTED)
            self._set(Scene.ENDED if ended else Scene.MOMENT)

    def show_code(self, code: Code) -> None:
        """Show the QR to scan."""
        if self.scene in (Scene.IDLE, Scene.THANKS):
            return
        self._modules = len(code.modules) + 2 * QUIET
        self.qr.show_code(code.text, code.modules)
        self._set(Scene.CODE)

    def show_remaining(self, seconds: float | None) -> None:
        """Show the time left in seconds; at zero nothing can be scanned any more."""
        if self.scene is not Scene.CODE or seconds is None:
            return
        if seconds <= 0:
            self._set(Scene.OVER)
            return
        self._show_time(seconds)
        self._measure()

    # --- scenes

    def _await(self, view: AttemptView) -> None:
        if is_page(view.method):
            self._set(Scene.PAGE)
            return
        if view.image_path is not None and not view.qr_text:
            self.qr.show_picture(view.image_path)
            self._set(Scene.CODE)
        elif self.scene is not Scene.CODE or self.qr.property("text") != view.qr_text:
            self._set(Scene.MOMENT)
        if view.expires_in_s is not None:
            self._show_time(view.expires_in_s)
        self._measure()

    def _thank(self, view: AttemptView) -> None:
        number = f"{' · '.join(words.RECEIPT)}  {view.receipt_no}" if view.receipt_no else ""
        self.time.say(number)
        set_tone(self.time, "")
        self._is_sure = tender_of(view.method).settled is None
        self._set(Scene.THANKS)
        self._thanks.start()

    def _idle(self) -> None:
        for part in (self.course, self.amount, self.in_english, self.in_hindi):
            part.say("")
        self.name.say(" · ".join(words.WELCOME))
        self._set(Scene.IDLE)

    def _set(self, scene: Scene) -> None:
        """Turn to a scene; a code that cannot be paid is gone from the screen at once."""
        self.scene = scene
        self.setProperty("scene", scene.value)
        if scene is not Scene.CODE:
            self.qr.show_words("")
        if scene not in (Scene.CODE, Scene.THANKS):
            self.time.say("")
        is_paid = scene is Scene.THANKS and self._is_sure
        self._say_prompt(_PROMPTS.get(scene, words.THANKS if self._is_sure else words.NOTED))
        paid = "paid" if is_paid else ""
        for part in (self.prompt, self.prompt_hindi):
            set_tone(part, paid)
        self.qr.setVisible(scene is Scene.CODE)
        self.tick.setVisible(is_paid)
        self.bar.setVisible(scene is Scene.CODE and self._lifetime_s > 0)
        self._measure()

    def _say_prompt(self, pair: Pair) -> None:
        self.prompt.say(pair.english)
        self.prompt_hindi.say(pair.hindi)

    def _show_time(self, seconds: float) -> None:
        soon = seconds <= SOON_S
        pair = words.HURRY if soon else words.TIME_LEFT
        self.time.say(f"{' · '.join(pair)}  {clock(seconds)}")
        set_tone(self.time, "attention" if soon else "")
        set_tone(self.bar, "attention" if soon else "")
        if self._lifetime_s:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * min(1.0, seconds / self._lifetime_s)))

    # --- room

    def sizeHint(self) -> QSize:
        """Ask for room for the QR and the amount in large figures."""
        return QSize(960, 640)

    def minimumSizeHint(self) -> QSize:
        """Allow any screen: what does not fit becomes smaller."""
        return QSize(320, 320)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Measure everything for the new size."""
        super().resizeEvent(event)
        self._measure()

    def showEvent(self, event: QShowEvent) -> None:
        """Measure what was not worth it while nobody looked."""
        super().showEvent(event)
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        """Measure again when the fonts change."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._measure()

    def _measure(self) -> None:
        """Set the size of every part: the amount first, then the code, then the words."""
        if not self.isVisible():
            return
        wide, high = self.width(), self.height()
        upright = high > wide
        base = _PORTRAIT if upright else _LANDSCAPE
        unit = min(wide / base.width(), high / base.height())
        pad = round(40 * unit)
        self._body.setContentsMargins(pad, round(24 * unit), pad, pad)
        self._body.setSpacing(round(32 * unit))
        self._facts.setSpacing(max(2, round(8 * unit)))
        turn(self._body, is_upright=upright)
        self.centre.measure(wide, unit)
        room = wide - 2 * pad
        shows_side = self.scene in (Scene.CODE, Scene.THANKS)
        if shows_side:
            side = self._side(room, high - self._above(), upright=upright)
            if not upright:
                room -= side + self._body.spacing()
        self._align(centred=upright or not shows_side)
        self._fit_words(max(120, room), unit)
        layout = self.layout()
        if layout is not None:
            layout.activate()  # never a frame with the old places

    def _above(self) -> int:
        band = 0 if self._banner.isHidden() else self._banner.height()
        margins = self._body.contentsMargins()
        return band + self.centre.height() + margins.top() + margins.bottom()

    def _side(self, wide: int, high: int, *, upright: bool) -> int:
        """Size the code or the tick; return its width."""
        room = min(wide, round(high * 0.52)) if upright else min(high, round(wide * 0.46))
        if self.scene is Scene.THANKS:
            side = max(72, round(room * 0.6))
            ratio = self.devicePixelRatioF()
            self.tick.setPixmap(icons.pixmap("paid", theme.tokens().paid, side, ratio))
            return side
        self.qr.set_least(max(1, (room - _QR_RIM) // self._modules) * self._modules)
        return self.qr.sizeHint().width()

    def _align(self, *, centred: bool) -> None:
        side = Qt.AlignmentFlag.AlignHCenter if centred else Qt.AlignmentFlag.AlignLeft
        for part in self._texts():
            part.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)

    def _texts(self) -> tuple[FittedLabel, ...]:
        return (
            self.name, self.course, self.amount, self.in_english, self.in_hindi,
            self.prompt, self.prompt_hindi, self.time,
        )  # fmt: skip

    def _fit_words(self, room: int, unit: float) -> None:
        def px(size: int) -> int:
            return max(13, round(size * unit))

        idle = self.scene is Scene.IDLE
        self.name.fit(room, px(72 if idle else 44), least=px(24), lines=1)
        lines = max(2, len(self._lines))
        self.course.fit(room, px(26), least=px(20) if lines <= FEW_LINES else px(15), lines=lines)
        self.amount.fit(room, max(LEAST_AMOUNT_PX, px(88)), least=28)
        self.in_english.fit(room, px(23), least=px(18), lines=2)
        self.in_hindi.fit(room, px(23), least=px(18), lines=2)
        self.prompt.fit(room, px(30), least=px(20), lines=2)
        self.prompt_hindi.fit(room, px(30), least=px(20), lines=2)
        self.time.fit(room, px(28), least=px(18), lines=2)

    def _lay_out(self) -> None:
        column = vbox(inside=self, gap=0)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        fill(column, self._banner, self.centre)
        self._facts = vbox(
            STRETCH, self.name, self.course, self.amount, self.in_english, self.in_hindi
        )
        fill(self._facts, STRETCH, self.prompt, self.prompt_hindi, self.time, self.bar, STRETCH)
        middle = Qt.AlignmentFlag.AlignCenter
        self._body = hbox((self._facts, 1), (self.qr, middle), (self.tick, middle))
        column.addLayout(self._body, 1)
