"""Translation coverage of the window: `python -m tests.architecture.translations`.

`--sample SEED N` prints N random texts of four words or more with their Hindi, to be read.

Texts are found in the source: `N_("…")`, `tr("…")` and `bind_text(…, "…")` in `desktop_app/ui`,
and the templates of `InvalidInputError` and of health checks anywhere. The texts of settings are
read from their table.
"""

from __future__ import annotations

import ast
import random
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.services import languages
from desktop_app.services.settings.table import SECTIONS, SETTINGS, STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2] / "desktop_app"


class Found(NamedTuple):
    """A text to translate: its file and line, its form for one and that for many, if any."""

    place: str
    text: str
    many: str = ""


UI_MARKS = {"N_": 0, "tr": 0, "bind_text": 2}
OF_CONTEXT = "\x04"
MARKS = {
    "InvalidInputError": 1,
    "InvalidMoneyError": 0,
    "rule_text": 0,
    "PromoRefusedError": 1,
    "CheckResult": 2,
}
_ALL_MARKS = MARKS | UI_MARKS
_WORD = re.compile(r"[^\W\d_]{2,}")
_MARKUP = re.compile(r"^\s*<|^[\w-]+: [^;.]*;$")
_MARK, _UI_MARK = (re.compile(rf"\b({'|'.join(marks)})\(") for marks in (MARKS, _ALL_MARKS))


def found_texts() -> Iterator[Found]:
    """Yield every text to translate, wherever it occurs."""
    for path in sorted(ROOT.rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        if place.startswith(("sandbox/", "cli/")):
            continue
        source = path.read_text(encoding="utf-8")
        for line, text, many in _marked(source, is_ui=place.startswith("ui/")):
            yield Found(f"{place}:{line}", text, many)
    for text in _declared():
        yield Found("services/settings/table.py:1", text, "")


def strings() -> Iterator[tuple[str, str]]:
    """Yield every string of the program that is not empty, with its file."""
    for path in sorted(ROOT.rglob("*.py")):
        for text in read(path.read_text(encoding="utf-8")).literals:
            yield path.relative_to(ROOT).as_posix(), text


def nodes(source: str) -> list[ast.AST]:
    """Return what `ast.walk` yields, but for the contexts of names, in half of its time."""
    found: list[ast.AST] = [ast.parse(source)]
    for node in found:
        for value in vars(node).values():
            if isinstance(value, list):
                found += [each for each in value if isinstance(each, ast.AST)]
            elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                found.append(value)
    return found


class Texts(NamedTuple):
    """Texts of a module, by kind.

    Attributes:
        literals: its strings.
        marked: those that a call marks: line, its name, text, form for many.
        sentences: strings of three words or more, without docstrings.
        helps: the docstrings of commands.
    """

    literals: frozenset[str]
    marked: tuple[tuple[int, str, str, str], ...]
    sentences: tuple[str, ...]
    helps: tuple[str, ...]


@cache
def read(source: str) -> Texts:
    """Read a module once: several tests read the whole program."""
    found = nodes(source)
    return Texts(
        frozenset(filter(None, map(_words, found))),
        tuple(_marks(found)),
        tuple(_sentences(found)),
        tuple(_helps(found)),
    )


def texts() -> dict[str, str]:
    """Return every text to translate, and where it first occurs."""
    found: dict[str, str] = {}
    for place, text, _many in found_texts():
        found.setdefault(text, place)
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
        shown += [words for words, _value in choices if words not in languages.offered().values()]
        yield from filter(None, shown)


def _marked(source: str, *, is_ui: bool) -> Iterator[tuple[int, str, str]]:
    """Yield the texts of a module with their lines."""
    marks = _UI_MARK if is_ui else _MARK
    if marks.search(source):  # to parse a file takes most of the time
        for line, name, text, many in read(source).marked:
            if is_ui or name in MARKS:
                yield line, text, many


def _marks(found: list[ast.AST]) -> Iterator[tuple[int, str, str, str]]:
    for node in found:
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        at = _ALL_MARKS.get(name)
        if at is None or len(node.args) <= at:
            continue
        text, many = _words(node.args[at]), ""
        if name == "N_" and len(node.args) > 1:
            many = _words(node.args[1])
        if text:
            yield node.lineno, name, text, many


def _sentences(found: list[ast.AST]) -> Iterator[str]:
    inside: set[int] = set()
    for node in found:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.JoinedStr):
            inside.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            inside.update(id(part) for part in node.values)
        elif isinstance(node, ast.Attribute) and node.attr == "split":
            inside.add(id(node.value))
    for node in found:
        words = "" if id(node) in inside else _literal(node)
        if words and len(_WORD.findall(words)) >= 3 and not _MARKUP.search(words):
            yield words


def _literal(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
    words = _words(node)
    return words if " " in words else ""


def _helps(found: list[ast.AST]) -> Iterator[str]:
    for node in found:
        if isinstance(node, ast.FunctionDef) and _is_command(node):
            yield " ".join((ast.get_docstring(node) or "").split())


def _is_command(node: ast.FunctionDef) -> bool:
    marks = (each.func if isinstance(each, ast.Call) else each for each in node.decorator_list)
    return any(getattr(mark, "attr", "") in {"command", "group"} for mark in marks)


def _words(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def catalogue(language: str) -> dict[str, str]:
    """Return the texts of a language that are translated, with their form for one."""
    return {text: forms[0] for text, forms in all_forms(language).items()}


def all_forms(language: str) -> dict[str, list[str]]:
    """Return every translated text of a language with all of its forms.

    A text with a context has that before it, and `OF_CONTEXT` between them.
    """
    found: dict[str, list[str]] = {}
    for key, words in sorted(vars(languages.read(language))["_catalog"].items(), key=str):
        text = key[0] if isinstance(key, tuple) else key
        if text:
            found.setdefault(text, []).append(words)
    return found


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
