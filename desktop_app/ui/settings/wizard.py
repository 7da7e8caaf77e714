"""The first set-up, in five steps; it may be skipped and opened again at any time.

Nothing is kept before Finish, and then everything at once. The language is tried as soon as it is
chosen, and set back when the set-up is skipped.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget, QWizard

from desktop_app.services.settings import SETTINGS
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.core.error_notices import describe
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.forms.editors import put_value
from desktop_app.ui.receipts.printer_test import PrinterTest
from desktop_app.ui.settings.section import resize_within_screen
from desktop_app.ui.settings.setup import read_setup, save_setup, unused_code
from desktop_app.ui.settings.wizard_steps import (
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

    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.settings.setup import NewKeys, Setup

_SKIP = N_("Skip for now")
_SURE = N_("Throw away and skip")
_SIZE = (680, 620)


class SetupWizard(QWizard):
    """Leads through centre, desk and keys.

    Args:
        runner: runs what blocks.
        parent: the window it belongs to.
        training: whether everything here is practice.
        print_test: prints a test page on a paper and reports the result; None without printing.
    """

    def __init__(
        self,
        runner: JobRunner,
        parent: QWidget | None,
        *,
        training: bool = False,
        print_test: Callable[[str, Callable[[str], None]], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self._before: tuple[str, int] | None = None
        self.setObjectName("setupWizard")
        bind_text(self, "accessibleName", N_("Set up the desk"))
        bind_text(self, "windowTitle", N_("Set up the desk"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWizardStyle(QWizard.WizardStyle.ClassicStyle)
        self.setTitleFormat(Qt.TextFormat.PlainText)
        self.setOption(QWizard.WizardOption.NoBackButtonOnStartPage)
        self._runner = runner
        self._is_training = training
        self._is_busy = False
        self._is_kept = False
        self._asked_to_skip = False
        self._has_keys = False
        self._code_in_use = ""
        self.language, self.centre = LanguageStep("language"), CentreStep("centre")
        self.desk_step, self.keys_step = DeskStep(print_test), KeysStep(runner)
        self.ready = ReadyStep("ready")
        for step in self.steps():
            self.addPage(step)
            if training:
                step.mark_training()
        self._dress_buttons()
        self.language.form.changed.connect(self._try_look)
        resize_within_screen(self, *_SIZE)
        self.currentIdChanged.connect(self._arrived)
        runner.local(partial(read_setup, None), self._load, failed=self._failed)

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
        """Return all steps, in order."""
        return (self.language, self.centre, self.desk_step, self.keys_step, self.ready)

    def accept(self) -> None:
        """Keep everything; the wizard closes when it is kept."""
        if self._is_kept:
            super().accept()
            return
        if self._is_busy:
            return
        texts = {"setup.done": "yes"}
        for step in self.steps():
            texts |= step.form.texts()
        self._be_busy(busy=True)
        save = partial(save_setup, texts, self._keys())
        self._runner.local(save, self._saved, failed=self._failed)

    def reject(self) -> None:
        """Skip; with something typed, only when pressed twice."""
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
        """Ask as Esc does when the window's cross is pressed."""
        if self.isVisible() and not self._is_kept:
            event.ignore()
            self.reject()
            return
        super().closeEvent(event)

    def _keys(self) -> NewKeys | None:
        fields = self.keys_step.keys
        return None if fields.isHidden() or fields.is_empty else fields.keys()

    def _load(self, setup: Setup) -> None:
        self._before = (setup.settings.language, setup.settings.text_percent)
        for step in self.steps():
            step.load(setup)
        self.keys_step.show_keys(setup.keys, is_training=self._is_training)
        self._has_keys = bool(setup.keys.masked_id)
        self._next.setFocus()

    def _arrived(self, _id: int) -> None:
        self._asked_to_skip = False
        self._skip.show_text(_SKIP)
        page = self.currentPage()
        if page is self.ready:
            self.ready.show_summary(self._summary())
            self._look_for_code()
        (self._finish if page is self.ready else self._next).setDefault(True)

    def _look_for_code(self) -> None:
        """Look whether another desk has the code; without an answer it is kept."""
        code = self.desk_step.form.texts()["desk.id"]
        keys = self._keys()
        if self._is_training or (keys is None and not self._has_keys):
            return
        self._runner.gateway(
            partial(unused_code, code, keys), partial(self._code_found, code),
            failed=_keep_code, replaces="desk code",
        )  # fmt: skip

    def _code_found(self, code: str, unused: str) -> None:
        if unused == code or self._is_busy:
            return
        self._code_in_use = code
        put_value(self.desk_step.form.fields["desk.id"].editor, unused)
        if self.currentPage() is self.ready:
            self.ready.show_summary(self._summary())

    def _try_look(self) -> None:
        value = self.language.form.value
        self._show_look(value("display.language"), int(value("display.text_size")))
        resize_within_screen(self, *_SIZE)

    def _show_look(self, language_code: str, percent: int) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, str(app.property("themeWish") or "system"), percent)
            i18n.set_language(app, language_code)

    def retranslate(self) -> None:
        """Summarise in the new language."""
        if self.currentPage() is self.ready:
            self.ready.show_summary(self._summary())

    def _summary(self) -> list[str]:
        centre, desk = self.centre.form.texts(), self.desk_step.form.texts()
        name, gstin = centre["centre.name"], centre["centre.gstin"]
        with_gst, without = N_("{name} · GSTIN {gstin}"), N_("{name} · no GST is charged")
        papers = {value: N_(words) for words, value in SETTINGS["receipt.paper"].choices}
        paper = papers[desk["receipt.paper"]]
        lines = [
            tr(with_gst if gstin else without, name=name, gstin=gstin),
            tr(N_("Desk {desk}, receipts on: {paper}"), desk=desk["desk.id"], paper=paper),
            tr(self._money()),
        ]
        if self._code_in_use and self._code_in_use != desk["desk.id"]:
            in_use = N_(
                "Desk {code} is in use with these Razorpay keys already. This desk gets the code "
                "{new_code}."
            )
            lines.append(tr(in_use, code=self._code_in_use, new_code=desk["desk.id"]))
        return lines

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

    def _saved(self, _nothing: None) -> None:
        self._be_busy(busy=False)
        self._is_kept = True
        self.keys_step.keys.forget()
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._be_busy(busy=False)
        notice = describe(error)
        self.ready.complain(f"{notice.what} {notice.todo}")


def _keep_code(_error: Exception) -> None:
    """Keep the code: Razorpay could not be asked."""


def open_wizard(context: PageContext, window: QWidget) -> None:
    """Open the first set-up over a window."""
    wizard = SetupWizard(
        context.runner, window, training=context.is_training,
        print_test=PrinterTest(context.printer, window),
    )  # fmt: skip
    wizard.open()
