"""Fields for Razorpay's keys, which are tried before they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop_app.domain.errors import InvalidInputError
from desktop_app.services.errors import UnavailableError
from desktop_app.ui.core import theme
from desktop_app.ui.core.error_notices import describe, typed_wrongly
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.settings.setup import NewKeys, checked_keys
from desktop_app.ui.widgets.boxes import hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.field import LabelledField
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label, set_tone

if TYPE_CHECKING:
    from desktop_app.ui.core.jobs import JobRunner

_LONGEST = 200


class KeyFields(QWidget):
    """Key id, key secret, and a button that tries them.

    Signals:
        tried: whether the keys may be kept: they work, or Razorpay cannot be reached.
        typed: something was typed.

    Args:
        runner: runs the trial.

    Attributes:
        was_reached: whether Razorpay answered the last trial.
    """

    tried = Signal(bool)
    typed = Signal()

    def __init__(self, runner: JobRunner) -> None:
        super().__init__()
        self._runner = runner
        self._tried: tuple[str, str] | None = None
        self.was_reached = False
        self.key_id = _line("keyIdField", N_("e.g. rzp_live_…"))
        self.secret = _line("keySecretField")
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.fields = {
            "key_id": LabelledField(N_("Key &ID"), self.key_id),
            "key_secret": LabelledField(N_("&Key secret"), self.secret),
        }
        self.check_button = Button(N_("Check t&he keys"), icon="refresh", name="checkKeysButton")
        self.finding = label("", "small", name="keysFinding", wrap=True)
        self._icon = IconLabel(size=18)
        self._lay_out()
        self.check_button.clicked.connect(self.check)
        self.key_id.textChanged.connect(self._typed)
        self.secret.textChanged.connect(self._typed)

    def _lay_out(self) -> None:
        row = hbox(self.check_button, self._icon, (self.finding, 1), gap=theme.GAP)
        column = self.column = vbox(inside=self, gap=12)
        for field in self.fields.values():
            column.addWidget(field)
        column.addLayout(row)
        self._say(None, "")

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.key_id.text().strip() or self.secret.text().strip())

    @property
    def is_tried(self) -> bool:
        """Whether the typed keys were tried and may be kept."""
        return self._tried == self._typed_keys()

    def keys(self) -> NewKeys:
        """Return the keys; complains beside the field and raises InvalidInputError."""
        try:
            return checked_keys(self.key_id.text(), self.secret.text())
        except InvalidInputError as error:
            self._complain(error)
            raise

    def check(self) -> bool:
        """Try the keys at Razorpay in place of an older trial; False where one is missing."""
        try:
            keys = self.keys()
        except InvalidInputError:
            return False
        self.check_button.setEnabled(False)
        self._say(N_("Checking with Razorpay…"), "")
        self._runner.gateway(
            lambda desk: desk.settings.check_keys(keys.key_id, keys.secret),
            self._good, failed=self._bad, replaces="keys",
        )  # fmt: skip
        return True

    def forget(self) -> None:
        """Empty both fields."""
        self.key_id.clear()
        self.secret.clear()

    def show_failure(self, error: Exception) -> None:
        """Show why the keys could not be kept."""
        self.check_button.setEnabled(True)
        if isinstance(error, InvalidInputError):
            self._complain(error)
        else:
            self._say(error, "wrong")

    def _typed(self) -> None:
        self._tried = None
        self.check_button.setEnabled(True)
        self._say(None, "")
        for field in self.fields.values():
            field.complain("")
        self.typed.emit()

    def _typed_keys(self) -> tuple[str, str]:
        return self.key_id.text().strip(), self.secret.text().strip()

    def _good(self, _nothing: None) -> None:
        self.check_button.setEnabled(True)
        self._tried, self.was_reached = self._typed_keys(), True
        is_live = self.key_id.text().strip().startswith("rzp_live_")
        live = N_("These live keys work. Payments are real.")
        self._say(
            live if is_live else N_("These test keys work. No real money moves."),
            "paid",
        )
        self.tried.emit(True)  # noqa: FBT003 - a signal's value

    def _bad(self, error: Exception) -> None:
        self.check_button.setEnabled(True)
        if isinstance(error, InvalidInputError):
            self._say(None, "")
            self._complain(error)
            self.tried.emit(False)  # noqa: FBT003 - a signal's value
            return
        may_keep = isinstance(error, UnavailableError)
        if may_keep:
            self._tried, self.was_reached = self._typed_keys(), False
            words = N_("We couldn't reach Razorpay. You can save these keys and check them later.")
            self._say(words, "attention")
        else:
            self._say(error, "wrong")
        self.tried.emit(may_keep)

    def _complain(self, error: InvalidInputError) -> None:
        field = self.fields.get(error.field, self.fields["key_id"])
        field.complain(typed_wrongly(error))
        field.editor.setFocus()

    def retranslate(self) -> None:
        """Show the outcome of the trial in the current language."""
        self._say(*self._said)

    def _say(self, what: N_ | Exception | None, tone: str) -> None:
        self._said = (what, tone)
        words = describe(what).what if isinstance(what, Exception) else tr(what) if what else ""
        self.finding.setText(words)
        self.finding.setAccessibleName(words)
        set_tone(self.finding, tone or "quiet")
        self._icon.setVisible(bool(tone))
        if tone:
            self._icon.show_icon(tone, tone)


def _line(name: str, placeholder: N_ | None = None) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    if placeholder is not None:
        bind_text(line, "placeholderText", placeholder)
    line.setMaxLength(_LONGEST)
    return line
