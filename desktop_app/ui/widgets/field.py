"""A labelled field with its complaint under it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop_app.ui.core.i18n import tr
from desktop_app.ui.widgets.boxes import vbox
from desktop_app.ui.widgets.buttons import without_key
from desktop_app.ui.widgets.labels import label, set_tone


class LabelledField(QWidget):
    """A label, an editor and room for one message.

    Args:
        text: the label; an ampersand marks the access key. One marked with `N_` follows the
            language.
        editor: the widget to type into; its object name is set by the caller.
        hint: a short help under the field while nothing is wrong.
    """

    def __init__(self, text: str, editor: QWidget, hint: str = "") -> None:
        super().__init__()
        self.editor = editor
        self._hint = hint
        self._values: dict[str, object] = {}
        self._complaint = ""
        self.caption = label(text, "small")
        self.caption.setBuddy(editor)
        self._is_named = not editor.accessibleName()
        self.message = label("", "caption", wrap=True)
        vbox(self.caption, editor, self.message, inside=self, gap=4)
        self.retranslate()

    def name(self) -> str:
        """Return the field's name in the present language, without its access key."""
        return without_key(self.caption.text())

    @property
    def is_wrong(self) -> bool:
        """Whether a complaint is shown."""
        return bool(self._complaint)

    def show_hint(self, hint: str, **values: object) -> None:
        """Change the hint; `values` are put into its braces."""
        self._hint, self._values = hint, values
        self.retranslate()

    def complain(self, message: str) -> None:
        """Show what is wrong; an empty message restores the hint."""
        self._complaint = message
        self.retranslate()
        set_tone(self.message, "wrong" if message else "quiet")
        set_tone(self.editor, "wrong" if message else "")

    def retranslate(self) -> None:
        """Show name and hint in the present language; the form translates complaints."""
        if self._is_named:
            self.editor.setAccessibleName(self.name())
        words = self._complaint or (tr(self._hint, **self._values) if self._hint else "")
        self.message.setText(words)
        self.message.setVisible(bool(words))
        self.editor.setAccessibleDescription(words)
