"""The steps of the first set-up: language, centre, desk, keys, ready. Each checks itself.

Nothing is kept by a step: the wizard keeps everything at once, at the end.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget, QWizardPage

from desktop_app.domain.errors import InvalidInputError
from desktop_app.services.settings.table import SETTINGS, STEPS, in_wizard
from desktop_app.services.views.maintenance import Health
from desktop_app.ui.core import theme
from desktop_app.ui.core.first_steps import FIRST_STEPS
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.forms.choices import Choices
from desktop_app.ui.forms.editors import put_value
from desktop_app.ui.settings.check_list import check_words
from desktop_app.ui.settings.editors import make_editor
from desktop_app.ui.settings.fields import SettingFields
from desktop_app.ui.settings.key_fields import KeyFields
from desktop_app.ui.settings.section import SAMPLE_PX, TestPage, first_number
from desktop_app.ui.settings.setup import state_of_gstin
from desktop_app.ui.widgets.banner import DialogBanner
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, turn
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent, QShowEvent
    from PySide6.QtWidgets import QBoxLayout, QLabel, QLineEdit

    from desktop_app.services.settings.table import Setting, WizardField
    from desktop_app.services.views.maintenance import CheckResult
    from desktop_app.services.views.settings import KeysView
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.settings.editors import PrinterBox
    from desktop_app.ui.settings.sample_receipt import SampleReceipt
    from desktop_app.ui.settings.section import PrintTest
    from desktop_app.ui.settings.setup import Setup


LARGE = 1.25
FORM_PX = 480
"""The least width of a step's form beside a sample receipt, at a text size of 100 %."""


class Step(QWizardPage):
    """One step: a heading, a sentence, and the fields that the table of settings declares.

    Args:
        name: one of `STEPS`.
        sample: a sample receipt, shown beside the form where there is room.
    """

    def __init__(self, name: str, sample: SampleReceipt | None = None) -> None:
        super().__init__()
        heading, sentence = N_(STEPS[name].title), N_(STEPS[name].sentence)
        bind_text(self, "accessibleName", heading)
        self.form = SettingFields()
        self.fields, self.column = self.form.fields, self.form.column
        self.sample = sample
        row = hbox((self.form, 3), inside=self, gap=0)
        if sample is not None:
            row.addWidget(sample, 2)
        self.column.setContentsMargins(theme.GROUP, theme.GROUP, theme.GROUP, theme.GROUP)
        self.column.setSpacing(theme.GRID)
        place, text = label("", "caption"), N_("Step {place} of {count}")
        bind_text(place, "text", text, place=list(STEPS).index(name) + 1, count=len(STEPS))
        fill(self.column, place, label(heading, "page", wrap=True))
        fill(self.column, label(sentence, "secondary", wrap=True), theme.GROUP, self.form.grid)
        for setting, field in in_wizard(name):
            is_wide = setting.is_wide or bool(setting.choices)
            editor = _editor(setting, field)
            self.form.add(setting, editor, field.label, field.hint, is_wide=is_wide)
        self.build()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the sample only where both it and the form have room."""
        super().resizeEvent(event)
        if self.sample is not None:
            self.sample.setVisible(self.width() >= theme.px(FORM_PX) + SAMPLE_PX)

    def build(self) -> None:
        """Add what is on the step below its fields."""
        self.column.addStretch(1)

    def mark_training(self) -> None:
        """Put the banner of practice mode on top."""
        self.column.insertWidget(0, DialogBanner(self))
        self.column.insertSpacing(1, theme.GAP)

    def load(self, setup: Setup) -> None:
        """Show what is set."""
        self.form.load(setup)

    @property
    def is_changed(self) -> bool:
        """Whether something was typed since `load`."""
        return self.form.is_changed

    def validatePage(self) -> bool:
        """Stay on the step while a field is wrong."""
        try:
            self.form.texts()
        except InvalidInputError as error:
            self.form.complain(error)
            return False
        return True


def _editor(setting: Setting, field: WizardField) -> QWidget:
    if not setting.choices:
        return make_editor(setting)
    name = f"wizard{setting.key.replace('_', '.').split('.')[-1].title()}"
    choices = field.choices or setting.choices
    return Choices(name, N_(field.title), [(value, N_(words)) for words, value in choices])


class LanguageStep(Step):
    """The first step, which warns of a data folder that is not safe where it is."""

    def build(self) -> None:
        """Add room for the warning."""
        self._place: CheckResult | None = None
        self.warning = label("", "body", name="wizardFolderWarning", wrap=True, tone="wrong")
        self.warning.hide()
        fill(self.column, theme.GROUP, self.warning, STRETCH)

    def load(self, setup: Setup) -> None:
        """Show what is set, and the warning where there is one."""
        super().load(setup)
        self._place = setup.place
        self.retranslate()

    def retranslate(self) -> None:
        """Show the warning in the current language."""
        is_unsafe = self._place is not None and self._place.health is not Health.GOOD
        if is_unsafe and self._place is not None:
            self.warning.setText(check_words(self._place))
        self.warning.setVisible(is_unsafe)


class CentreStep(Step):
    """The centre, as shown on receipts."""

    def build(self) -> None:
        """Choose the State of a valid GSTIN."""
        super().build()
        cast("QLineEdit", self.fields["centre.gstin"].editor).editingFinished.connect(
            self._choose_state
        )

    def _choose_state(self) -> None:
        try:
            gstin = SETTINGS["centre.gstin"].from_screen(self.form.value("centre.gstin"))
        except InvalidInputError:
            return
        if not self.form.value("centre.state"):
            put_value(self.fields["centre.state"].editor, state_of_gstin(gstin))


class DeskStep(Step):
    """Which desk this is, and what it prints on.

    Args:
        print_test: prints a test page on a paper and a printer, and reports the result; None
            without printing.
    """

    def __init__(self, print_test: PrintTest | None) -> None:
        self._print_test = print_test
        super().__init__("desk")

    def build(self) -> None:
        """Add the test page, and the first receipt number to the desk's id."""
        self.printer = cast("PrinterBox", self.fields["print.printer"].editor)
        self.test_page = TestPage("wizardTestPageButton", "wizardTestFinding", self._test)
        self.test_page.button.setVisible(self._print_test is not None)
        fill(self.column, theme.GROUP, self.test_page, STRETCH)
        self.form.changed.connect(self._show_number)

    def _test(self, tell: Callable[[str], None]) -> None:
        if self._print_test is not None:
            self._print_test(self.form.value("receipt.paper"), tell, self.printer.value())

    def _show_number(self) -> None:
        number = first_number(self.form.value("desk.id"))
        self.fields["desk.id"].show_hint(N_("Receipt numbers start at {number}."), number=number)


class KeysStep(Step):
    """Razorpay's keys, tried before they are kept; or none yet."""

    def __init__(self, runner: JobRunner) -> None:
        self._runner = runner
        self._go_on_wanted = False
        super().__init__("keys")

    def build(self) -> None:
        """Add the fields of the keys, and how to do without any."""
        self.note = label("", "body", name="keysNote", wrap=True)
        self.note.hide()
        self.keys = KeyFields(self._runner)
        self.hint = label(
            N_("No keys yet? Leave both fields empty and choose Next."), "secondary", wrap=True
        )
        fill(self.column, self.note, self.keys, theme.GAP, self.hint, STRETCH)
        self.keys.tried.connect(self._tried)

    def show_keys(self, keys: KeysView, *, is_training: bool) -> None:
        """Show whether there are keys already, and where they come from."""
        words = N_("")
        if is_training:
            words = N_("Practice mode doesn't need API keys.")
        elif keys.source == "environment":
            words = N_("Your API keys come from this PC's environment variables: {keys}.")
        elif keys.masked_id:
            words = N_("Your API keys are set up: {keys}. Enter new keys only to replace them.")
        bind_text(self.note, "text", words, keys=keys.masked_id)
        self.note.setVisible(bool(words))
        self.hint.setVisible(not is_training)
        self.keys.setVisible(not is_training and keys.source != "environment")

    @property
    def is_changed(self) -> bool:
        """Whether keys were typed."""
        return not self.keys.is_empty

    def validatePage(self) -> bool:
        """Go on without keys, or with keys that were tried."""
        if self.keys.isHidden() or self.keys.is_empty or self.keys.is_tried:
            return True
        self._go_on_wanted = self.keys.check()
        return False

    def _tried(self, may_keep: bool) -> None:  # noqa: FBT001 - a signal's value
        wanted, self._go_on_wanted = self._go_on_wanted, False
        if wanted and may_keep and self.wizard().currentPage() is self:
            self.wizard().next()


class ReadyStep(Step):
    """A summary of what will be kept, and what to do first.

    Signals:
        chosen: the name of one of `FIRST_STEPS`.
    """

    chosen = Signal(str)

    def build(self) -> None:
        """Add the choices, the summary, and room for an error."""
        self.choices: dict[str, Button] = {}
        self._rows: list[QBoxLayout] = []
        self._sentences: dict[str, QLabel] = {}
        for each in FIRST_STEPS:
            kind = "primary" if each.name == "course" else ""
            name = f"wizard{each.name.title()}Button"
            button = Button(each.words, kind=kind, icon=each.icon, name=name, tip=each.sentence)
            button.clicked.connect(partial(self._choose, each.name))
            self.choices[each.name] = button
            sentence = self._sentences[each.name] = label(each.sentence, "secondary", wrap=True)
            row = hbox(button, (sentence, 1), gap=theme.GROUP)
            self._rows.append(row)
            fill(self.column, row, 12)
        self.facts = label("", "small", name="wizardSummary", wrap=True)
        self.problem = label("", "body", name="wizardProblem", wrap=True, tone="wrong")
        self.problem.hide()
        fill(self.column, theme.GAP, self.problem, self.facts, STRETCH)

    def mark_training(self) -> None:
        """Offer no practice where everything is practice."""
        super().mark_training()
        self.choices["practice"].hide()
        self._sentences["practice"].hide()

    def rescale(self) -> None:
        """Make the buttons equally wide; put them over their sentences at large text."""
        for row in self._rows:
            turn(row, is_upright=theme.scale() > LARGE)
        wide = max(button.sizeHint().width() for button in self.choices.values())
        for button in self.choices.values():
            button.setMinimumWidth(wide)

    def showEvent(self, event: QShowEvent) -> None:
        """Measure the buttons once they are dressed."""
        super().showEvent(event)
        self.rescale()

    def show_summary(self, lines: list[str]) -> None:
        """Show what will be kept."""
        self.facts.setText("\n".join(lines))
        self.problem.hide()

    def complain(self, words: str) -> None:
        """Show why it could not be kept."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        self.form.ensureWidgetVisible(self.problem)

    def _choose(self, name: str, _checked: object = None) -> None:
        self.chosen.emit(name)
