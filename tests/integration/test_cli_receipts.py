"""Receipts on the command line: key, verification, the centre's logo."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from desktop_app.cli.main import run
from desktop_app.config.receipt_keys import VARIABLE
from desktop_app.documents.qr_png import qr_png
from desktop_app.domain.check_code import TRAINING_KEY, read_key, stamped
from desktop_app.domain.money import Money

if TYPE_CHECKING:
    from pathlib import Path

SPELLED = "8M64-VYSH-31TV-F918-MWXP-DFXV-0M29"
KEY = read_key(SPELLED, TRAINING_KEY.since)
STAMP = stamped(KEY, "D1/26-27/000123", date(2026, 11, 20), Money(11_800_00))


@pytest.fixture
def folder(tmp_path: Path) -> list[str]:
    return ["--data-dir", str(tmp_path / "data")]


@pytest.fixture
def keyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, SPELLED)


@pytest.mark.usefixtures("keyed")
@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (
            STAMP.text,
            0,
            "Genuine. This centre issued D1/26-27/000123 on 20 Nov 2026 for ₹11,800.00.",
        ),
        (STAMP.text.replace("11800", "11900"), 5, "Not genuine"),
        (stamped(TRAINING_KEY, STAMP.number, STAMP.on, STAMP.amount).text, 5, "from practice mode"),
        (STAMP.text.replace(STAMP.key_id, "0000"), 5, "Another centre"),
    ],
)
def test_a_receipt_is_checked(
    folder: list[str], capsys: pytest.CaptureFixture[str], text: str, code: int, words: str
) -> None:
    assert run(["verify-receipt", text, *folder]) == code
    assert words in capsys.readouterr().out


@pytest.mark.usefixtures("keyed")
def test_the_json_of_a_check(folder: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify-receipt", STAMP.text, "--json", *folder]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "answer": "genuine", "number": "D1/26-27/000123", "on": "2026-11-20", "amount": 1180000,
    }  # fmt: skip


def test_an_unreadable_text_and_a_desk_without_a_key(
    folder: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["verify-receipt", "PAID", *folder]) == 5
    assert "Scan the QR on the receipt" in capsys.readouterr().err
    assert run(["verify-receipt", STAMP.text, *folder]) == 5
    assert "no receipt key" in capsys.readouterr().out
    assert run(["receipt-key", "show", *folder]) == 5
    assert "keyring" in capsys.readouterr().err


@pytest.mark.usefixtures("keyed")
def test_the_key_is_shown(folder: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["receipt-key", "show", *folder]) == 0
    shown = capsys.readouterr()
    assert shown.out == f"{SPELLED}\n"
    assert "look genuine" in shown.err


def test_the_centres_picture_is_copied_into_the_data_folder(
    folder: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "logo.png"
    picture.write_bytes(qr_png([[True, False], [False, True]]))
    assert run(["settings", "set", "centre.logo", str(picture), *folder]) == 0
    kept = capsys.readouterr().out.strip().removeprefix("centre.logo = ")
    assert (tmp_path / "data" / kept).is_file()
    for wrong in ("https://example.invalid/logo.png", str(tmp_path / "gone.png"), __file__):
        assert run(["settings", "set", "centre.logo", wrong, *folder]) == 5
    assert run(["settings", "get", "centre.logo", *folder]) == 0
    assert kept in capsys.readouterr().out
    assert run(["settings", "set", "centre.logo", "", *folder]) == 0
    assert (tmp_path / "data" / kept).is_file()  # issued receipts still show it
