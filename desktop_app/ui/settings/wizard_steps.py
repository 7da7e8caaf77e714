"""The steps of the first set-up: language, centre, desk, keys, ready. Each checks itself.

A step keeps nothing: that is done at once, at the end.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
    QWizardPage,
)

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.receipt import financial_year
from desktop_app.ui.core import theme
from desktop_app.ui.core.error_notices import typed_wrongly
from desktop_app.ui.core.i18n import LANGUAGES, N_, bind_text, tr
from desktop_app.ui.forms.choices import Choices
from desktop_app.ui.settings.key_fields import KeyFields
from desktop_app.ui.settings.presenter import checked_text, state_of_gstin
from desktop_app.ui.students.student_form import states_box
from desktop_app.ui.widgets.banner import StripedBanner
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.field import LabelledField
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from datetime import date

    from desktop_app.services.views.settings import KeysView, SettingsView
    from desktop_app.ui.settings.presenter import SettingsPresenter

_LONGEST = 300
STEPS = 5
PAPERS = (
    ("a5", N_("A5 page")),
    ("a4", N_("A4 page")),
    ("roll80", N_("80 mm roll")),
    ("roll58", N_("58 mm roll")),
)
SIZES = (("100", N_("100 %")), ("125", N_("125 %")), ("150", N_("150 %")), ("200", N_("200 %")))


class Step(QWizardPage):
    """One step: a heading, a sentence, fields by the key of the setting they change."""

    def __init__(self, heading: N_, sentence: N_, place: int) -> None:
        super().__init__()
        self.fields: dict[str, LabelledField] = {}
        self._kept: dict[str, str] = {}
        bind_text(self, "accessibleName", heading)
        inner = QWidget()
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(theme.GROUP, theme.GROUP, theme.GROUP, theme.GROUP)
        self.column.setSpacing(theme.GRID)
        step = label("", "caption")
        bind_text(step, "text", N_("Step {place} of {count}"), place=place, count=STEPS)
        self.column.addWidget(step)
        self.column.addWidget(label(heading, "page"))
        self.column.addWidget(label(sentence, "secondary", wrap=True))
        self.column.addSpacing(theme.GROUP)
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(theme.GROUP)
        self.grid.setVerticalSpacing(12)
        self.grid.setColumnStretch(0, 1)
        self.grid.setColumnStretch(1, 1)
        self.column.addLayout(self.grid)

    def mark_training(self) -> None:
        """Put the banner of training on top."""
        banner = StripedBanner("dialogTrainingBanner", N_("TRAINING"), N_("nothing here is real"))
        self.column.insertWidget(0, banner)
        self.column.insertSpacing(1, theme.GAP)

    def add_line(
        self, key: str, text: N_, at: tuple[int, int], *, hint: N_ | str = "", span: int = 1
    ) -> QLineEdit:
        """Add a line for a setting."""
        line = QLineEdit()
        line.setMaxLength(_LONGEST)
        self.add(key, text, line, at, hint=hint, span=span)
        line.textChanged.connect(partial(self._forgive, key))
        return line

    def add(
        self,
        key: str,
        text: N_,
        editor: QWidget,
        at: tuple[int, int],
        *,
        hint: N_ | str = "",
        span: int = 1,
    ) -> None:
        """Add an editor for a setting."""
        head, *tail = key.replace(".", "_").split("_")
        editor.setObjectName(f"{head}{''.join(part.title() for part in tail)}Field")
        self.fields[key] = LabelledField(text, editor, hint)
        top = Qt.AlignmentFlag.AlignTop
        self.grid.addWidget(self.fields[key], at[0], at[1], 1, span, top)

    def value(self, key: str) -> str:
        """What a field holds."""
        editor = self.fields[key].editor
        if isinstance(editor, QLineEdit):
            return editor.text()
        if isinstance(editor, QComboBox):
            return str(editor.currentData() or "")
        return editor.value() if isinstance(editor, Choices) else ""

    def texts(self) -> dict[str, str]:
        """Check all fields and give them as they are kept; raises InvalidInputError."""
        return {key: checked_text(key, self.value(key)) for key in self.fields}

    def settle(self) -> None:
        """Take what stands there for unchanged."""
        self._kept = {key: self.value(key) for key in self.fields}

    @property
    def is_changed(self) -> bool:
        """Whether something was typed since `settle`."""
        return any(self.value(key) != kept for key, kept in self._kept.items())

    def validatePage(self) -> bool:
        """Let nobody go on with a field that is wrong."""
        try:
            self.texts()
        except InvalidInputError as error:
            field = self.fields[error.field]
            field.complain(typed_wrongly(error))
            field.editor.setFocus()
            return False
        return True

    def _forgive(self, key: str, _text: str) -> None:
        self.fields[key].complain("")


class LanguageStep(Step):
    """In which language the desk speaks, and how large; both are seen at once.

    Signals:
        chosen: a language and a text size in percent, to be tried at once.
    """

    chosen = Signal(str, int)

    def __init__(self) -> None:
        super().__init__(
            N_("Welcome"),
            N_(
                "Five short steps set this desk up. All of it can be changed later, under Settings."
            ),
            1,
        )
        names = tuple((code, name) for code, name in LANGUAGES.items())
        self.language = Choices("wizardLanguage", N_("Language"), names)
        self.add("display.language", N_("Language / भाषा"), self.language, (0, 0), span=2)
        self.text_size = Choices("wizardSize", N_("Text size"), SIZES)
        self.add("display.text_size", N_("Text size"), self.text_size, (1, 0), span=2)
        self.column.addStretch(1)
        self.language.chosen.connect(self._tell)
        self.text_size.chosen.connect(self._tell)

    def load(self, view: SettingsView) -> None:
        """Show what is set."""
        self.language.choose(view.language)
        self.text_size.choose(str(view.text_percent))
        self.settle()

    def _tell(self, _value: str) -> None:
        self.chosen.emit(self.language.value(), int(self.text_size.value()))


class CentreStep(Step):
    """What receipts say about the centre."""

    def __init__(self) -> None:
        super().__init__(
            N_("Your centre"), N_("This stands on every receipt. It can be changed later."), 2
        )
        self.name = self.add_line("centre.name", N_("&Name"), (0, 0), span=2)
        self.address = self.add_line("centre.address", N_("&Address"), (1, 0), span=2)
        self.gstin = self.add_line(
            "centre.gstin",
            N_("&GSTIN"),
            (2, 0),
            hint=N_("Leave empty when not registered: no GST then."),
        )
        self.state = states_box()
        self.add("centre.state", N_("&State"), self.state, (2, 1))
        self.email = self.add_line("centre.email", N_("&E-mail"), (3, 0), span=2)
        self.column.addStretch(1)
        self.gstin.editingFinished.connect(self._check_gstin)

    def load(self, view: SettingsView) -> None:
        """Show what is set."""
        self.name.setText(view.centre.name)
        self.address.setText(view.centre.address)
        self.gstin.setText(view.centre.gstin)
        self.state.setCurrentIndex(max(0, self.state.findData(view.centre.state)))
        self.email.setText(view.centre.email)
        self.settle()

    def _check_gstin(self) -> None:
        """Check a GSTIN as soon as it is typed; it tells the State, too."""
        try:
            gstin = checked_text("centre.gstin", self.gstin.text())
        except InvalidInputError as error:
            self.fields["centre.gstin"].complain(typed_wrongly(error))
            return
        self.fields["centre.gstin"].complain("")
        letters = state_of_gstin(gstin)
        if letters and not self.state.currentData():
            self.state.setCurrentIndex(self.state.findData(letters))


class DeskStep(Step):
    """Which desk this is, and what it prints on."""

    def __init__(self, today: date) -> None:
        super().__init__(
            N_("This desk"),
            N_("Every desk has an id of its own, so that receipt numbers never clash."),
            3,
        )
        self._year = financial_year(today)
        self.desk_id = self.add_line("desk.id", N_("&Desk id"), (0, 0))
        self.paper = Choices("wizardPaper", N_("Paper"), PAPERS)
        self.add("receipt.paper", N_("&Receipts are printed on"), self.paper, (1, 0), span=2)
        self.test_button = Button(
            N_("Print a &test page"), icon="print", name="wizardTestPageButton",
            tip=N_("Print a specimen on the paper that is chosen; it counts as no receipt"),
        )  # fmt: skip
        self.finding = label("", "small", name="wizardTestFinding", wrap=True)
        self.column.addSpacing(theme.GROUP)
        row = QHBoxLayout()
        row.addWidget(self.test_button)
        row.addWidget(self.finding, 1)
        self.column.addLayout(row)
        self.column.addStretch(1)
        self.desk_id.textChanged.connect(self._show_number)

    def load(self, view: SettingsView) -> None:
        """Show what is set."""
        self.desk_id.setText(view.desk_id)
        self.paper.choose(view.paper)
        self._show_number()
        self.settle()

    def changeEvent(self, event: QEvent) -> None:
        """Say the number in the new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "desk_id"):
            self._show_number()

    def _show_number(self) -> None:
        typed = self.desk_id.text().strip().upper() or "D1"
        self.fields["desk.id"].complain("")
        number = f"{typed}/{self._year}/000001"
        self.fields["desk.id"].message.setText(tr(N_("Receipts: {number}"), number=number))
        self.fields["desk.id"].message.show()


class KeysStep(Step):
    """Razorpay's keys, tried before they are kept; or none yet."""

    def __init__(self, presenter: SettingsPresenter) -> None:
        super().__init__(
            N_("Razorpay"),
            N_(
                "With keys from the Razorpay dashboard (Account & Settings, API keys) the desk "
                "takes UPI. Without them it takes cash; they can be entered later."
            ),
            4,
        )
        self.note = label("", "body", name="keysNote", wrap=True)
        self.note.hide()
        self.keys = KeyFields(presenter)
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

    def load(self, keys: KeysView, *, is_training: bool) -> None:
        """Say whether there are keys already, and where they come from."""
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
        self._go_on_wanted = True
        self.keys.check()
        return False

    def _tried(self, may_keep: bool) -> None:  # noqa: FBT001 - a signal's value
        wanted, self._go_on_wanted = self._go_on_wanted, False
        if wanted and may_keep and self.wizard().currentPage() is self:
            self.wizard().next()


class ReadyStep(Step):
    """What will be kept, before it is."""

    def __init__(self) -> None:
        super().__init__(N_("Ready"), N_("This is how the desk will be set up."), 5)
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
        """Say what went wrong when it was to be kept."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
