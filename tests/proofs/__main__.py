"""`python -m tests.proofs [NAME …] [--long]`: prints one line per figure; exits 1 when one fails.

`python -m tests.proofs mutation --long [--seed N] [--count N]` draws other mutants, or more.

Each proof is a module of this package with `prove(*, long: bool) -> Iterable[Figure]` and runs in
its own process, so that a proof that kills processes or fills a disk cannot affect another. Short
ones are forks of one process, which has imported what they need.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import logging
import os
import subprocess
import sys
import time
import traceback

PROOFS = {
    "kill": "process_kills",
    "power": "power_cuts",
    "crash": "crash_points",
    "faults": "fault_matrix",
    "shuffle": "event_shuffling",
    "late": "late_captures",
    "simulation": "simulation",
    "machine": "state_machine",
    "confirmation": "confirmation_latency",
    "leaks": "leak_search",
    "tamper": "tamper_detection",
    "paths": "own_paths",
    "compound": "compound_failures",
    "fraud": "file_operations",
    "poison": "poison",
    "second_debit": "second_debit",
    "liveness": "liveness",
    "mutation": "mutation",
    "two_books": "two_books",
    "tax": "tax_parts",
    "refunds": "refund_ends",
    "misfit": "misfit_money",
    "upgrade": "upgraded_book",
    "carts": "family_carts",
    "interleavings": "interleavings",
}


def main(argv: list[str]) -> int:
    """Run the named proofs, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.proofs", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*PROOFS, []], metavar="NAME")
    parser.add_argument(
        "--long", action="store_true", help="the full numbers, minutes instead of seconds"
    )
    parser.add_argument("--seed", type=int, help="of the mutants to draw")
    parser.add_argument("--count", type=int, help="of the mutants to draw")
    given = parser.parse_args(argv)
    names = given.names or list(PROOFS)
    drawing = {name: vars(given)[name] for name in ("seed", "count") if vars(given)[name]}
    if drawing and names != ["mutation"]:
        parser.error("--seed and --count are for mutation")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if len(names) == 1:
        return _prove(names[0], long=given.long, **drawing)
    if not given.long:
        return _prove_in_forks(names)
    codes = [
        subprocess.run([sys.executable, "-m", "tests.proofs", name, "--long"], check=False)
        for name in names
    ]
    return int(any(each.returncode for each in codes))


def _prove_in_forks(names: list[str]) -> int:
    for name in names:
        importlib.import_module(f"tests.proofs.{PROOFS[name]}")
    importlib.import_module("tests.proofs.proof_desk").migrated_database()
    gc.freeze()  # what is never collected is not copied
    failed = 0
    for name in names:
        child = os.fork()
        if not child:
            code = 1
            try:
                code = _prove(name, long=False)
            except BaseException:  # noqa: BLE001 - nothing of a fork may reach the parent's frames
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        failed += os.waitpid(child, 0)[1] != 0
    return int(failed > 0)


def _prove(name: str, *, long: bool, **drawing: int) -> int:
    logging.getLogger("desktop_app").addHandler(logging.NullHandler())
    begun = time.monotonic()
    failed = 0
    for figure in importlib.import_module(f"tests.proofs.{PROOFS[name]}").prove(
        long=long, **drawing
    ):
        print(figure, flush=True)
        failed += not figure.passed
    print(f"{name}: {time.monotonic() - begun:.1f} s", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
