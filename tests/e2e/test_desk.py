"""The whole desk, through real processes, HTTP and pixels."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from desktop_app.bootstrap import Options, open_desk
from desktop_app.cli.main import run
from desktop_app.sandbox.server import SandboxServer
from tests import display

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with SandboxServer() as running:
        yield running


def environment(server: SandboxServer, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in DISPLAYS}
    return {
        **kept, "RAZORPAY_KEY_ID": server.key_id, "RAZORPAY_KEY_SECRET": server.key_secret, **more,
    }  # fmt: skip


def filled(folder: Path, server: SandboxServer) -> None:
    opened = open_desk(Options(data_dir=folder, gateway_url=server.url))
    try:
        for kind, text in (
            ("students", "roll_no,name,phone\nR001,Asha Rao,9000000001\nR002,Ravi,9000000002\n"),
            (
                "courses",
                (
                    "code,title,batch,fee,gst_rate,tax_inclusive\n"
                    "PHY-11,Physics XI,Morning,11800,18,yes\n"
                ),
            ),
        ):
            path = folder / f"{kind}.csv"
            path.write_text(text, encoding="utf-8")
            imports = opened.desk.imports
            done = imports.students(path) if kind == "students" else imports.courses(path)
            assert not done.problems
        opened.desk.settings.put("centre.name", "Vidya Coaching Centre")
        opened.desk.settings.put("centre.gstin", "29ABCDE1234F1ZW")
    finally:
        opened.close()


def drive(folder: Path, server: SandboxServer, **more: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.keyboard_run", str(folder), server.url],
        cwd=ROOT, env=environment(server, **more), capture_output=True, text=True, timeout=110,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    return json.loads(done.stdout.splitlines()[-1])


def check_books(folder: Path, server: SandboxServer, tmp_path: Path) -> None:
    """Check that each row exists once and that the receipt's PDF contains the required facts."""
    opened = open_desk(Options(data_dir=folder, gateway_url=server.url))
    try:
        ledger = opened.store.reader.exports.ledger()
        assert [row["state"] for row in ledger["enrollments"]] == ["active"]
        [payment] = ledger["payments"]
        assert payment["amount"] == 1_180_000
        receipt = opened.desk.receipts.latest()
        assert receipt is not None
        path = opened.desk.receipts.save_pdf(receipt.uid, "a5", tmp_path / "receipt.pdf")
        assert opened.desk.receipts.receipt(receipt.uid).prints == 0, "a file is no paper"
    finally:
        opened.close()
    text = " ".join("".join(page.extract_text() for page in PdfReader(path).pages).split())
    for part in (
        receipt.number, "Asha Rao", "R001", "Vidya Coaching Centre", "29ABCDE1234F1ZW", "999293",
        "11,800.00", "10,000.00", "900.00", "Eleven thousand eight hundred", str(payment["rrn"]),
    ):  # fmt: skip
        assert part in text, part


@pytest.mark.timeout(150)
def test_an_enrolment_by_keyboard_alone(server: SandboxServer, tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    filled(folder, server)
    seen = drive(folder, server, QT_QPA_PLATFORM="offscreen")
    assert seen["text"].startswith("upi://pay?")
    assert "paid" in seen["said"].lower()
    check_books(folder, server, tmp_path)


@pytest.mark.timeout(150)
@pytest.mark.skipif(not display.HAS_SCREEN, reason="xvfb is not installed")
def test_an_enrolment_on_a_real_display(server: SandboxServer, tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    filled(folder, server)
    with display.screen(1600, 900) as shown:
        seen = drive(folder, server, **shown)
    assert "paid" in seen["said"].lower()
    check_books(folder, server, tmp_path)


def printed_receipt(output: str) -> int:
    """Check what training prints without a display; return the number of its receipt."""
    assert "█" in output
    printed = re.search(r"receipt D1T/\d\d-\d\d/(\d{6})", output)
    assert printed
    assert "PRACTICE" in PdfReader(Path(output.splitlines()[-1])).pages[0].extract_text()
    return int(printed[1])


@pytest.mark.timeout(120)
def test_training_without_a_display_does_the_job_in_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in DISPLAYS:
        monkeypatch.delenv(name, raising=False)
    words = ["--training", "--data-dir", str(tmp_path)]
    assert run(words) == 0  # in a new folder
    first = capsys.readouterr()
    done = subprocess.run(  # a second program, on what the first one left
        [sys.executable, "-m", "desktop_app", *words], cwd=ROOT, capture_output=True, text=True,
        timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in first.err + done.stderr
    numbers = [printed_receipt(first.out), printed_receipt(done.stdout)]
    assert numbers[1] == numbers[0] + 1, "the sample season has receipts of its own before them"


@pytest.mark.timeout(120)
def test_a_killed_desk_finds_its_money_at_the_next_start(
    server: SandboxServer, tmp_path: Path
) -> None:
    import signal

    from desktop_app.gateway.sandbox_phone import SandboxPhone

    folder = tmp_path / "desk"
    folder.mkdir()
    filled(folder, server)
    words = ["--data-dir", str(folder), "--gateway-url", server.url, "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "desktop_app", "collect", "--student", "R001", "--course", "PHY-11",
         *words],
        cwd=ROOT, env=environment(server), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        event = next(e for line in process.stdout if (e := json.loads(line))["event"] == "qr")
        SandboxPhone(server.url).pay(event["text"])
        process.send_signal(signal.SIGKILL)
    again = subprocess.run(
        [sys.executable, "-m", "desktop_app", "collect", "--student", "R001", "--course", "PHY-11",
         *words],
        cwd=ROOT, env=environment(server), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    events = [json.loads(line)["event"] for line in again.stdout.splitlines()]
    assert (again.returncode in {0, 5}, "qr" in events) == (True, False)
    check_books(folder, server, tmp_path)
