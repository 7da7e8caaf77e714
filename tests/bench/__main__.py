"""`python -m tests.bench [NAME …]`: prints one line per figure, exits 1 if a target is missed.

Each benchmark runs in a separate process, so that none warms the caches or heap of another.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys

BENCHES = {
    "search": "student_search",
    "record": "payment_posting",
    "import": "student_import",
    "import_beside_counter": "import_beside_counter",
    "start": "start_up",
    "paid_to_screen": "payment_detection",
    "qr": "qr_reading",
    "gaps": "event_loop_gaps",
    "ten_open": "ten_open",
    "lists": "payment_list",
    "dues": "due_list",
    "typeahead": "typeahead",
    "upgrade": "upgrade",
    "recomputation": "recomputation",
    "family_cart": "family_cart",
    "sandbox_size": "sandbox_size",
    "sandbox_speed": "sandbox_speed",
}
PARTS = {
    "start_frame": "start",
    "start_search": "start",
    "memory": "start",
    "requests_a_payment": "ten_open",
    "record_cart": "record",
    "sandbox_memory": "sandbox_size",
    "sandbox_order": "sandbox_size",
    "sandbox_page": "sandbox_size",
    "sandbox_authorised": "sandbox_size",
    "sandbox_requests_1": "sandbox_speed",
    "sandbox_requests_4": "sandbox_speed",
    "sandbox_requests_16": "sandbox_speed",
    "sandbox_start": "sandbox_speed",
}
"""Figures that a benchmark prints in addition."""


def main(argv: list[str]) -> int:
    """Run the named benchmarks, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHES, *PARTS, []], metavar="NAME")
    wanted = parser.parse_args(argv).names or list(BENCHES)
    names = list(dict.fromkeys(PARTS.get(name, name) for name in wanted))
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if len(names) == 1:
        return _run(names[0])
    codes = [_run_apart(name) for name in names]
    return int(any(codes))


def _run_apart(name: str) -> int:
    done = subprocess.run([sys.executable, "-m", "tests.bench", name], check=False)
    if done.returncode < 0:
        print(f"{name}: ended by signal {-done.returncode} MISSED", flush=True)
    return done.returncode


def _run(name: str) -> int:
    missed = 0
    for figure in importlib.import_module(f"tests.bench.{BENCHES[name]}").run():
        print(figure, flush=True)
        missed += not figure.holds
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
