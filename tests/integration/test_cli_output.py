"""The output of commands: no console, full disk or closed pipe changes their work."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.cli.collect import Collector
from desktop_app.cli.exits import Exit
from desktop_app.cli.main import run
from desktop_app.config.logging import LOG

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.kept_desks import KeptDesks

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "desktop_app")
CASH = ("collect", "--student", "R001", "--course", "PHY-11", "--method", "cash")
CLOSED = 'exec "$@" >&- 2>&-'
FULL = 'exec "$@" >/dev/full 2>/dev/full'
UNREAD = '"$@" | true; exit ${PIPESTATUS[0]}'


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str], kept_desks: KeptDesks) -> Path:
    """A desk with one student and one course, and no line to the gateway."""
    files = {
        "students": "roll_no,name,phone\nR001,आशा राव,9000000001\n",
        "courses": (
            "code,title,batch,fee,gst_rate,tax_inclusive,seats,starts_on\n"
            "PHY-11,Physics XI,Morning,11800.00,18,yes,400,2026-06-01\n"
        ),
    }
    folder = tmp_path / "desk"

    def fill() -> None:
        for kind, text in files.items():
            path = tmp_path / f"{kind}.csv"
            path.write_text(text, encoding="utf-8")
            assert run(["import", kind, str(path), "--data-dir", str(folder)]) == Exit.DONE

    kept_desks.at(folder, "one student and one course", fill)
    capsys.readouterr()
    return folder


def started(folder: Path, *words: str, encoding: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process with its own streams."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONUTF8"}
    return subprocess.run(
        [*COMMAND, *words, "--data-dir", str(folder)],
        cwd=ROOT,
        env={**variables, "PYTHONIOENCODING": encoding},
        capture_output=True,
        timeout=50,
        check=False,
    )


EACH = """
import gc, json, os, sys
from desktop_app.bootstrap.wiring import warm_up
from desktop_app.cli import collect, ledger
from desktop_app.cli.main import run
from desktop_app.services.payments import begin, counter_begin
from desktop_app.services.posting import receipt_content, receipts
from desktop_app.services.unapplied import service
from desktop_app.storage import export_queries, reader, repositories, unit_of_work
warm_up()
gc.freeze()
report, folder, codes = sys.argv[1], sys.argv[2], []
for words in json.loads(sys.argv[3]):
    child = os.fork()
    if child == 0:
        sys.exit(run([*words, "--data-dir", folder]))
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
with open(report, "w", encoding="utf-8") as file:
    json.dump(codes, file)
"""
"""Runs commands, each in a process that ends as any program does, and reports how it ended.

What they import takes longer than they do.
"""


def exits(
    folder: Path, commands: tuple[tuple[str, ...], ...], shell: str
) -> tuple[dict[tuple[str, ...], int], bytes]:
    """Return the exit code of each command, and what a shell that starts them says."""
    report = folder.with_name("report.json")
    words = (sys.executable, "-c", EACH, str(report), str(folder), json.dumps(commands))
    done = subprocess.run(
        ["/bin/bash", "-c", shell, "bash", *words],
        cwd=ROOT,
        capture_output=True,
        timeout=50,
        check=False,
    )
    codes = json.loads(report.read_text(encoding="utf-8"))
    return dict(zip(commands, codes, strict=True)), done.stderr


def cash_payments(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    assert run(["ledger", "--json", "--data-dir", str(folder)]) == Exit.DONE
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["payments"]
    return found


SAID = "PAID ₹11,800.00 · आशा राव · receipt D1/"


def test_a_console_that_cannot_print_a_rupee_gets_utf_8(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = started(folder, *CASH, encoding="cp1252")
    assert (done.returncode, done.stderr) == (Exit.DONE, b"")
    assert SAID in done.stdout.decode("utf-8")
    assert len(cash_payments(folder, capsys)) == 1


@pytest.mark.parametrize("encoding", ["ascii", "utf-16"])
def test_no_other_encoding_than_utf_8_is_printed(
    folder: Path, tmp_path: Path, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.txt"
    with path.open("w", encoding=encoding) as console, monkeypatch.context() as patched:
        patched.setattr("sys.stdout", console)
        assert run([*CASH, "--data-dir", str(folder)]) == Exit.DONE
    assert SAID in path.read_text(encoding="utf-8")


@pytest.mark.skipif(os.name != "posix", reason="a POSIX shell closes and fills descriptors")
@pytest.mark.parametrize(
    ("shell", "answered"),
    [
        (CLOSED, Exit.DONE),
        (FULL, Exit.UNKNOWN),
        (UNREAD, Exit.UNKNOWN),
        ('exec "$@" >&-', None),
        ('exec "$@" 2>&- <&-', None),
    ],
)
def test_cash_is_taken_where_nothing_can_be_printed(
    folder: Path, shell: str, answered: Exit | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script must not take half a ledger for the whole; a closed output wants none."""
    expected: dict[tuple[str, ...], Exit] = {CASH: Exit.DONE}
    if answered is not None:
        expected |= {("ledger",): answered, ("--help",): answered, ("no-command",): Exit.USAGE}
    codes, noise = exits(folder, tuple(expected), shell)
    assert codes == expected
    is_read = shell == UNREAD
    assert (noise.count(b"\n"), b"no-command" in noise) == (4 * is_read, is_read), "usage only"
    assert len(cash_payments(folder, capsys)) == 1


@pytest.mark.skipif(os.name != "posix", reason="a POSIX shell closes descriptors")
def test_no_book_gets_the_number_of_a_closed_output(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A library's message to standard error would be written into the database."""
    noisy = """
import os, sys
from desktop_app.cli import ledger
from desktop_app.cli.main import run
opened = ledger.opened
def opened_with_noise(ctx, given):
    desk = opened(ctx, given)
    os.write(1, b"x")
    os.write(2, b"x")
    return desk
ledger.opened = opened_with_noise
sys.exit(run(sys.argv[1:]))
"""
    words = [sys.executable, "-c", noisy, "ledger", "--data-dir", str(folder)]
    done = subprocess.run(
        ["/bin/bash", "-c", CLOSED, "bash", *words],
        cwd=ROOT,
        capture_output=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == Exit.DONE
    assert cash_payments(folder, capsys) == []


def test_a_word_that_is_no_text_is_shown_with_a_replacement(folder: Path) -> None:
    command = [os.fsencode(each) for each in COMMAND]
    done = subprocess.run(
        [*command, b"export", b"students", b"/nowhere/\xff.csv", b"--data-dir", bytes(folder)],
        cwd=ROOT,
        capture_output=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == Exit.REFUSED
    assert b"/nowhere/" in done.stderr
    assert b"?.csv" in done.stderr
    assert b"Traceback" not in done.stderr


# --- an error that nobody expected


def broken(*_: object, **__: object) -> None:
    """Stands for a defect of the program; names a person, as an error may."""
    raise RuntimeError("no seat for 9000000001")


def broken_pipe(*_: object, **__: object) -> None:
    raise BrokenPipeError(errno.EPIPE, "Broken pipe")


@pytest.mark.parametrize("defect", [broken, broken_pipe])
@pytest.mark.parametrize(
    ("where", "words", "payments"),
    [
        ("_begin", "Nothing was recorded.", 0),
        ("_paid", "We recorded part of it. Check `pravesh ledger`", 1),
    ],
)
def test_an_unexpected_error_says_whether_something_was_written(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    defect: Callable[..., None],
    where: str,
    words: str,
    payments: int,
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Collector, where, defect)
        code = run([*CASH, "--data-dir", str(folder)])
    out, err = capsys.readouterr()
    assert (code, out) == (Exit.UNKNOWN, "")
    assert words in err
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert "9000000001" not in err
    logged = (folder / "logs" / LOG).read_text(encoding="utf-8")
    assert "Traceback" in logged
    assert "9000000001" not in logged
    assert len(cash_payments(folder, capsys)) == payments


def test_an_unexpected_error_before_the_desk_is_open_is_logged(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("desktop_app.services.recovery.rollback_detection.detect_rollback", broken)
    assert run([*CASH, "--data-dir", str(folder)]) == Exit.UNKNOWN
    assert "Nothing was recorded." in capsys.readouterr().err
    assert "RuntimeError" in (folder / "logs" / LOG).read_text(encoding="utf-8")


def test_a_restore_that_breaks_off_does_not_promise_anything(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    copy = str(tmp_path / "copy.sqlite3")
    assert run(["backup", copy, "--data-dir", str(folder)]) == Exit.DONE
    monkeypatch.setattr("desktop_app.bootstrap.restore.open_store", broken)
    assert run(["restore", copy, "--data-dir", str(folder)]) == Exit.UNKNOWN
    assert "We may have recorded part of it" in capsys.readouterr().err


def test_the_list_of_commands_cuts_no_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["--help"]) == Exit.DONE
    listed = capsys.readouterr().out.partition("Commands:")[2].strip().splitlines()
    assert len(listed) > 20
    assert [line for line in listed if not line.endswith(".") or line.endswith("...")] == []
