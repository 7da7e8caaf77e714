"""The first set-up, in five steps; it may be skipped before the last, and opened again.

Nothing is kept before the last step is answered, and then everything at once. The language is tried
as soon as it is chosen, and set back when the set-up is skipped.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget, QWizard

from desktop_app.services.settings.table import SETTINGS
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.core.error_notices import describe
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.core.window_front import open_in_front
from desktop_app.ui.forms.editors import put_value
from desktop_app.ui.receipts.printer_test import PrinterTest
from desktop_app.ui.settings.first_steps import begin_with
from desktop_app.ui.settings.sample_receipt import SampleReceipt
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
    from desktop_app.ui.settings.section import PrintTest
    from desktop_app.ui.settings.setup import NewKeys, Setup

_SKIP = N_("Skip for now")
_SURE = N_("Discard and skip")
_SIZE = (960, 640)


class SetupWizard(QWizard):
    """Leads through centre, desk and keys.

    Args:
        runner: runs what blocks.
        parent: the window it belongs to.
        training: whether everything here is practice.
        print_test: prints a test page on a paper and a printer, and reports the result; None
            without printing.
        printers: returns the names of the system's printers; may block, runs in a worker.

    Signals:
        leads_to: everything is kept, and this comes first: one of `FIRST_STEPS`, or empty.
    """

    leads_to = Signal(str)

    def __init__(
        self,
        runner: JobRunner,
        parent: QWidget | None,
        *,
        training: bool = False,
        print_test: PrintTest | None = None,
        printers: Callable[[], tuple[str, ...]] | None = None,
    ) -> None:
        super().__init__(parent)
        self._before: tuple[str, int] | None = None
        self.setObjectName("setupWizard")
        bind_text(self, "accessibleName", N_("Set up the desk"))
        bind_text(self, "windowTitle", N_("Set up the desk"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWizardStyle(QWizard.WizardStyle.ClassicStyle)
        self.setTitleFormat(Qt.TextFormat.PlainText)
        for option in ("NoBackButtonOnStartPage", "NoCancelButtonOnLastPage"):
            self.setOption(QWizard.WizardOption[option])
        self._runner = runner
        self._is_training = training
        self._is_busy = False
        self._is_kept = False
        self._asked_to_skip = False
        self._has_keys = False
        self._code_in_use = ""
        self._first = ""
        self.language, self.keys_step = LanguageStep("language"), KeysStep(runner)
        self.centre = CentreStep("centre", SampleReceipt(runner))
        self.desk_step = DeskStep(print_test)
        self.ready = ReadyStep("ready")
        for step in self.steps():
            self.addPage(step)
            if training:
                step.mark_training()
        self._dress_buttons()
        self.ready.chosen.connect(self._begin)
        self.centre.form.changed.connect(self._show_sample)
        if printers is not None:
            box = self.desk_step.printer
            runner.local(lambda _desk: printers(), box.show_names, failed=box.show_none)
        self.language.form.changed.connect(self._try_look)
        resize_within_screen(self, *_SIZE)
        self.currentIdChanged.connect(self._arrived)
        runner.local(partial(read_setup, None), self._load, failed=self._failed)

    def _dress_buttons(self) -> None:
        which = QWizard.WizardButton
        self._skip = Button(_SKIP, name="wizardSkipButton")
        self._next = Button(N_("Next"), kind="primary", name="wizardNextButton")
        self._finish = Button(N_("Open the counter"), name="wizardFinishButton")
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

    def _begin(self, name: str) -> None:
        self._first = name
        self.accept()

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
            if self._skip.isHidden():
                self.ready.complain(
                    tr(N_("Nothing is saved yet. Press Esc again to discard what you entered."))
                )
                return
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
        if page is self.ready:
            self.ready.choices["course"].setFocus()
        else:
            self._next.setDefault(True)

    def _show_sample(self) -> None:
        if self.centre.sample is not None:
            typed = self.centre.form.good_texts() | self.desk_step.form.good_texts()
            self.centre.sample.show_texts(typed)

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
        with_gst, without = N_("{name} · GSTIN {gstin}"), N_("{name} · No GST")
        papers = {value: N_(words) for words, value in SETTINGS["receipt.paper"].choices}
        paper = papers[desk["receipt.paper"]]
        lines = [
            tr(with_gst if gstin else without, name=name, gstin=gstin),
            tr(N_("Desk {desk} · {paper}"), desk=desk["desk.id"], paper=paper),
            tr(self._money()),
        ]
        if self._code_in_use and self._code_in_use != desk["desk.id"]:
            in_use = N_(
                "Another desk with these API keys already uses the ID {code}. This desk gets "
                "the ID {new_code}."
            )
            lines.append(tr(in_use, code=self._code_in_use, new_code=desk["desk.id"]))
        return lines

    def _money(self) -> N_:
        fields = self.keys_step.keys
        if self._is_training:
            return N_("Payments: practice only")
        if fields.is_empty and not self._has_keys:
            return N_("Payments: cash only. Add API keys in Settings to take UPI.")
        if fields.is_empty or fields.key_id.text().strip().startswith("rzp_live_"):
            return N_("Payments: UPI and cash")
        return N_("Payments: UPI with test keys (no real money) and cash")

    def _be_busy(self, *, busy: bool) -> None:
        self._is_busy = busy
        for button in (self._finish, *self.ready.choices.values()):
            button.setDisabled(busy)
        self._finish.show_text(N_("Saving…") if busy else N_("Open the counter"))

    def _saved(self, _nothing: None) -> None:
        self._be_busy(busy=False)
        self._is_kept = True
        self.keys_step.keys.forget()
        self.accept()
        self.leads_to.emit(self._first)

    def _failed(self, error: Exception) -> None:
        self._be_busy(busy=False)
        notice = describe(error)
        self.ready.complain(f"{notice.what} {notice.todo}")


def _keep_code(_error: Exception) -> None:
    """Keep the code: Razorpay could not be asked."""


def open_wizard(context: PageContext, window: QWidget) -> SetupWizard:
    """Open the first set-up over a window, and begin with what is chosen at its end."""
    wizard = SetupWizard(
        context.runner, window, training=context.is_training,
        print_test=PrinterTest(context.printer, window), printers=context.printer.names,
    )  # fmt: skip
    wizard.leads_to.connect(partial(begin_with, context, window))
    open_in_front(wizard)
    return wizard
