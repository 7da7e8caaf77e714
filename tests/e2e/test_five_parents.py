"""Five parents wait at once: real window, display, HTTP and database."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from desktop_app.bootstrap import Options, open_desk
from desktop_app.sandbox.server import SandboxServer
from tests import display
from tests.e2e.test_desk import ROOT, environment, filled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIVE = 5
FEE = 1_180_000


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as running:
        yield running


def add_three_more(folder: Path, sandbox: SandboxServer) -> None:
    opened = open_desk(Options(data_dir=folder, gateway_url=sandbox.url))
    try:
        path = folder / "more.csv"
        path.write_text(
            "roll_no,name,phone\nR003,Meena,9000000003\nR004,आशा राव,9000000004\n"
            "R005,Iqbal,9000000005\n",
            encoding="utf-8",
        )
        assert not opened.desk.imports.students(path).problems
    finally:
        opened.close()


@pytest.mark.timeout(150)
@pytest.mark.skipif(not display.HAS_SCREEN, reason="xvfb is not installed")
def test_five_parents_wait_at_once_and_pay_in_any_order(
    sandbox: SandboxServer, tmp_path: Path
) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    filled(folder, sandbox)
    add_three_more(folder, sandbox)
    with display.screen(1600, 900) as shown:
        done = subprocess.run(
            [sys.executable, "-m", "tests.e2e.five_run", str(folder), sandbox.url],
            cwd=ROOT, env=environment(sandbox, **shown), capture_output=True, text=True,
            timeout=110, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen == {"codes": FIVE, "search_has_focus": True}
    opened = open_desk(Options(data_dir=folder, gateway_url=sandbox.url))
    try:
        ledger = opened.store.reader.exports.ledger()
    finally:
        opened.close()
    assert [row["state"] for row in ledger["enrollments"]] == ["active"] * FIVE
    assert [row["amount"] for row in ledger["payments"]] == [FEE] * FIVE
    assert len({row["number"] for row in ledger["receipts"]}) == FIVE
    assert len({row["order_id"] for row in ledger["attempts"]}) == FIVE
