"""A bill paid in cash and by a code: killed at every step, and offered by two processes at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.money import Money
from tests.clock import TestClock
from tests.fake_gateway import FakeGateway
from tests.integration.two_offers import offering
from tests.proofs import ledger_audit
from tests.proofs.crash_flows import CART, FAMILY_PHONE, SPLIT, PayerAction
from tests.proofs.crash_points import CrashBench, CrashCase, crash_all
from tests.proofs.gateway_backends import FakeBackend
from tests.proofs.proof_desk import create_data_folder, open_services, temporary_folder

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
RACES = (
    (("upi_intent", "cash"), {"DueCoveredError", "DueClosedError"}),
    (("cash", "cash"), {"DueClosedError"}),
)
"""How two processes offer one bill, and how the later one is refused."""


@pytest.mark.timeout(180)
def test_a_kill_at_any_step_of_a_split_bill_loses_nothing() -> None:
    """A kill after a step leaves what one before the next does, and is tried for the last only."""
    with temporary_folder() as folder:
        bench = CrashBench(folder / "desk", FakeBackend)
        flow = f"{SPLIT}collect upi_intent"
        points = bench.points(flow, PayerAction.PAYS)
        cases = [CrashCase(flow, at, False, PayerAction.PAYS) for at in range(len(points))]
        cases.append(CrashCase(flow, len(points) - 1, True, PayerAction.PAYS))
        totals = crash_all(bench, cases)
    assert points.count("commit") > 5
    assert totals.cases == len(points) + 1
    assert not totals.wrong, "\n".join(totals.wrong)


def family_of_two(folder: Path) -> list[list[str]]:
    """Make a book with a family's open dues; return each with its student."""
    create_data_folder(folder)
    desk = open_services(folder, FakeGateway(TestClock()), TestClock())
    lines = []
    for roll_no, code, fee in CART:
        student = desk.student(roll_no, FAMILY_PHONE)
        lines.append([student, desk.due(student, desk.course(code, fee=fee))])
    desk.close()
    return lines


@pytest.mark.timeout(120)
def test_of_two_processes_one_offers_the_family_s_bill(tmp_path: Path) -> None:
    """One is this one."""
    folders = [tmp_path / f"desk-{at}" for at in range(len(RACES))]
    lines = [family_of_two(folder) for folder in folders]
    tasks = [
        [
            {"folder": str(folder), "lines": line, "method": methods[at]}
            for folder, line, (methods, _) in zip(folders, lines, RACES, strict=True)
        ]
        for at in (0, 1)
    ]
    mine, others = tasks
    other = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.two_offers", json.dumps(others)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    for task, folder, (methods, refusals) in zip(mine, folders, RACES, strict=True):
        said = answers_at_once(offering(task), other)
        assert sorted(word.startswith("offered") for word in said) == [False, True], (methods, said)
        assert next(word for word in said if not word.startswith("offered")) in refusals, methods
        [(bills,)] = ledger_audit.query(folder, "SELECT count(*) FROM bills WHERE state != 'draft'")
        assert bills == 1, methods
        [(live_or_paid,)] = ledger_audit.query(folder, "SELECT sum(amount_paise) FROM attempts")
        assert Money(live_or_paid) == Money(sum(fee.paise for _, _, fee in CART)), methods
    other.communicate(timeout=60)
    assert other.returncode == 0


def answers_at_once(offer: Callable[[], str], other: subprocess.Popen[str]) -> list[str]:
    """Offer in this process and in the other, once that is ready; return what both say."""
    assert other.stdout is not None
    assert other.stdin is not None
    assert other.stdout.readline() == "ready\n"
    other.stdin.write("go\n")
    other.stdin.flush()
    return [offer(), other.stdout.readline().strip()]
