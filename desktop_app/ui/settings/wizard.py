"""The first set-up, in five steps; it may be skipped and opened again at any time.

Nothing is kept before Finish, and then everything at once. The language is tried as soon as it is
chosen, and put back when the set-up is skipped.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QWidget, QWizard

from desktop_app.domain.receipt import IST
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.core.error_notices import describe
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.settings.presenter import SettingsPresenter, SetupForm
from desktop_app.ui.settings.wizard_steps import (
    PAPERS,
    CentreStep,
    DeskStep,
    KeysStep,
    LanguageStep,
    ReadyStep,
    Step,
)
from desktop_app.ui.widgets.buttons import Button

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent

    from desktop_app.services.desk import Desk
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.settings.presenter import NewKeys

_SKIP = N_("Skip for now")
_SURE = N_("Throw away and skip")
_SIZE = (680, 620)


class SetupWizard(QWizard):
    """Leads through centre, desk and keys.

    Args:
        desk: the open desk.
        runner: runs what blocks.
        parent: the window it belongs to.
        print_test: prints a test page on a paper and tells how it went; None without printing.
    """

    def __init__(
        self,
        desk: Desk,
        runner: JobRunner,
        parent: QWidget | None,
        *,
        print_test: Callable[[str, Callable[[str], None]], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self._print_test = print_test
        self._before: tuple[str, int] | None = None
        self.setObjectName("setupWizard")
        bind_text(self, "accessibleName", N_("Set up the desk"))
        bind_text(self, "windowTitle", N_("Set up the desk"))
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
        self.language = LanguageStep()
        self.centre = CentreStep()
        self.desk_step = DeskStep(datetime.now(IST).date())
        self.keys_step = KeysStep(self.presenter)
        self.ready = ReadyStep()
        for step in self.steps():
            self.addPage(step)
            if desk.is_training:
                step.mark_training()
        self._dress_buttons()
        self.language.chosen.connect(self._try_look)
        self.desk_step.test_button.clicked.connect(self._test_page)
        self.desk_step.test_button.setVisible(print_test is not None)
        self._fit()
        self.presenter.loaded.connect(self._load)
        self.presenter.saved.connect(self._saved)
        self.presenter.failed.connect(self._failed)
        self.currentIdChanged.connect(self._arrived)
        self.presenter.read()

    def _dress_buttons(self) -> None:
        which = QWizard.WizardButton
        self._skip = Button(_SKIP, name="wizardSkipButton")
        self._next = Button(N_("Next"), kind="primary", name="wizardNextButton")
        self._finish = Button(N_("Finish"), kind="primary", name="wizardFinishButton")
        back = Button(N_("Back"), name="wizardBackButton")
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
        return (self.language, self.centre, self.desk_step, self.keys_step, self.ready)

    def accept(self) -> None:
        """Keep everything; the wizard closes when it is kept."""
        if self._is_kept:
            super().accept()
            return
        if self._is_busy:
            return
        texts = {"setup.done": "yes"}
        for step in (self.language, self.centre, self.desk_step):
            texts |= step.texts()
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
        if self._before is not None:
            self._show_look(*self._before)
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

    def _load(self, setup: SetupForm) -> None:
        self._before = (setup.settings.language, setup.settings.text_percent)
        self.language.load(setup.settings)
        self.centre.load(setup.settings)
        self.desk_step.load(setup.settings)
        self.keys_step.load(setup.keys, is_training=self._is_training)
        self._has_keys = bool(setup.keys.masked_id)
        self._next.setFocus()

    def _arrived(self, _id: int) -> None:
        self._asked_to_skip = False
        self._skip.show_text(_SKIP)
        page = self.currentPage()
        if page is self.ready:
            self.ready.show_summary(self._summary())
        (self._finish if page is self.ready else self._next).setDefault(True)

    def _try_look(self, language_code: str, percent: int) -> None:
        self._show_look(language_code, percent)
        self._fit()

    def _show_look(self, language_code: str, percent: int) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, str(app.property("themeWish") or "system"), percent)
            i18n.set_language(app, language_code)

    def _test_page(self) -> None:
        if self._print_test is not None:
            self._print_test(self.desk_step.paper.value(), self.desk_step.finding.setText)

    def _fit(self) -> None:
        """Be as large as the text wants, and no larger than the screen."""
        room = self.screen().availableGeometry().size()
        width = min(theme.px(_SIZE[0]), room.width() - 2 * theme.GROUP)
        self.resize(width, min(theme.px(_SIZE[1]), room.height() - 3 * theme.GROUP))

    def changeEvent(self, event: QEvent) -> None:
        """Sum up in the new language."""
        super().changeEvent(event)
        has_changed = event.type() == QEvent.Type.LanguageChange and hasattr(self, "ready")
        if has_changed and self.currentPage() is self.ready:
            self.ready.show_summary(self._summary())

    def _summary(self) -> list[str]:
        centre, desk = self.centre.texts(), self.desk_step.texts()
        name, gstin = centre["centre.name"], centre["centre.gstin"]
        with_gst, without = N_("{name} · GSTIN {gstin}"), N_("{name} · no GST is charged")
        paper = dict(PAPERS)[desk["receipt.paper"]]
        return [
            tr(with_gst if gstin else without, name=name, gstin=gstin),
            tr(N_("Desk {desk}, receipts on: {paper}"), desk=desk["desk.id"], paper=paper),
            tr(self._money()),
        ]

    def _money(self) -> N_:
        fields = self.keys_step.keys
        if self._is_training:
            return N_("Payments: the sandbox of training")
        if fields.is_empty and not self._has_keys:
            return N_("Payments: cash only, until keys are entered in Settings")
        if fields.is_empty or fields.key_id.text().strip().startswith("rzp_live_"):
            return N_("Payments: UPI by Razorpay, and cash")
        return N_("Payments: Razorpay's test mode (no real money), and cash")

    def _be_busy(self, *, busy: bool) -> None:
        self._is_busy = busy
        self._finish.setDisabled(busy)
        self._finish.show_text(N_("Saving…") if busy else N_("Finish"))

    def _saved(self) -> None:
        self._be_busy(busy=False)
        self._is_kept = True
        self.keys_step.keys.forget()
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._be_busy(busy=False)
        notice = describe(error)
        self.ready.complain(f"{notice.what} {notice.todo}")
