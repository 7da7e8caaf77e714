"""Collects everything that could leak: logs at DEBUG, files, reports, other processes.

Must not judge what is found; `leak_search` does.
"""

from __future__ import annotations

import io
import json
import logging
import os
import sqlite3
import subprocess
import sys
import traceback
import zipfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.config.logging import LOG
from desktop_app.domain.payment import Method
from desktop_app.services.errors import GatewayError
from desktop_app.storage.store import DATABASE
from desktop_app.ui.core.diagnostics import crash_report, diagnostics
from tests.proofs.fault_flows import CallSite, FaultFlow
from tests.proofs.fault_scenario import PART, FaultScenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.proofs.fault_scenario import SandboxEnvironment

PROGRAM = (sys.executable, "-m", "desktop_app")
FEW_COMMANDS = (
    ("doctor", "--json"),
    ("collect", "--student", "R001", "--course", "PHY-11", "--method", "qr_code", "--timeout", "1",
     "--json"),
)  # fmt: skip
COMMANDS = (
    ("doctor",),
    ("ledger", "--json"),
    ("reconcile", "--json"),
    ("keys", "show"),
    ("inbox", "--json"),
    ("audit", "verify"),
    ("collect", "--student", "R404", "--course", "PHY-11"),
    *FEW_COMMANDS,
)  # fmt: skip
PAPERS = ("a5", "roll80")


class LeakCollector:
    """Collects what every scenario leaves behind, while its desk is open."""

    def __init__(
        self,
        env: SandboxEnvironment,
        search: Callable[[str, str, bytes], None],
        search_file: Callable[[str, Path], None],
    ) -> None:
        self._env = env
        self.search = search
        self.search_file = search_file
        self._bare = io.StringIO()
        self._bare_handler = logging.StreamHandler(self._bare)
        self._levels = {name: logging.getLogger(name).level for name in ("", "desktop_app")}
        self._shared: list[logging.Handler] = []
        logging.getLogger("desktop_app").addHandler(self._bare_handler)

    def on_scenario(self, scenario: FaultScenario, when: str) -> None:
        """Enable every log when a desk opens; collect before it closes."""
        if when == "open":
            self._open_log()
        else:
            self._gather(scenario)
            self._close_log()

    def _open_log(self) -> None:
        """Set every logger of the process, the HTTP library's too, to DEBUG."""
        self._close_log()
        ours, root = logging.getLogger("desktop_app"), logging.getLogger()
        ours.setLevel(logging.DEBUG)
        root.setLevel(logging.DEBUG)
        self._shared = [each for each in ours.handlers if each is not self._bare_handler]
        for handler in self._shared:
            root.addHandler(handler)

    def _close_log(self) -> None:
        for handler in self._shared:
            logging.getLogger().removeHandler(handler)
        self._shared = []

    def _gather(self, scenario: FaultScenario) -> None:
        for path in sorted(scenario.folder.rglob("*")):
            if path.is_file():
                self.search_file(_place_of(path), path)
        for error in scenario.errors:
            chain = "".join(traceback.format_exception(error)).encode()
            self.search("error text", type(error).__name__, chain)
            report = crash_report(error, scenario.folder).encode()
            self.search("crash report", type(error).__name__, report)

    def finish(self) -> None:
        """Search what was logged before redaction, and restore the loggers."""
        self._close_log()
        logging.getLogger("desktop_app").removeHandler(self._bare_handler)
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)
        self.search("log before redaction", "desktop_app.*", self._bare.getvalue().encode())


def _place_of(path: Path) -> str:
    if path.name.startswith(DATABASE):
        return "database"
    if path.parent.name == "backups" or path.suffix in {".sqlite3", ".backup"}:
        return "backup"
    if path.name.startswith(LOG):
        return "log"
    return {
        "students": "export of students", "ledger": "export of the ledger", "receipt": "receipt",
    }.get(path.name.partition("-")[0].partition(".")[0], "other files")  # fmt: skip


def exercise_desk(
    env: SandboxEnvironment, collector: LeakCollector, *, forbidden: tuple[str, ...], long: bool
) -> None:
    """Do with the canaries whatever else a desk does: files, receipts, commands, accidents."""
    with FaultScenario(env) as scenario:
        flow = FaultFlow(scenario, CallSite("tour", "*", "/", Method.UPI_INTENT))
        flow.run()
        desk = scenario.opened.desk
        payment = desk.receipts.recent()[0]
        scenario.call(lambda: desk.refunds.refund(payment.uid, PART, "left the course"))
        for kind in ("students", "ledger"):
            for suffix in ("csv", "xlsx"):
                desk.exports.write(kind, scenario.folder / f"{kind}.{suffix}")
        desk.backups.make(scenario.folder / "backups" / "copy.sqlite3")
        for paper in PAPERS:
            assert payment.receipt_uid is not None
            target = scenario.folder / f"receipt-{paper}.pdf"
            desk.receipts.save_pdf(payment.receipt_uid, paper, target)
            html = desk.receipts.html(payment.receipt_uid, paper).encode()
            collector.search("receipt", f"{paper}.html", html)
        checks = [f"{each.name}: {each.finding} {each.advice}" for each in desk.health.run()]
        collector.search("doctor", "in the window", "\n".join(checks).encode())
        facts = {"keys": desk.settings.keys().masked_id}
        collector.search(
            "doctor", "diagnostics", diagnostics(facts, checks, scenario.folder).encode()
        )
        _log_carelessly(scenario, collector, forbidden)
        _commands(scenario, collector, COMMANDS if long else FEW_COMMANDS)
        collector.search("sandbox's log", "requests", _sandbox_log(scenario))


def _log_carelessly(
    scenario: FaultScenario, collector: LeakCollector, forbidden: tuple[str, ...]
) -> None:
    """Log and raise carelessly: such lines must come out redacted as well."""
    log = logging.getLogger("desktop_app.accidents")
    log.propagate = False
    handler = next(each for each in logging.getLogger("desktop_app").handlers if each.formatter)
    log.addHandler(handler)
    secret, key_id, *people = forbidden
    for each in (key_id, *people):
        log.error("could not send %s, +91%s", each, each)
    log.removeHandler(handler)
    log.propagate = True
    try:
        _raise_carelessly(
            f"Authorization: {secret}", f"{key_id} {' '.join(people)} password={secret}"
        )
    except GatewayError as error:
        collector.search(
            "crash report", "an accident", crash_report(error, scenario.folder).encode()
        )


def _raise_carelessly(inner: str, outer: str) -> None:
    raise GatewayError(outer) from OSError(inner)


def _sandbox_log(scenario: FaultScenario) -> bytes:
    """Return the log of another sandbox that receives the same keys."""
    from desktop_app.gateway.client import RazorpayGateway
    from desktop_app.sandbox.server import SandboxServer

    path = scenario.folder / "sandbox.log"
    keys = scenario.env.keys
    with SandboxServer(key_id=keys[0], key_secret=keys[1], log_file=path) as server:
        context = scenario.opened.context
        from desktop_app.gateway.rate_limiter import RateLimiter

        gateway = RazorpayGateway(
            key_id=keys[0], key_secret=keys[1], base_url=server.url,
            budget=RateLimiter(60, context.clock), clock=context.clock,
        )  # fmt: skip
        gateway.ping()
    return path.read_bytes()


def _commands(
    scenario: FaultScenario, collector: LeakCollector, commands: tuple[tuple[str, ...], ...]
) -> None:
    """Run commands as processes on the same folder, with right keys and with a wrong secret."""
    url = scenario.env.sandbox.url
    for words in commands:
        _run(
            scenario,
            collector,
            (*words, "--data-dir", str(scenario.folder), "--gateway-url", url),
            {},
        )
    wrong = {"RAZORPAY_KEY_SECRET": scenario.env.keys[1][::-1]}
    more = ("--data-dir", str(scenario.folder), "--gateway-url", url)
    _run(scenario, collector, ("reconcile", *more), wrong)


def _run(
    scenario: FaultScenario, collector: LeakCollector, words: tuple[str, ...], more: dict[str, str]
) -> None:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **more}
    process = subprocess.Popen(
        [*PROGRAM, *words], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    told: bytes | None = None
    while told is None:  # however long it runs, its output is read to the end
        collector.search("argv", words[0], _argv_of(process.pid, words))
        try:
            told, _ = process.communicate(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue
    place = "doctor" if words[0] == "doctor" else "stdout and stderr"
    collector.search(place, " ".join(words[:2]), told)


def _argv_of(session: int, words: tuple[str, ...]) -> bytes:
    """Return the command lines of a process and its children; elsewhere than on Linux, as given."""
    lines = [" ".join(words).encode()]
    for entry in Path("/proc").glob("[0-9]*") if sys.platform == "linux" else ():
        try:
            if int((entry / "stat").read_text().rpartition(")")[2].split()[3]) == session:
                lines.append((entry / "cmdline").read_bytes().replace(b"\0", b" "))
        except (OSError, ValueError, IndexError):
            continue  # the process has ended
    return b"\n".join(lines)


def _write_pdf(path: Path, text: str) -> None:
    """Write a text into a PDF as receipts are: painted by Qt, as glyphs of a font."""
    from PySide6.QtGui import QPainter, QPdfWriter

    from desktop_app.documents.application import ensure_application

    ensure_application()
    paper = QPdfWriter(str(path))
    painter = QPainter(paper)
    painter.drawText(100, 400, text)
    painter.end()


def plant_files(folder: Path, text: str) -> tuple[Path, ...]:
    """Write a text into every kind of file that is searched."""
    from desktop_app.documents.desk_documents import DeskDocuments

    sheet, database, pdf = folder / "p.xlsx", folder / "p.sqlite3", folder / "p.pdf"
    DeskDocuments().write_rows(sheet, ("a",), [(text,)])
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.execute("INSERT INTO t VALUES (?)", (text,))
        connection.commit()
    _write_pdf(pdf, text)
    archive = folder / "p.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packing:
        packing.writestr("inner.json", json.dumps({"x": text}))
    return sheet, database, pdf, archive
