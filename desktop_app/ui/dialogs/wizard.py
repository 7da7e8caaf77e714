"""The first set-up, in four steps; it may be skipped and opened again at any time.

Nothing is kept before Finish, and then everything at once.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget, QWizard

from desktop_app.domain.receipt import IST
from desktop_app.ui.dialogs.wizard_steps import CentreStep, DeskStep, KeysStep, ReadyStep, Step
from desktop_app.ui.notices import describe
from desktop_app.ui.presenters.settings import SettingsPresenter, Setup
from desktop_app.ui.widgets.buttons import Button

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent

    from desktop_app.services.api import Desk
    from desktop_app.ui.jobs import JobRunner
    from desktop_app.ui.presenters.settings import NewKeys

_SKIP = "Skip for now"
_SURE = "Throw away and skip"
_PAPERS = {"a5": "A5 paper", "roll80": "an 80 mm roll"}
_SIZE = (680, 620)


class SetupWizard(QWizard):
    """Leads through centre, desk and keys.

    Args:
        desk: the open desk.
        runner: runs what blocks.
        parent: the window it belongs to.
    """

    def __init__(self, desk: Desk, runner: JobRunner, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName("setupWizard")
        self.setAccessibleName("Set up the desk")
        self.setWindowTitle("Set up the desk")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWizardStyle(QWizard.WizardStyle.ClassicStyle)
        self.setTitleFormat(Qt.TextFormat.PlainText)
        self.setOption(QWizard.WizardOption.NoBackButtonOnStartPage)
        self._is_training = desk.is_training
        self._is_busy = False
        self._is_kept = False
        self._asked_to_skip = False
        self._has_keys = False
        self.presenter = SettingsPresenter(desk, runner, self)
        self.centre = CentreStep()
        self.desk_step = DeskStep(datetime.now(IST).date())
        self.keys_step = KeysStep(self.presenter)
        self.ready = ReadyStep()
        for step in (self.centre, self.desk_step, self.keys_step, self.ready):
            self.addPage(step)
            if desk.is_training:
                step.mark_training()
        self._dress_buttons()
        self.resize(*_SIZE)
        self.presenter.loaded.connect(self._load)
        self.presenter.saved.connect(self._saved)
        self.presenter.failed.connect(self._failed)
        self.currentIdChanged.connect(self._arrived)
        self.presenter.read()

    def _dress_buttons(self) -> None:
        which = QWizard.WizardButton
        self._skip = Button(_SKIP, name="wizardSkipButton")
        self._next = Button("Next", kind="primary", name="wizardNextButton")
        self._finish = Button("Finish", kind="primary", name="wizardFinishButton")
        back = Button("Back", name="wizardBackButton")
        for role, button in (
            (which.CancelButton, self._skip),
            (which.NextButton, self._next),
            (which.FinishButton, self._finish),
            (which.BackButton, back),
        ):
            self.setButton(role, button)
        right = (which.BackButton, which.NextButton, which.FinishButton)
        self.setButtonLayout([which.CancelButton, which.Stretch, *right])

    def steps(self) -> tuple[Step, ...]:
        """All steps, in order."""
        return (self.centre, self.desk_step, self.keys_step, self.ready)

    def accept(self) -> None:
        """Keep everything; the wizard closes when it is kept."""
        if self._is_kept:
            super().accept()
            return
        if self._is_busy:
            return
        texts = {**self.centre.texts(), **self.desk_step.texts(), "setup.done": "yes"}
        self._be_busy(busy=True)
        self.presenter.save(texts, self._keys())

    def reject(self) -> None:
        """Skip; with something typed, only when that was pressed twice."""
        if self._is_busy:
            return
        if not self._asked_to_skip and any(step.is_changed for step in self.steps()):
            self._asked_to_skip = True
            self._skip.setProperty("tone", "wrong")
            self._skip.show_text(_SURE)
            self._skip.setFocus()
            return
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's cross asks as Esc does."""
        if self.isVisible() and not self._is_kept:
            event.ignore()
            self.reject()
            return
        super().closeEvent(event)

    def _keys(self) -> NewKeys | None:
        fields = self.keys_step.keys
        return None if fields.isHidden() or fields.is_empty else fields.keys()

    def _load(self, setup: Setup) -> None:
        self.centre.load(setup.settings)
        self.desk_step.load(setup.settings)
        self.keys_step.load(setup.keys, is_training=self._is_training)
        self._has_keys = bool(setup.keys.masked_id)
        self.centre.name.setFocus()

    def _arrived(self, _id: int) -> None:
        self._asked_to_skip = False
        self._skip.show_text(_SKIP)
        page = self.currentPage()
        if page is self.ready:
            self.ready.show_summary(self._summary())
        (self._finish if page is self.ready else self._next).setDefault(True)

    def _summary(self) -> list[str]:
        centre, desk = self.centre.texts(), self.desk_step.texts()
        gst = f"GSTIN {centre['centre.gstin']}" if centre["centre.gstin"] else "no GST is charged"
        fields = self.keys_step.keys
        if self._is_training:
            money = "Payments: the sandbox of training"
        elif fields.is_empty and not self._has_keys:
            money = "Payments: cash only, until keys are entered in Settings"
        elif fields.is_empty or fields.key_id.text().strip().startswith("rzp_live_"):
            money = "Payments: UPI by Razorpay, and cash"
        else:
            money = "Payments: Razorpay's test mode (no real money), and cash"
        return [
            f"{centre['centre.name']} · {gst}",
            f"Desk {desk['desk.id']}, receipts on {_PAPERS[desk['receipt.paper']]}",
            money,
        ]

    def _be_busy(self, *, busy: bool) -> None:
        self._is_busy = busy
        self._finish.setDisabled(busy)
        self._finish.show_text("Saving…" if busy else "Finish")

    def _saved(self) -> None:
        self._be_busy(busy=False)
        self._is_kept = True
        self.keys_step.keys.forget()
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._be_busy(busy=False)
        notice = describe(error)
        self.ready.complain(f"{notice.what} {notice.todo}")
