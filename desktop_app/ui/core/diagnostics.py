"""The report for support: the error and the system, never who paid or with which key.

Reports are in English, for developers. Everything passes `redact`; what is in quotes in an error's
text is removed as well, since names and typed words are found there. Never shown unasked.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LOG = "pravesh.log"
LAST_LINES = 30
LONGEST_LOG = 40_000
_BLOT = "••••"

_SECRETS = (
    (re.compile(r"rzp_(live|test)_\w+"), rf"rzp_\1_{_BLOT}"),
    (re.compile(r"(?i)\b(basic|bearer)\s+[A-Za-z0-9+/=._-]{8,}"), rf"\1 {_BLOT}"),
    (
        re.compile(r"(?i)(key_secret|secret|password|authorization)(\W{1,4})[^\s,;})]+"),
        rf"\1\2{_BLOT}",
    ),
    (re.compile(r"[\w.+-]{2,}@[\w.-]+"), f"{_BLOT}@{_BLOT}"),
    (
        re.compile(r"(?<![A-Za-z0-9+/])(?=[A-Za-z0-9+/]*\d)(?=[A-Za-z0-9+/]*[A-Za-z])"
                   r"[A-Za-z0-9+]{20,}={0,2}"),
        _BLOT,
    ),
    (re.compile(r"(?<![A-Za-z0-9])(?:\+?91[\s-]?)?[5-9]\d{4}[\s-]?\d(\d{4})(?!\d)"), r"••••••\1"),
)  # fmt: skip
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|“[^”\n]*”")


def redact(text: str) -> str:
    """Blot keys, secrets, phone numbers, addresses and the user's home out of a text."""
    for pattern, blot in _SECRETS:
        text = pattern.sub(blot, text)
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text


def named(error: BaseException) -> str:
    """Name an error and its causes, one a line, with what their texts say of no person."""
    lines = []
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        text = str(each) if isinstance(each, ImportError) else _QUOTED.sub("“…”", str(each))
        words = redact(text).strip()
        lines.append(f"{type(each).__name__}: {words}" if words else type(each).__name__)
        each = each.__cause__ or each.__context__
    return "\n".join(lines)


def stack(error: BaseException) -> str:
    """Return where an error came from: files, lines and functions, no values."""
    import traceback

    lines = []
    for frame in traceback.extract_tb(error.__traceback__):
        lines.append(f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}")
    return "\n".join(lines)


def platform_facts() -> dict[str, str]:
    """Return the system the program runs on."""
    import platform

    from PySide6.QtCore import qVersion

    from desktop_app import __version__

    return {
        "Pravesh": __version__,
        "Python": platform.python_version(),
        "Qt": qVersion(),
        "System": f"{platform.system()} {platform.release()} {platform.machine()}",
        "Executable": "frozen" if getattr(sys, "frozen", False) else "interpreter",
    }


def log_tail(folder: Path | None, lines: int = LAST_LINES) -> str:
    """Read the last lines of the log, redacted once more; empty where there is none."""
    if folder is None:
        return ""
    path = folder / "logs" / LOG
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - LONGEST_LOG))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
    return redact("\n".join(text.splitlines()[-lines:]))


def crash_report(error: BaseException, folder: Path | None = None) -> str:
    """Put together what support needs to find a fault."""
    parts = [
        "Pravesh: report of a fault",
        _facts(platform_facts()),
        named(error),
        stack(error),
        _log(folder),
    ]
    return redact("\n\n".join(part for part in parts if part)) + "\n"


def diagnostics(facts: Mapping[str, str], checks: Iterable[str], folder: Path | None = None) -> str:
    """Put together what support asks for when something does not work.

    Args:
        facts: how the desk is set up; no personal data, keys masked.
        checks: what the last check found, one a line.
        folder: the data folder, for its log.
    """
    parts = [
        "Pravesh: diagnostics",
        _facts(platform_facts()),
        _facts(facts),
        "\n".join(checks),
        _log(folder),
    ]
    return redact("\n\n".join(part for part in parts if part)) + "\n"


def _facts(facts: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in facts.items())


def _log(folder: Path | None) -> str:
    tail = log_tail(folder)
    return f"Last lines of the log:\n{tail}" if tail else ""


def _short(filename: str) -> str:
    """Return a file's path from its package on, without a person's folders."""
    parts = Path(filename).parts
    for root in ("desktop_app", "site-packages", "tests"):
        if root in parts:
            return "/".join(parts[parts.index(root) :])
    return parts[-1] if parts else filename
