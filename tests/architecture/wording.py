"""Forbidden words and turns in texts: `python -m tests.architecture.wording [AREA …]`.

Texts are those of the window with their Hindi, all other sentences in the program's strings, the
help of its commands, the words of receipts, the README and the manual. The words come from
`resources/docs/glossary.md`, the turns from `TURNS`.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.architecture.translations import OF_CONTEXT, all_forms, found_texts, read, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "desktop_app"
GLOSSARY = ROOT / "resources" / "docs" / "glossary.md"
ENGLISH_PAGES = ("README.md", "resources/help/*.md")
HINDI_PAGES = ("desktop_app/ui/manual/hi/*.md",)
SILENT = ("ui", "storage", "sandbox", "gateway", "checkout")
"""Folders whose unmarked strings are no texts: markup, SQL and what comes from Razorpay."""
STORED = {"put against another due"}
"""Values in the books that are sentences; what is shown for them is another text."""
UNMARKED = ("ui/display/texts.py", "checkout/texts.py")
"""Texts for parents, on the customer display and the page of the checkout: both languages, no
marks."""
_HINDI = re.compile("[\\u0900-\\u097f]")
_CODE = re.compile(r"`[^`]*`|“?pravesh [a-z-]+”?|--[a-z][a-z-]*|https?://\S+|\]\([^)]*\)|&\w+;")
_VALUE = re.compile(r"\{[^{}]*\}")
_EDGE = r"A-Za-z\u0900-\u097f"
_VERBS = (
    r"is|are|was|were|will|can|can't|cannot|may|must|has|have|had|does|do|did|don't|isn't|aren't|needs?"
    r"|press|choose|enter|check|take|keep|run|see|look|try|set|wait|add|pick|select|it|they|you|we"
)
TURNS = {
    "chain": re.compile(rf";|: (?=[A-Za-z])(?=[^.?!]*\b(?:{_VERBS})\b)(?:[\w'-]+[ ,]+){{3,}}"),
    "archaic turn": re.compile(
        r"\b(all the same|meanwhile|met with|nought|of (one|its|their|his|her|our|your)('s)? own"
        r"|stands?|stood|shall|no such|whatever|at present|seldom|lest|mended|anew|afresh|after all"
        r"|what became|what is to|not to be|is to be|are to be|so far as|put right|there is none"
        r"|for good|at first|nothing else than|else than|(?<!There )(?<!there )is no(?! longer)"
        r"|holds good|made twice|was served)\b",
        re.IGNORECASE,
    ),
    "nobody acts": re.compile(
        r"\b((is|are|was|were|be|been) (not |still |never |then |also |once |now )?"
        r"(found|booked|kept|watched|asked|told|said|looked|noticed|seen|met|listed|given|tried)"
        r"|(can't|cannot|can not|couldn't|could not) be ([a-z]+(ed|en)|read|put|sent|kept|found"
        r"|told|made|shown|done|lost|said))\b",
        re.IGNORECASE,
    ),
    "the desk as a person": re.compile(
        r"\bthe (desk|window|program|screen) (says?|said|could|can|can't|cannot|does|did|didn't"
        r"|doesn't|knows?|takes?|keeps?|kept|had|has|asks?|asked|needs?|wants?|sees?|offers?|tells?"
        r"|told|gets?|makes?)\b",
        re.IGNORECASE,
    ),
    "like": re.compile(
        r"^like |\b(type|enter|write|typed|looks?|rate|address|id|date|code|GSTIN|text)\b[^.]*,?"
        r" like (?=\S*[\d@_{:.-])",
        re.IGNORECASE,
    ),
}
"""The rules of wording that a machine can see, by name."""


class Text(NamedTuple):
    """A text, the folder or page it belongs to, and whether it is Hindi."""

    area: str
    words: str
    is_hindi: bool = False


class Glossary(NamedTuple):
    """Patterns of the words never to use, by language."""

    english: re.Pattern[str]
    hindi: re.Pattern[str]


@cache
def glossary() -> Glossary:
    """Read the columns of words never to use."""
    english: list[str] = []
    hindi: list[str] = []
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 5 and not cells[0].startswith(("say", "---")):
            english += filter(None, cells[1].split(", "))
            hindi += filter(None, cells[4].split(", "))
    return Glossary(_pattern(english), _pattern(hindi))


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    parts = (
        re.escape(word).replace(r"\*", f"[{_EDGE}]*").replace("…", r"\S+(?: \S+)?")
        for word in words
    )
    return re.compile(rf"(?<![{_EDGE}])(?:{'|'.join(parts)})(?![{_EDGE}])", re.IGNORECASE)


def broken(text: Text) -> list[str]:
    """Return the rules that a text breaks, each with what shows it."""
    plain = _CODE.sub("", text.words)
    words = glossary().hindi if text.is_hindi else glossary().english
    found = [f"glossary ({match[0]})" for match in words.finditer(plain)]
    if text.is_hindi:
        return found + ([f"chain ({plain.strip()[:20]})"] if ";" in plain else [])
    for name, pattern in TURNS.items():
        found += [
            f"{name} ({match[0].strip()})" for match in pattern.finditer(_VALUE.sub("X", plain))
        ]
    return found


def all_texts() -> Iterator[Text]:
    """Yield every text of the program, its papers and its manual."""
    yield from _shown()
    yield from _unmarked()
    for pattern in ENGLISH_PAGES:
        yield from _pages(pattern, is_hindi=False)
    for pattern in HINDI_PAGES:
        yield from _pages(pattern, is_hindi=True)


def _shown() -> Iterator[Text]:
    """Yield the texts that are translated, with their Hindi."""
    hindi = all_forms("hi")
    for place, words, many in found_texts():
        area = _area(place.partition(":")[0])
        yield Text(area, words)
        if many:
            yield Text(area, many)
        for form in hindi.get(words, ()):
            yield Text(area, form, is_hindi=True)
    for key, forms in hindi.items():
        if OF_CONTEXT in key:
            yield Text("documents", forms[0], is_hindi=True)


def _unmarked() -> Iterator[Text]:
    """Yield the other sentences among the strings of the program."""
    shown = set(texts())
    for path in sorted(PROGRAM.rglob("*.py")):
        place = path.relative_to(PROGRAM).as_posix()
        if place.startswith(tuple(f"{each}/" for each in SILENT)) and place not in UNMARKED:
            continue
        found = read(path.read_text(encoding="utf-8"))
        for words in (*(found.helps if place.startswith("cli/") else ()), *found.sentences):
            if words not in shown and words not in STORED:
                yield Text(_area(place), words, is_hindi=bool(_HINDI.search(words)))


def _pages(pattern: str, *, is_hindi: bool) -> Iterator[Text]:
    for path in sorted(ROOT.glob(pattern)):
        area = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        for words in _paragraphs(path.read_text(encoding="utf-8")):
            yield Text(area, words, is_hindi=is_hindi)


def _area(place: str) -> str:
    parts = place.split("/")
    return ".".join(parts[:2] if parts[0] == "ui" else parts[:1]).removesuffix(".py")


def _paragraphs(page: str) -> Iterator[str]:
    """Yield paragraphs, list items and table cells of a Markdown page, without code blocks."""
    page = re.sub(r"^```.*?^```|^    [^\n]*$", "", page, flags=re.MULTILINE | re.DOTALL)
    for block in re.split(r"\n\s*\n|\n(?=[|#]|[-*] |\d+\. )", page):
        for cell in block.strip().strip("|").split(" | ") if block.startswith("|") else [block]:
            if words := " ".join(cell.split()):
                yield words


def main() -> int:
    """Print every text that breaks a rule, with the rule; exit 1 if there are any."""
    wanted = tuple(sys.argv[1:])
    lines = [
        f"{text.area}: {', '.join(rules)}\n    {text.words}\n"
        for text in all_texts()
        if (rules := broken(text)) and (not wanted or text.area in wanted)
    ]
    sys.stdout.writelines(lines)
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
