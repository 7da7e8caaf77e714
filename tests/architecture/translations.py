"""Translation coverage of the window: `python -m tests.architecture.translations`.

`--sample SEED N` prints N random texts of four words or more with their Hindi, to be read.

Texts are found in the source: `N_("…")`, `tr("…")` and `bind_text(…, "…")` in `desktop_app/ui`,
and the templates of `InvalidInputError` and of health checks anywhere. The texts of settings are
read from their table.
"""

from __future__ import annotations

import ast
import random
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.services.settings.table import SECTIONS, SETTINGS, STEPS
from desktop_app.ui.core.i18n import LANGUAGES, catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2] / "desktop_app"
UI_MARKS = {"N_": 0, "tr": 0, "bind_text": 2}
MARKS = {"InvalidInputError": 1, "InvalidMoneyError": 0, "CheckResult": 2}


def texts() -> dict[str, str]:
    """Return every text to translate, and where it first occurs."""
    found: dict[str, str] = {}
    for path in sorted(ROOT.rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        if place.startswith(("sandbox/", "cli/")):
            continue
        source = path.read_text(encoding="utf-8")
        for line, text in _marked(source, is_ui=place.startswith("ui/")):
            found.setdefault(text, f"{place}:{line}")
    for text in _declared():
        found.setdefault(text, "services/settings/table.py")
    return found


def _declared() -> Iterator[str]:
    """Yield the texts of the table of settings, without the names of languages."""
    for section in (*SECTIONS.values(), *STEPS.values()):
        yield from filter(None, (section.title, section.sentence))
    for setting in SETTINGS.values():
        shown, field = [setting.label, setting.hint], setting.wizard
        choices = setting.choices if setting.section else ()
        if field is not None:
            shown += [field.label, field.hint, field.title]
            choices += field.choices
        shown += [words for words, _value in choices if words not in LANGUAGES.values()]
        yield from filter(None, shown)


@cache
def _marked(source: str, *, is_ui: bool) -> tuple[tuple[int, str], ...]:
    """Return the texts of a module with their lines; several tests read the whole program."""
    return tuple(_marks(ast.parse(source), MARKS | (UI_MARKS if is_ui else {})))


def _marks(tree: ast.Module, marks: dict[str, int]) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        at = marks.get(name)
        if at is None or len(node.args) <= at:
            continue
        for said in node.args[at : at + 2 if name == "N_" else at + 1]:
            if isinstance(said, ast.Constant) and isinstance(said.value, str) and said.value:
                yield node.lineno, said.value


def missing(language: str) -> dict[str, str]:
    """Return the texts without a translation, and where each occurs."""
    known = catalogue(language)
    return {text: place for text, place in texts().items() if text not in known}


def sample(seed: int, count: int) -> list[tuple[str, str, str]]:
    """Return random texts of four words or more: place, English, Hindi."""
    hindi = catalogue("hi")
    long = {text: place for text, place in texts().items() if len(text.split()) >= 4}
    dice = random.Random(seed)  # noqa: S311 - the same seed draws the same texts
    drawn = dice.sample(sorted(long), min(count, len(long)))
    return [(long[text], text, hindi.get(text, "")) for text in drawn]


def main() -> int:
    """Print the texts missing in Hindi, exit 1 if there are any; or a sample."""
    if sys.argv[1:2] == ["--sample"]:
        for place, english, translation in sample(int(sys.argv[2]), int(sys.argv[3])):
            sys.stdout.write(f"{place}\n    {english}\n    {translation}\n")
        return 0
    gaps = missing("hi")
    for text, place in gaps.items():
        sys.stdout.write(f"{place}: {text}\n")
    return int(bool(gaps))


if __name__ == "__main__":
    sys.exit(main())
