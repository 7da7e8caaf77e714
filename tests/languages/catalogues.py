"""The `.po` files: as the source has the texts, with the translations kept; compiled to `.mo`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polib

from desktop_app.services import languages
from tests.languages.sources import QT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tests.languages.sources import Source

PLURALS = "nplurals=2; plural=(n != 1);"


def path_of(code: str) -> Path:
    """Return the file of a language."""
    return languages.HOME / f"{code}.po"


def load(code: str) -> polib.POFile:
    """Read a language's file."""
    return polib.pofile(str(path_of(code)))


def codes() -> list[str]:
    """Return the codes of all languages that have a file."""
    return sorted(path.stem for path in languages.HOME.glob("*.po"))


def known_texts() -> dict[tuple[str, str], bool]:
    """Return every text that some language has, by context, and whether it is one of Qt's own."""
    return {key_of(entry): QT in entry.comment for code in codes() for entry in load(code)}


def key_of(entry: polib.POEntry) -> tuple[str, str]:
    """Return context and text of an entry."""
    return entry.msgctxt or "", entry.msgid


def begun(code: str, name: str, plurals: str = PLURALS) -> polib.POFile:
    """Return the empty catalogue of a new language."""
    catalogue = polib.POFile()
    catalogue.metadata = {
        "Project-Id-Version": "Pravesh",
        "Language": code,
        languages.NAME: name,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": plurals,
    }
    return catalogue


def updated(
    catalogue: polib.POFile, found: Mapping[tuple[str, str], Source], of_qt: Iterable[str]
) -> polib.POFile:
    """Return a catalogue with exactly these texts, and its translations of them.

    Args:
        catalogue: what is translated so far; it keeps its header.
        found: the texts of the source.
        of_qt: those of Qt.
    """
    known = {key_of(entry): entry for entry in catalogue if not entry.obsolete}
    new = begun("", "")
    new.metadata = catalogue.metadata
    new.header = catalogue.header
    count = int(catalogue.metadata["Plural-Forms"].partition("nplurals=")[2].partition(";")[0])
    for source in sorted(found.values(), key=lambda each: (each.places[0], each.text)):
        new.append(_entry(source, known, count))
    for text in sorted(set(of_qt) - {text for context, text in found if not context}):
        msgstr = known["", text].msgstr if ("", text) in known else ""
        new.append(polib.POEntry(msgid=text, msgstr=msgstr, comment=_SHOWN_BY_QT))
    return new


_SHOWN_BY_QT = f"Shown in: {QT}"


def _entry(
    source: Source, known: Mapping[tuple[str, str], polib.POEntry], count: int
) -> polib.POEntry:
    """Return the entry of a text; where its forms changed, a translation is kept to be checked."""
    entry = polib.POEntry(
        msgctxt=source.context or None,
        msgid=source.text,
        comment=source.shown,
        occurrences=[(f"desktop_app/{place}", "") for place in source.places],
    )
    if "{" in source.text:
        entry.flags.append("python-brace-format")
    old = known.get((source.context, source.text))
    if not source.many:
        entry.msgstr = (old.msgstr or old.msgstr_plural.get(0, "")) if old else ""
    else:
        entry.msgid_plural = source.many
        forms = dict(old.msgstr_plural) if old else {}
        if old and not forms and old.msgstr:
            other = known.get(("", source.many), old)
            forms = {0: old.msgstr, 1: other.msgstr or old.msgstr}
        entry.msgstr_plural = {at: forms.get(at, "") for at in range(count)}
    if old and old.fuzzy:
        entry.flags.append("fuzzy")
    return entry


def save(catalogue: polib.POFile, code: str) -> None:
    """Write a language's file and compile it."""
    path_of(code).write_text(f"{str(catalogue).rstrip()}\n", encoding="utf-8", newline="\n")
    _compile(catalogue, code)


def compile_file(code: str) -> None:
    """Compile a language's `.po` to the `.mo` that the program reads."""
    _compile(load(code), code)


def _compile(catalogue: polib.POFile, code: str) -> None:
    path_of(code).with_suffix(".mo").write_bytes(catalogue.to_binary())
