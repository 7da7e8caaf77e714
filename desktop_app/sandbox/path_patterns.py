"""Paths with `*` for one segment, as faults and the journal name them."""

from __future__ import annotations

DEVELOPERS = ("/_sandbox", "/_pages")


def is_developers(path: str) -> bool:
    """Return whether a path is for the developer, not for the program under test."""
    return path == "/" or path.startswith(DEVELOPERS)


def matches(pattern: str, path: str) -> bool:
    """Return whether a path is covered by a pattern; `*` matches one segment."""
    wanted, given = pattern.strip("/").split("/"), path.strip("/").split("/")
    pairs = zip(wanted, given, strict=False)
    return len(wanted) == len(given) and all(w in ("*", g) for w, g in pairs)
