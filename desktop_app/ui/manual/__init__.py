"""The manual's pages, one a screen, as the program carries them: Markdown by language.

The English ones are those of `resources/help`, word for word (a test holds them to it; `python -m
tests.architecture.manual` copies them), so that F1 works where only the package is installed.
"""

from __future__ import annotations

from pathlib import Path

HOME = Path(__file__).parent
FIRST = "en"


def page(topic: str, language: str) -> str:
    """Read a page in a language, in English where it is not translated; empty for no page."""
    for folder in (language, FIRST):
        path = HOME / folder / f"{topic}.md"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return ""


def topics() -> tuple[str, ...]:
    """List the pages there are."""
    return tuple(sorted(path.stem for path in (HOME / FIRST).glob("*.md")))
