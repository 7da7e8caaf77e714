"""The settings one changes by hand: centre, desk, limit, paper, look and keys.

Cancel changes nothing: everything is kept in one go by Save.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money, format_plain
from desktop_app.ui.dialogs.form import FormDialog
from desktop_app.ui.dialogs.key_fields import KeyFields
from desktop_app.ui.dialogs.student_form import states_box
from desktop_app.ui.presenters.receipts import PAPERS
from desktop_app.ui.presenters.settings import SettingsPresenter, Setup, checked_text
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from desktop_app.services.api import Desk
    from desktop_app.services.views import KeysView
    from desktop_app.ui.jobs import JobRunner
    from desktop_app.ui.presenters.settings import NewKeys

THEMES = (
    ("system", "As the system"),
    ("light", "Light"),
    ("dark", "Dark"),
    ("contrast", "High contrast"),
)
_LINES = ("centre.name", "centre.address", "centre.gstin", "centre.email", "desk.id")
_SOURCES = {
    "environment": "Set by the environment of this PC; they cannot be changed here.",
    "training": "Training uses the sandbox's own keys.",
}


class SettingsDialog(FormDialog):
    """Everything about this desk, on one page.

    Signals:
        saved: something was kept.
    """

    saved = Signal()

    def __init__(self, desk: Desk, runner: JobRunner, parent: QWidget | None) -> None:
        super().__init__(desk, runner, parent, title="Settings", action="Save settings")
        self.setObjectName("settingsDialog")
        self.presenter = SettingsPresenter(desk, runner, self)
        self._keys_wanted = False
        self._build()
        self.setMinimumWidth(700)
        self.be_busy(busy=True)
        self.save_button.show_text("One moment…")
        self.presenter.loaded.connect(self._load)
        self.presenter.saved.connect(self._saved)
        self.presenter.failed.connect(self.failed)
        self.keys.tried.connect(self._keys_tried)
        self.presenter.read()

    def _build(self) -> None:
        self.add_line("centre.name", "Centre's &name", (0, 0))
        self.add_line("centre.email", "&E-mail", (0, 1))
        self.add_line("centre.address", "&Address on receipts", (1, 0), span=2)
        self.add_line("centre.gstin", "&GSTIN", (2, 0), hint="Leave empty when not registered.")
        self.state = states_box()
        self.add_field("centre.state", "&State", self.state, (2, 1))
        self.add_line("desk.id", "&Desk id", (3, 0), hint="Begins this desk's receipt numbers.")
        self.add_line("upi.limit_paise", "&UPI limit in rupees", (3, 1), hint="For one payment.")
        self.paper = _box(PAPERS)
        self.add_field("receipt.paper", "Receipts on &paper", self.paper, (4, 0))
        self.look = _box(THEMES)
        self.add_field("display.theme", "&Look", self.look, (4, 1))
        self.body.addWidget(self._build_keys(), 5, 0, 1, 2)

    def _build_keys(self) -> QWidget:
        well = Card("well", margin=12)
        self.masked = label("", "small", name="maskedKeys", wrap=True)
        self.replace_button = Button("Replace…", name="replaceKeysButton")
        self.replace_button.setAccessibleName("Replace the keys")
        self.replace_button.clicked.connect(self._replace)
        row = QHBoxLayout()
        row.addWidget(label("Razorpay keys", "strong"))
        row.addWidget(self.masked, 1)
        row.addWidget(self.replace_button)
        self.keys = KeyFields(self.presenter)
        self.keys.hide()
        well.column.addLayout(row)
        well.column.addWidget(self.keys)
        return well

    def _load(self, setup: Setup) -> None:
        view = setup.settings
        centre = view.centre
        texts = (centre.name, centre.address, centre.gstin, centre.email, view.desk_id)
        for key, text in zip(_LINES, texts, strict=True):
            self._line(key).setText(text)
        limit = format_plain(Money(view.upi_limit_paise)).removesuffix(".00")
        self._line("upi.limit_paise").setText(limit)
        self.state.setCurrentIndex(max(0, self.state.findData(centre.state)))
        self.paper.setCurrentIndex(max(0, self.paper.findData(view.paper)))
        self.look.setCurrentIndex(max(0, self.look.findData(view.theme)))
        self._show_keys(setup.keys)
        self.be_busy(busy=False)
        self.settle()
        self._line("centre.name").setFocus()

    def _line(self, key: str) -> QLineEdit:
        editor = self.fields[key].editor
        assert isinstance(editor, QLineEdit)  # noqa: S101 - built so above
        return editor

    def _show_keys(self, keys: KeysView) -> None:
        where = _SOURCES.get(keys.source, "")
        shown = f"{keys.masked_id} · {keys.mode.value}" if keys.masked_id else "None yet: cash only"
        self.masked.setText(f"{shown}. {where}" if where else shown)
        self.replace_button.setDisabled(bool(where))

    def _replace(self) -> None:
        self.keys.show()
        self.replace_button.hide()
        self.grow()
        self.keys.key_id.setFocus()

    @property
    def is_changed(self) -> bool:
        """Whether something was typed, keys included."""
        return super().is_changed or not self.keys.is_empty

    def save(self) -> None:
        """Check everything; new keys are tried first."""
        texts = self._changes()
        if self.keys.is_empty:
            self._keep(texts, None)
            return
        keys = self.keys.keys()
        if self.keys.is_tried:
            self._keep(texts, keys)
        else:
            self._keys_wanted = True
            self.be_busy(busy=True)
            self.keys.check()

    def _changes(self) -> dict[str, str]:
        checked = {key: checked_text(key, self.value(key)) for key in self.fields}
        return {key: text for key, text in checked.items() if self.value(key) != self.kept(key)}

    def _keep(self, texts: dict[str, str], keys: NewKeys | None) -> None:
        self.be_busy(busy=True)
        self.presenter.save(texts, keys)

    def _keys_tried(self, may_keep: bool) -> None:  # noqa: FBT001 - a signal's value
        if not self._keys_wanted:
            return
        self._keys_wanted = False
        self.be_busy(busy=False)
        if may_keep:
            try:
                self._keep(self._changes(), self.keys.keys())
            except InvalidInputError as error:
                self.failed(error)

    def _saved(self) -> None:
        self.be_busy(busy=False)
        self.keys.forget()
        self.settle()
        self.saved.emit()
        self.accept()


def _box(options: tuple[tuple[str, str], ...]) -> QComboBox:
    box = QComboBox()
    for value, words in options:
        box.addItem(words, value)
    return box
