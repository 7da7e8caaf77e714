"""The steps of the first set-up: language, centre, desk, keys, ready. Each checks itself.

Nothing is kept by a step: the wizard keeps everything at once, at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget, QWizardPage

from desktop_app.domain.errors import InvalidInputError
from desktop_app.services.settings import SETTINGS, in_wizard
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.forms.choices import Choices
from desktop_app.ui.forms.editors import put_value
from desktop_app.ui.settings.editors import make_editor
from desktop_app.ui.settings.fields import SettingFields
from desktop_app.ui.settings.key_fields import KeyFields
from desktop_app.ui.settings.section import TestPage, first_number
from desktop_app.ui.settings.setup import state_of_gstin
from desktop_app.ui.widgets.banner import StripedBanner
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from desktop_app.services.settings import Setting, WizardField
    from desktop_app.services.views.settings import KeysView
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.settings.setup import Setup

STEPS = ("language", "centre", "desk", "keys", "ready")


class Step(QWizardPage):
    """One step: a heading, a sentence, and the fields that the table of settings declares.

    Args:
        name: one of `STEPS`.
    """

    def __init__(self, name: str, heading: N_, sentence: N_) -> None:
        super().__init__()
        bind_text(self, "accessibleName", heading)
        self.form = SettingFields()
        self.fields, self.column = self.form.fields, self.form.column
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.form)
        self.column.setContentsMargins(theme.GROUP, theme.GROUP, theme.GROUP, theme.GROUP)
        self.column.setSpacing(theme.GRID)
        place = label("", "caption")
        text = N_("Step {place} of {count}")
        bind_text(place, "text", text, place=STEPS.index(name) + 1, count=len(STEPS))
        self.column.addWidget(place)
        self.column.addWidget(label(heading, "page"))
        self.column.addWidget(label(sentence, "secondary", wrap=True))
        self.column.addSpacing(theme.GROUP)
        self.column.addLayout(self.form.grid)
        for setting, field in in_wizard(name):
            is_wide = setting.is_wide or bool(setting.choices)
            editor = _editor(setting, field)
            self.form.add(setting, editor, field.label, field.hint, is_wide=is_wide)

    def mark_training(self) -> None:
        """Put the banner of training on top."""
        banner = StripedBanner("dialogTrainingBanner", N_("TRAINING"), N_("nothing here is real"))
        self.column.insertWidget(0, banner)
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
    """The language of the window and the size of its text; the wizard shows both at once."""

    def __init__(self) -> None:
        super().__init__(
            "language",
            N_("Welcome"),
            N_(
                "Five short steps set this desk up. All of it can be changed later, under Settings."
            ),
        )
        self.column.addStretch(1)


class CentreStep(Step):
    """What receipts say about the centre."""

    def __init__(self) -> None:
        super().__init__(
            "centre",
            N_("Your centre"),
            N_("This stands on every receipt. It can be changed later."),
        )
        self.column.addStretch(1)
        gstin = self.fields["centre.gstin"].editor
        if isinstance(gstin, QLineEdit):
            gstin.editingFinished.connect(self._choose_state)

    def _choose_state(self) -> None:
        """Choose the State of a right GSTIN, unless there is one already."""
        try:
            gstin = SETTINGS["centre.gstin"].from_screen(self.form.value("centre.gstin"))
        except InvalidInputError:
            return
        if not self.form.value("centre.state"):
            put_value(self.fields["centre.state"].editor, state_of_gstin(gstin))


class DeskStep(Step):
    """Which desk this is, and what it prints on."""

    def __init__(self) -> None:
        super().__init__(
            "desk",
            N_("This desk"),
            N_("Every desk has an id of its own, so that receipt numbers never clash."),
        )
        self.test_page = TestPage("wizardTestPageButton", "wizardTestFinding")
        self.column.addSpacing(theme.GROUP)
        self.column.addWidget(self.test_page)
        self.column.addStretch(1)
        self.form.changed.connect(self._show_number)

    def _show_number(self) -> None:
        number = first_number(self.form.value("desk.id"))
        self.fields["desk.id"].show_hint(N_("Receipts: {number}"), number=number)


class KeysStep(Step):
    """Razorpay's keys, tried before they are kept; or none yet."""

    def __init__(self, runner: JobRunner) -> None:
        super().__init__(
            "keys",
            N_("Razorpay"),
            N_(
                "With keys from the Razorpay dashboard (Account & Settings, API keys) the desk "
                "takes UPI. Without them it takes cash; they can be entered later."
            ),
        )
        self.note = label("", "body", name="keysNote", wrap=True)
        self.note.hide()
        self.keys = KeyFields(runner)
        self.column.addWidget(self.note)
        self.column.addWidget(self.keys)
        self.hint = Card("well", margin=12)
        self.hint.column.addWidget(
            label(
                N_(
                    "To try everything without real money, close this and start "
                    "“pravesh --training”."
                ),
                "small",
                wrap=True,
            )
        )
        self.column.addStretch(1)
        self.column.addWidget(self.hint)
        self._go_on_wanted = False
        self.keys.tried.connect(self._tried)

    def show_keys(self, keys: KeysView, *, is_training: bool) -> None:
        """Show whether there are keys already, and where they come from."""
        words = N_("")
        if is_training:
            words = N_("Training has its own sandbox: no keys are needed.")
        elif keys.source == "environment":
            words = N_("The environment of this PC gives the keys: {keys}.")
        elif keys.masked_id:
            words = N_("Keys are set up: {keys}. Type new ones only to replace them.")
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
    """A summary of what will be kept."""

    def __init__(self) -> None:
        super().__init__("ready", N_("Ready"), N_("This is how the desk will be set up."))
        self.facts = label("", "body", name="wizardSummary", wrap=True)
        card = Card(margin=theme.GROUP)
        card.column.addWidget(self.facts)
        self.column.addWidget(card)
        self.column.addWidget(
            label(N_("Next: add students and courses, or bring in lists."), "secondary", wrap=True)
        )
        self.problem = label("", "body", name="wizardProblem", wrap=True, tone="wrong")
        self.problem.hide()
        self.column.addWidget(self.problem)
        self.column.addStretch(1)

    def show_summary(self, lines: list[str]) -> None:
        """Show what will be kept."""
        self.facts.setText("\n".join(lines))
        self.problem.hide()

    def complain(self, words: str) -> None:
        """Show why it could not be kept."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
