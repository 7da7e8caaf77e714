"""100,000 orders and 300,000 payments fit in memory, and reads stay fast."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_a_hundred_thousand_orders_fit() -> None:
    # A separate process: memory of other tests is not the sandbox's.
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.sandbox_size"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stdout + done.stderr
