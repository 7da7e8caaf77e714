"""The text sizes in percent and the screens where cut texts are looked for.

Every run takes the ends; `-m between_sizes` adds what lies between them.
"""

import pytest

BETWEEN = pytest.mark.between_sizes
LARGE_SIZES = (pytest.param(150, marks=BETWEEN), 200)
TEXT_SIZES = (100, pytest.param(125, marks=BETWEEN), *LARGE_SIZES)
SIZES_TOGETHER = ((100, 200), pytest.param((125, 150), marks=BETWEEN))
"""The same for a test that walks through several in one window."""


def screens(*sizes: object) -> list[object]:
    """Return the sizes, or their names, as parameters; 1097x617 is as good as 1093x614."""
    return [
        pytest.param(each, marks=BETWEEN) if each in ("1097x617", (1097, 617)) else each
        for each in sizes
    ]


def walked(*sizes: str) -> list[object]:
    """Return the names of sizes as parameters of a test that walks through several of them."""
    between = tuple(each for each in sizes if each == "1097x617")
    always = tuple(each for each in sizes if each not in between)
    return [
        pytest.param(always, id="screens"),
        pytest.param(between, marks=BETWEEN, id="between"),
    ]
