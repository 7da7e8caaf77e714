"""The window's languages: English in the source, others as catalogues, switched while it runs.

`N_("…")` marks a text of the window where it is written, `tr(N_("…"), name=value)` translates it
into the current language, and `bind_text(widget, "text", N_("…"))` does so for a property of a
widget, again after every switch. `N_("{count} seat", "{count} seats")` has forms for one and for
many, of which the value `count` selects one. What a person typed, and what came from the gateway
or the books, is never translated: it goes in as a value. A widget that composes text from data
has a method `retranslate()`, which a switch calls once all bound properties are up to date.

Translations are `services/languages/<code>.po`, compiled to `.mo`. Values are in braces in both
languages. In a translation the access key is a Latin letter in brackets: `छात्र (&S)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTranslator
from PySide6.QtGui import QAction
from shiboken6 import isValid

from desktop_app.services import languages

if TYPE_CHECKING:
    from collections.abc import Mapping
    from gettext import GNUTranslations

    from PySide6.QtWidgets import QApplication

CONTEXT = "pravesh"
KEY_NAMES = "QShortcut"
"""Under this Qt asks for the names of keys: `Ctrl`, `Print`, `Home`."""
_MARK = "said-"


class N_(str):  # noqa: N801 - the usual mark of translatable texts
    """A text of the window, in English, as the catalogues have it for their key.

    Args:
        text: the text; the form for one where there is another for many.
        many: the form for other counts.
    """

    __slots__ = ("many",)
    many: str

    def __new__(cls, text: str, many: str = "") -> N_:
        """Keep the form for many with the text."""
        marked = super().__new__(cls, text)
        marked.many = many
        return marked


class _BoundText:
    """The text bound to a property, with its values."""

    __slots__ = ("text", "values")

    def __init__(self, text: N_, values: Mapping[str, object]) -> None:
        self.text = text
        self.values = values

    def now(self) -> str:
        """Return it in the current language; texts among the values too."""
        return tr(self.text, **self.values)


def tr(text: str, /, **values: object) -> str:
    """Return a text in the current language.

    Args:
        text: in English; shown as it is where there is no translation.
        **values: fill its braces. Those marked with `N_` are translated too. `count` selects
            the form of a text that has two.
    """
    many = text.many if isinstance(text, N_) else ""
    count = int(str(values["count"]).replace(",", "")) if many else -1
    found = QCoreApplication.translate(CONTEXT, text, "", count)
    if many and found == text and count != 1:
        found = many  # not translated
    if not values:
        return found
    return found.format(
        **{name: tr(value) if isinstance(value, N_) else value for name, value in values.items()}
    )


def bind_text(thing: QObject, name: str, text: str, /, **values: object) -> None:
    """Set a property to a text; a marked one follows the language.

    Args:
        thing: a widget or an action.
        name: the property: `text`, `toolTip`, `placeholderText`, `accessibleName`,
            `accessibleDescription`, `windowTitle`.
        text: in English, marked; or data, which is shown as it is.
        **values: fill its braces, as in `tr`.
    """
    if isinstance(text, N_):
        bound = _BoundText(text, values)
        thing.setProperty(f"{_MARK}{name}", bound)
        text = bound.now()
    elif isinstance(thing.property(f"{_MARK}{name}"), _BoundText):
        thing.setProperty(f"{_MARK}{name}", None)
    thing.setProperty(name, text)


class Catalogue(QTranslator):
    """Translations of one language, Qt's own words (dialog buttons) included."""

    def __init__(self, words: GNUTranslations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words

    def isEmpty(self) -> bool:
        """Return that it is not empty, so that Qt queries it."""
        return False

    def translate(
        self,
        context: str,
        sourceText: str,  # noqa: N803 - Qt's signature
        disambiguation: str | None = None,  # noqa: ARG002
        n: int = -1,
    ) -> str:
        """Return a translation; None keeps the English text. Keys keep their English names."""
        if context == KEY_NAMES or not sourceText:
            return None  # type: ignore[return-value]
        if n < 0:
            return self._words.gettext(sourceText)
        return self._words.ngettext(sourceText, "", n) or None  # type: ignore[return-value]


def set_language(app: QApplication, language: str) -> None:
    """Switch the whole application to a language, while it runs."""
    if current_language(app) == language:
        return
    words = None if language == languages.SOURCE else Catalogue(languages.read(language), app)
    install_translator(app, words, language)


def current_language(app: QApplication) -> str:
    """Return the current language."""
    return str(app.property("language") or languages.SOURCE)


def install_translator(app: QApplication, translator: QTranslator | None, language: str) -> None:
    """Replace the translator and set every text again."""
    before = app.property("translator")
    if isinstance(before, QTranslator):
        app.removeTranslator(before)
        before.deleteLater()
    app.setProperty("language", language)
    app.setProperty("translator", translator)
    if translator is not None:
        app.installTranslator(translator)
    for widget in app.allWidgets():
        _say_again(widget)
    for top in app.topLevelWidgets():
        for action in top.findChildren(QAction):
            _say_again(action)
    call_each(app, "retranslate")


def call_each(app: QApplication, name: str) -> None:
    """Call a method of every widget whose class has it.

    A called method may delete widgets. Shiboken notices this for those that Python made, not for
    those that Qt made by itself, such as the scroll bars of a view: a reference to one of them
    would stay behind as a dangling pointer, so none is kept.
    """
    for widget in [widget for widget in app.allWidgets() if hasattr(type(widget), name)]:
        if isValid(widget):
            getattr(widget, name)()


def _say_again(thing: QObject) -> None:
    for name in thing.dynamicPropertyNames():
        key = bytes(name.data()).decode()
        if key.startswith(_MARK):
            kept = thing.property(key)
            if isinstance(kept, _BoundText):
                thing.setProperty(key.removeprefix(_MARK), kept.now())
