"""Fixtures of all tests: no network but loopback, no display needed, markers by folder.

A test's fresh database file is a copy of one migrated template, so that locking and durability are
real and a test still starts in milliseconds.
"""

from __future__ import annotations

import gc
import importlib
import importlib.metadata
import json
import logging
import os
import socket
import sys
from contextlib import suppress
from functools import cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

import tests  # noqa: F401 - keeps tests away from the user's keyring and state
from desktop_app.app import _quicken
from desktop_app.config.paths import state_folder
from tests.clock import TestClock
from tests.memory_folder import memory_folder
from tests.memory_registry import MemoryRegistry

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Workers and child processes share compiled modules: compiling took a tenth of the suite.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
if (_memory := memory_folder()) is not None:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_memory))
if _worker := os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["XDG_STATE_HOME"] = f"{os.environ['PRAVESH_TESTS_STATE']}/{_worker}"
for _name in ("RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET"):
    os.environ.pop(_name, None)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.storage.store import SqlStore
    from tests.sandbox.browser import Browser
    from tests.warm_database import WarmDatabase

settings.register_profile(
    "dev", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", parent=settings.get_profile("dev"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

_quicken()  # else PySide reads the source of each test module before it is imported
gc.disable()
"""Garbage is collected between tests: a worker thread that did it destroyed widgets in use."""
_GARBAGE, PASSES = 50_000, 10

importlib.metadata.version = cache(importlib.metadata.version)
"""Each client of the SDK reads its version off the disk; bare ones do at each request."""


FOLDERS = {"unit", "contract", "sandbox", "integration", "ui", "e2e", "proofs", "architecture"}
TIMED_BY_THE_SYSTEM = {"ui", "e2e", "sandbox"}
"""Folders of tests that wait for windows, browsers and processes. One that fails is run again, and
both runs are in the report; a busy machine can make one of seven thousand miss its moment."""
HERE = Path(__file__).parent
STATE, MOST_BOOKS = state_folder(), 20
_connect = socket.socket.connect


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Run single files and tests in this process, so that `-s` and a debugger work.

    Else two processes more than there are processors: half of the time of a test is a wait for an
    answer, a window or another process.
    """
    is_narrow = all("::" in each or each.endswith(".py") for each in config.args)
    return 0 if is_narrow else (os.cpu_count() or 1) + 2


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Decide by the folder, in each process, how often a test is run again.

    Each worker asked the main process before each such test, over a socket and by single bytes,
    which took longer than a small test. One that replaces a crashed worker asks whether the test
    was what crashed.
    """
    counted = getattr(config, "failures_db", None)
    if counted is None:
        return
    counted.get_test_reruns = lambda test: int(not TIMED_BY_THE_SYSTEM.isdisjoint(test.split("/")))
    counted.set_test_reruns = lambda *_given: None
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is not None and int(worker[2:]) < int(os.environ["PYTEST_XDIST_WORKER_COUNT"]):
        counted.get_test_failures = lambda _test: 0


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Import a share of the tests first in each worker, so that not each one compiles all.

    In a new checkout that takes longer than all of the rest of collecting.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        return
    homes = [session.config.invocation_params.dir / each for each in session.config.args]
    files = [
        path for path in sorted(HERE.rglob("test_*.py")) if any(map(path.is_relative_to, homes))
    ]
    for path in files[int(worker[2:]) :: int(os.environ["PYTEST_XDIST_WORKER_COUNT"])]:
        with suppress(Exception, pytest.skip.Exception):  # collecting it says what is wrong
            importlib.import_module(".".join(path.relative_to(HERE.parent).with_suffix("").parts))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by its folder; begin with the long ones, so that no worker ends on one."""
    for item in items:
        folder = _folder(item.path)
        if folder in FOLDERS:
            item.add_marker(getattr(pytest.mark, folder))
        if folder in TIMED_BY_THE_SYSTEM:
            item.add_marker(pytest.mark.flaky(reruns=1))
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


@cache
def _folder(path: Path) -> str:
    return path.relative_to(HERE).parts[0]


def pytest_collection_finish() -> None:
    """Leave what is there out of every later collection of garbage: it stays until the end."""
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Collect garbage once enough has been made."""
    new, _, passes = gc.get_count()
    if new > _GARBAGE:
        gc.collect(2 if passes >= PASSES else 1)
    _forget_books()


def _forget_books() -> None:
    """Remove what the state folder remembers about books whose data folders are gone.

    A desk on a new data folder reads the places of all known books.
    """
    if not STATE.exists() or sum(1 for _ in STATE.iterdir()) < 2 * MOST_BOOKS:
        return
    for path in STATE.glob("*.place.json"):
        if not Path(json.loads(path.read_text(encoding="utf-8"))["place"]).exists():
            path.unlink()
            path.with_name(path.name.replace(".place.", ".anchor.")).unlink(missing_ok=True)


def _guarded_connect(self: socket.socket, address: Any) -> None:
    if isinstance(address, tuple) and not str(address[0]).startswith(("127.", "::1", "localhost")):
        raise AssertionError(f"a test wants to reach {address[0]}")
    _connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def loopback_only() -> Iterator[None]:
    """Refuse connections to any other machine."""
    socket.socket.connect = _guarded_connect  # type: ignore[assignment,method-assign]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]


class _IdleWriters(logging.Handler):
    """Keeps what the storage says of writing transactions that changed nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(f"{record.getMessage()}\n{record.stack_info}")


@pytest.fixture(autouse=True)
def idle_writers() -> Iterator[list[str]]:
    """Fail a test in which a writing transaction changed nothing, in any thread.

    It made others wait for no reason: what only reads opens `store.reading()`.
    """
    handler, log = _IdleWriters(), logging.getLogger("desktop_app.storage.unit_of_work")
    log.addHandler(handler)
    yield handler.found
    log.removeHandler(handler)
    assert not handler.found, handler.found[0]


class _HiddenAssertions(logging.Handler):
    """Keeps what isolation passed over although it was an assertion of a test."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if "AssertionError" in record.getMessage():
            self.found.append(record.getMessage())


@pytest.fixture(autouse=True)
def hidden_assertions() -> Iterator[list[str]]:
    """Fail a test whose own assertion was passed over as one attempt's problem."""
    handler, log = _HiddenAssertions(), logging.getLogger("desktop_app.services.isolation")
    log.addHandler(handler)
    yield handler.found
    log.removeHandler(handler)
    assert not handler.found, handler.found[0]


@pytest.fixture(autouse=True, scope="session")
def application_first(request: pytest.FixtureRequest) -> None:
    """Create the QApplication before anything else if any selected test needs it.

    Printing a document without a window creates a plain QGuiApplication, after which a process can
    have no QApplication: the order of tests must not decide which comes first.
    """
    if any("qapp" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("qapp")


@pytest.fixture(autouse=True, scope="session")
def migrated_once() -> Iterator[None]:
    """Run the migrations of a new file once for each schema; later ones become copies of it.

    They take 50 ms, and most tests that open a folder need an empty one. Whatever is in a file is
    migrated by the real thing, and so is each file of another process.
    """
    from desktop_app.storage import migrate

    upgrade, made = migrate.upgrade, dict[str, bytes]()

    @wraps(upgrade)
    def upgrade_once(path: Path, revision: str = "head", **options: Any) -> None:
        is_new = not path.exists() or not path.stat().st_size
        if is_new and revision in made:
            path.write_bytes(made[revision])
            return
        upgrade(path, revision, **options)
        if is_new:
            made[revision] = path.read_bytes()

    migrate.upgrade = upgrade_once
    yield
    migrate.upgrade = upgrade


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The browser that all pages share; starting one takes as long as twenty pages."""
    from tests.sandbox.browser import Browser

    with Browser(tmp_path_factory.mktemp("chromium") / "profile") as running:
        yield running


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated, empty database to copy."""
    from desktop_app.storage.store import DATABASE, open_store

    folder = tmp_path_factory.mktemp("template")
    open_store(folder).close()
    return folder / DATABASE


@pytest.fixture
def registry() -> MemoryRegistry:
    """Return what the user's system remembers about books: nothing yet."""
    return MemoryRegistry()


@pytest.fixture(scope="session")
def warm_database(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Return what `store` lends, with connections that stay open."""
    from tests.warm_database import WarmDatabase

    warm = WarmDatabase(template, tmp_path_factory.mktemp("warm"))
    yield warm
    warm.close()


@pytest.fixture
def store(
    warm_database: WarmDatabase, tmp_path: Path, clock: TestClock, registry: MemoryRegistry
) -> Iterator[SqlStore]:
    """Return an empty database; `DATABASE` in the test's folder is a link to it."""
    from desktop_app.storage.store import DATABASE, SqlStore

    opened = SqlStore(tmp_path / DATABASE, clock.now, registry)
    warm_database.lend(opened)
    yield opened
    warm_database.take_back(opened)
