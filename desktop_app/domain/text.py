"""Normalisation of typed names, labels and reasons; never changes their meaning."""

from __future__ import annotations

import unicodedata

from desktop_app.domain.errors import InvalidInputError

LONGEST_NAME = 200
_SHORTEST_NAME = 2
_SHORTEST_REASON = 3
_JOINERS = {"\u200c", "\u200d"}
"""Zero-width (non-)joiners shape Devanagari and emoji, so they are kept."""


def clean_line(text: str) -> str:
    """Return a line in NFC without control, bidi and invisible characters, spaces folded."""
    composed = unicodedata.normalize("NFC", text)
    if composed.isprintable():  # nothing to drop: nearly every line, and ten times as fast
        return " ".join(composed.split())
    kept = (
        " " if letter.isspace() else letter
        for letter in composed
        if letter.isspace()
        or letter in _JOINERS
        or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    return " ".join("".join(kept).split())


def require_line(field: str, label: str, text: str, longest: int = LONGEST_NAME) -> str:
    """Return a cleaned line that must have 1 to `longest` characters.

    Raises:
        InvalidInputError: it is empty or too long.
    """
    line = optional_line(field, label, text, longest)
    if not line:
        raise InvalidInputError(field, "{label} is missing.", label=label)
    return line


def optional_line(field: str, label: str, text: str, longest: int = LONGEST_NAME) -> str:
    """Return a cleaned line that may be empty.

    Raises:
        InvalidInputError: it is too long.
    """
    line = clean_line(text)
    if len(line) > longest:
        raise InvalidInputError(
            field, "{label} is longer than {longest} characters.", label=label, longest=longest
        )
    return line


def require_reason(text: str) -> str:
    """Return a cleaned reason of a decision about money.

    Raises:
        InvalidInputError: it says nothing.
    """
    line = optional_line("reason", "Reason", text)
    if len(line) < _SHORTEST_REASON or not any(letter.isalnum() for letter in line):
        raise InvalidInputError("reason", "Enter a reason in a few words.")
    return line


def first_names(names: str) -> str:
    """Return the first names of students whose names are joined by commas."""
    return ", ".join(dict.fromkeys(first_name(name) for name in names.split(",")))


def first_name(name: str) -> str:
    """Return the part of a name that a stranger may read: the first given name.

    Initials and titles (`S. K. Rao`, `Md. Irfan`) are passed over where something follows.
    """
    words = name.split()
    for word in words:
        if len(word.rstrip(".")) > _SHORTEST_NAME and not word.endswith("."):
            return word.rstrip(",")
    return words[0] if words else ""
