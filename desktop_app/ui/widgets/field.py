"""A labelled field: the label is its buddy, and what is wrong with it stands under it."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.ui.widgets.labels import label, set_tone


class LabelledField(QWidget):
    """A label, an editor and room for one message.

    Args:
        text: the label; an ampersand marks the access key.
        editor: the widget to type into; its object name is set by the caller.
        hint: a short help under the field while nothing is wrong.
    """

    def __init__(self, text: str, editor: QWidget, hint: str = "") -> None:
        super().__init__()
        self.editor = editor
        self._hint = hint
        self.caption = label(text, "small")
        self.caption.setBuddy(editor)
        if not editor.accessibleName():
            editor.setAccessibleName(text.replace("&", ""))
        self.message = label(hint, "caption", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for each in (self.caption, editor, self.message):
            column.addWidget(each)
        self.message.setVisible(bool(hint))

    def complain(self, message: str) -> None:
        """Say what is wrong; an empty message brings the hint back."""
        self.message.setText(message or self._hint)
        self.message.setVisible(bool(message or self._hint))
        set_tone(self.message, "wrong" if message else "quiet")
        set_tone(self.editor, "wrong" if message else "")
        self.editor.setAccessibleDescription(message or self._hint)
