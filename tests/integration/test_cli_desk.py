"""`pravesh desk moved|copied`, and every command in a folder that nobody has decided on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.bootstrap import Options, open_desk
from desktop_app.cli.exits import Exit
from desktop_app.cli.main import run
from desktop_app.domain.payment import Method
from desktop_app.gateway.sandbox_phone import SandboxPhone
from desktop_app.services.errors import BookUndecidedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.sandbox.server import SandboxServer

STUDENTS = "roll_no,name,phone\nR001,Asha Rao,9000000001\nR002,Bina Shah,9000000002\n"
COURSES = "code,title,batch,fee,gst_rate,tax_inclusive\nPHY-11,Physics XI,Morning,11800,0,yes\n"


@pytest.fixture
def pravesh(
    server: SandboxServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs a command in a folder; what it remembers is the test's."""
    monkeypatch.setenv("RAZORPAY_KEY_ID", server.key_id)
    monkeypatch.setenv("RAZORPAY_KEY_SECRET", server.key_secret)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def command(folder: Path, *words: str) -> tuple[int, str, str]:
        code = run([*words, "--data-dir", str(folder), "--gateway-url", server.url])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return command


@pytest.fixture
def folders(pravesh: Callable[..., tuple[int, str, str]], tmp_path: Path) -> tuple[Path, Path]:
    """Return the folder of a desk with one receipt, and a copy of it."""
    first, second = tmp_path / "first", tmp_path / "second"
    for kind, text in (("students", STUDENTS), ("courses", COURSES)):
        path = tmp_path / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        assert pravesh(first, "import", kind, str(path))[0] == 0
    assert cash(pravesh, first, "R001")[0] == 0
    shutil.copytree(first, second)
    return first, second


def cash(
    pravesh: Callable[..., tuple[int, str, str]], folder: Path, student: str
) -> tuple[int, dict[str, Any], str]:
    words = ("--student", student, "--course", "PHY-11", "--method", "cash", "--json")
    code, out, err = pravesh(folder, "collect", *words)
    return code, json.loads(out.splitlines()[-1]) if out else {}, err


def test_a_copied_folder_is_read_and_refuses_to_record(
    pravesh: Callable[..., tuple[int, str, str]], folders: tuple[Path, Path], tmp_path: Path
) -> None:
    _first, second = folders
    code, events, err = cash(pravesh, second, "R002")
    assert code == Exit.REFUSED
    assert events == {}
    assert "moved or copied" in err
    assert "`pravesh desk moved`" in err.replace("\n", " ")
    assert "`pravesh desk copied`" in err.replace("\n", " ")
    for words in (["reconcile"], ["backup", str(tmp_path / "b.sqlite3")]):
        assert pravesh(second, *words)[0] == Exit.REFUSED
    code, out, _err = pravesh(second, "ledger", "--json")
    assert code == 0
    assert len(json.loads(out)["payments"]) == 1
    assert pravesh(second, "audit", "verify")[0] == 0


def test_the_doctor_says_what_to_do(
    pravesh: Callable[..., tuple[int, str, str]], folders: tuple[Path, Path]
) -> None:
    rows = {}
    for folder in folders:
        _code, out, _err = pravesh(folder, "doctor", "--json")
        found = [json.loads(line) for line in out.splitlines()]
        rows[folder] = {row["name"]: row for row in found if "name" in row}
    first, second = (rows[folder] for folder in folders)
    assert (first["book"]["health"], second["book"]["health"]) == ("good", "bad")
    assert "pravesh desk copied" in json.dumps(second["book"])
    assert first["book_memory"]["health"] == "note"
    assert first["desk_code"]["health"] == "good"


def test_a_copy_becomes_a_desk_with_a_series_of_its_own(
    pravesh: Callable[..., tuple[int, str, str]], folders: tuple[Path, Path]
) -> None:
    first, second = folders
    code, out, _err = pravesh(second, "desk", "copied")
    assert code == 0
    assert "a separate desk with the ID" in out
    _code, event, _err = cash(pravesh, second, "R002")
    assert not event["receipt_no"].startswith("D1")
    assert event["receipt_no"].endswith("/000001")
    original = cash(pravesh, first, "R002")[1]["receipt_no"]
    assert original.startswith("D1/")
    assert original.endswith("/000002")
    assert pravesh(second, "audit", "verify")[0] == 0


def test_a_code_can_be_given_to_a_copy(
    pravesh: Callable[..., tuple[int, str, str]], folders: tuple[Path, Path]
) -> None:
    _first, second = folders
    assert pravesh(second, "desk", "moved", "--code", "B7")[0] == Exit.USAGE
    code, _out, err = pravesh(second, "desk", "copied", "--code", "D1A")
    assert code == Exit.REFUSED
    assert "D1A" in err
    code, out, _err = pravesh(second, "desk", "copied", "--code", "b7", "--json")
    assert code == 0
    assert json.loads(out) == {
        "event": "copied", "code": "B7", "attempts": 0, "commands": 0, "held": 0,
    }  # fmt: skip
    assert pravesh(second, "settings", "get", "desk.id")[1].strip().endswith("B7")


def test_test_money_is_archived_for_a_clean_book(
    pravesh: Callable[..., tuple[int, str, str]], server: SandboxServer, tmp_path: Path
) -> None:
    """`desk clean` begins a book with the same students and no payment, and only once."""
    folder = tmp_path / "trial"
    for kind, text in (("students", STUDENTS), ("courses", COURSES)):
        path = tmp_path / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        assert pravesh(folder, "import", kind, str(path))[0] == 0
    code, _out, err = pravesh(folder, "desk", "clean")
    assert (code, "no test payments" in err) == (Exit.REFUSED, True)
    opened = open_desk(Options(data_dir=folder, gateway_url=server.url))
    desk, phone = opened.desk, SandboxPhone(server.url)
    uids = desk.students.find("R001").uid, desk.courses.find("PHY-11").uid
    shown = desk.payments.open(desk.payments.begin(*uids, Method.UPI_INTENT).uid)
    phone.pay(shown.qr_text or "")
    desk.polling.run(asked=True)
    opened.close()
    assert pravesh(folder, "desk", "clean", "--code", "B7")[0] == Exit.USAGE
    code, out, _err = pravesh(folder, "desk", "clean", "--json")
    done = json.loads(out)
    assert (code, done["event"], done["payments"], done["receipts"]) == (0, "clean", 1, 1)
    assert Path(done["archive"]).is_file()
    ledger = json.loads(pravesh(folder, "ledger", "--json")[1])
    assert (ledger["payments"], ledger["enrollments"]) == ([], [])
    assert pravesh(folder, "audit", "verify")[0] == 0
    assert cash(pravesh, folder, "R002")[1]["receipt_no"].endswith("/000001")
    code, _out, err = pravesh(folder, "desk", "clean")
    assert (code, "real payments" in err) == (Exit.REFUSED, True)


def test_a_moved_desk_goes_on_and_the_old_folder_asks(
    pravesh: Callable[..., tuple[int, str, str]], folders: tuple[Path, Path]
) -> None:
    first, second = folders
    assert pravesh(second, "desk", "moved", "--json")[1] == '{"event": "moved"}\n'
    code, event, _err = cash(pravesh, second, "R002")
    assert code == 0
    assert event["receipt_no"].startswith("D1/")
    assert cash(pravesh, first, "R002")[0] == Exit.REFUSED


def test_nothing_is_decided_where_nothing_was_copied(
    pravesh: Callable[..., tuple[int, str, str]], folders: tuple[Path, Path]
) -> None:
    first, _second = folders
    for what in ("moved", "copied"):
        code, _out, err = pravesh(first, "desk", what)
        assert code == Exit.REFUSED
        assert "nothing to choose" in err


def test_the_own_backup_is_restored_without_a_question(
    pravesh: Callable[..., tuple[int, str, str]], folders: tuple[Path, Path], tmp_path: Path
) -> None:
    first, _second = folders
    backup = tmp_path / "backup.sqlite3"
    assert pravesh(first, "backup", str(backup))[0] == 0
    assert pravesh(first, "restore", str(backup))[0] == 0
    assert cash(pravesh, first, "R002")[0] == 0


def test_a_backup_restored_on_a_new_pc_asks_once(
    pravesh: Callable[..., tuple[int, str, str]],
    folders: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, _second = folders
    backup, new = tmp_path / "backup.sqlite3", tmp_path / "new"
    assert pravesh(first, "backup", str(backup))[0] == 0
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state of the new PC"))
    assert pravesh(new, "restore", str(backup))[0] == 0
    assert cash(pravesh, new, "R002")[0] == Exit.REFUSED
    assert pravesh(new, "desk", "moved")[0] == 0
    assert cash(pravesh, new, "R002")[0] == 0


def test_a_training_desk_is_asked_nothing(
    pravesh: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    open_desk(Options(training=True, data_dir=first)).close()
    shutil.copytree(first, second)
    opened = open_desk(Options(training=True, data_dir=second))
    assert opened.store.refusal is None
    opened.close()


def test_the_window_backs_up_nothing_before_the_decision(
    pravesh: Callable[..., tuple[int, str, str]], folders: tuple[Path, Path], server: SandboxServer
) -> None:
    _first, second = folders
    opened = open_desk(Options(data_dir=second, gateway_url=server.url))
    assert opened.back_up_today() is None
    assert isinstance(opened.store.refusal, BookUndecidedError)
    opened.close()
