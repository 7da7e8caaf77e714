"""The centre of the screenshots: the same seed makes the same one, and it holds what is shown."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from desktop_app.bootstrap import Options, open_desk
from tests.screenshots.centre import Home

ROOT = Path(__file__).parents[2]


def ledger(home: Home, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("XDG_STATE_HOME", str(home.folder / "state"))
    options = Options(training=True, data_dir=home.desk, gateway_url="http://127.0.0.1:9")
    opened = open_desk(options)
    try:
        assert opened.verify_trail() is None
        return opened.store.reader.exports.ledger()
    finally:
        opened.close()


@pytest.mark.timeout(120)
def test_the_same_seed_makes_the_same_centre(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = [Home(tmp_path / name) for name in ("one", "two")]
    words = [sys.executable, "-m", "tests.screenshots.centre"]
    makers = [subprocess.Popen([*words, str(each.folder), "2"], cwd=ROOT) for each in homes]
    assert [each.wait(100) for each in makers] == [0, 0]
    one, two = (ledger(each, monkeypatch) for each in homes)
    for kind in ("enrollments", "payments", "refunds", "receipts"):
        first, second = (
            [(row["amount"], row.get("rrn"), row.get("state")) for row in each[kind]]
            for each in (one, two)
        )
        assert first == second, kind
    placements = Counter(row["placement"] for row in one["payments"])
    assert placements["applied"] > 10
    assert placements.keys() == {"applied", "surplus", "no_seat", "misfit"}
    assert {row["tender"] for row in one["payments"]} == {"gateway", "cash", "neft"}
    assert [row["state"] for row in one["refunds"]] == ["pending"]
    assert {row["mode"] for row in one["payments"]} == {"training"}
