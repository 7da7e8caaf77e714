"""The text sizes, in percent, that what may be cut is looked at: the ends in every run."""

import pytest

BETWEEN = pytest.mark.between_sizes
LARGE_SIZES = (pytest.param(150, marks=BETWEEN), 200)
TEXT_SIZES = (100, pytest.param(125, marks=BETWEEN), *LARGE_SIZES)
