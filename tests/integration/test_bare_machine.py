"""Machines without a system library, an entry in passwd, or a home folder."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.cli.exits import Exit
from desktop_app.config.logging import KEPT, LOG, start_logging, stop_logging

ROOT = Path(__file__).parents[2]
FAULT = "libgssapi_krb5.so.2: cannot open shared object file: No such file or directory"
HOMES = {"HOME", "USER", "LOGNAME", "LNAME", "USERNAME", "USERPROFILE", "XDG_DATA_HOME"}
LACKING = f"""
import importlib.abc, sys
class Lacking(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == {{module!r}}:
            raise ImportError({FAULT!r})
sys.meta_path.insert(0, Lacking())
"""
UNKNOWN_USER = """
import pwd
def getpwuid(uid):
    raise KeyError(f"getpwuid(): uid not found: {uid}")
pwd.getpwuid = getpwuid
"""
RUN = "import sys; from desktop_app.cli.main import run; sys.exit(run(sys.argv[1:]))"
IN_TURN = """
import os, sys
import keyring.backends.SecretService, keyring.backends.kwallet
import PySide6.QtSvg
import desktop_app.app, desktop_app.bootstrap.desk_factory
import desktop_app.cli.doctor, desktop_app.cli.ledger, desktop_app.cli.main
from desktop_app.bootstrap.wiring import warm_up
from desktop_app.config import folder_location, keyring_access, printers
from desktop_app.documents import fonts
from desktop_app.services.maintenance import health_checks
from desktop_app.ui.shell import main_window, single_instance
warm_up()
def build_window():
    from desktop_app.app import _claim, build, parse
    app, window = build(["--training"])
    assert _claim(parse(["--training"]), app) is not None
    return 0
def run(command):
    from desktop_app.cli.main import run
    return run([command])
def started(variable, work, *words):
    child = os.fork()
    if child == 0:
        os.environ[variable] = sys.argv[1]
        code = work(*words)
        sys.stdout.flush()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
for variable in sys.argv[2:]:
    codes = [started(variable, run, each) for each in ("ledger", "doctor")]
    print(variable, [*codes, started(variable, build_window)])
"""
"""Runs each in a process that has imported the same where no variable names a home."""


def run_python(code: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a separate process, with only these variables naming a home."""
    kept = {name: value for name, value in os.environ.items() if name not in HOMES}
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=ROOT,
        env={**kept, "QT_QPA_PLATFORM": "offscreen", **variables},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("PySide6.QtNetwork", ["--training"]),
        ("PySide6", ["--training"]),
        ("sqlite3", ["ledger"]),
    ],
)
def test_an_import_error_is_shown_on_the_terminal_and_logged(
    module: str, words: list[str], tmp_path: Path
) -> None:
    done = run_python(
        LACKING.format(module=module) + RUN, *words, "--data-dir", str(tmp_path), HOME=str(tmp_path)
    )
    assert done.returncode == Exit.REFUSED
    assert FAULT in done.stderr
    assert "Traceback" not in done.stderr
    folder = tmp_path / "training" if "--training" in words else tmp_path
    written = (folder / "logs" / LOG).read_text(encoding="utf-8")
    assert FAULT in written
    assert "Traceback" in written


@pytest.mark.skipif(os.name != "posix", reason="passwd is POSIX's")
def test_a_user_without_an_entry_in_passwd(tmp_path: Path, template: Path) -> None:
    places = {"HOME": ".local/share/Pravesh", "XDG_DATA_HOME": "Pravesh"}
    if sys.platform == "linux":  # a new file would be migrated
        for place in places.values():
            (tmp_path / place).mkdir(parents=True)
            shutil.copy(template, tmp_path / place)
    done = run_python(UNKNOWN_USER + IN_TURN, str(tmp_path), *places)
    codes = f"[{int(Exit.DONE)}, {int(Exit.UNKNOWN)}, 0]"
    said = [line for line in done.stdout.splitlines() if line.startswith(tuple(places))]
    assert (said, done.stderr) == ([f"{each} {codes}" for each in places], "")


@pytest.mark.skipif(os.name != "posix", reason="passwd is POSIX's")
def test_the_root_folder_replaces_a_missing_home() -> None:
    show = (
        "from pathlib import Path; from desktop_app.config import paths; paths.ensure_home(); "
        "print(paths.data_folder(None, training=False), Path.home())"
    )
    done = run_python(UNKNOWN_USER + show)
    home = "/Library/Application Support" if sys.platform == "darwin" else "/.local/share"
    assert done.stdout == f"{home}/Pravesh /\n"


def test_a_full_log_is_put_aside_and_the_oldest_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop_app.config.logging.MOST_BYTES", 40)
    handler = start_logging(tmp_path)
    for number in range(KEPT + 3):
        logging.getLogger("desktop_app.test").info("line %s", number)
    stop_logging(handler)
    files = sorted((tmp_path / "logs").iterdir())
    assert [path.name for path in files] == [f"{LOG}.{number}" for number in range(1, KEPT + 1)]
    lines = [path.read_text(encoding="utf-8").rpartition(": ")[2].strip() for path in files]
    assert lines == [f"line {number}" for number in range(KEPT + 2, 2, -1)]


def test_one_process_logs_to_a_file_once(tmp_path: Path) -> None:
    first = start_logging(tmp_path)
    assert start_logging(tmp_path) is None
    logging.getLogger("desktop_app.test").info("one line")
    stop_logging(first)
    written = (tmp_path / "logs" / LOG).read_text(encoding="utf-8")
    assert written.count("one line") == 1
    again = start_logging(tmp_path)
    assert again is not None
    stop_logging(again)
