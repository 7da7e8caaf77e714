"""One desk and one sandbox for one fault: the real services, database, client and HTTP.

The desk's clock belongs to the scenario: sleeping moves it and the sandbox's clock, so that nothing
waits. The truth is read from the sandbox alone. Must not know which fault is played.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from unittest.mock import patch

from desktop_app.bootstrap import Options, open_desk
from desktop_app.domain.courses import make_course
from desktop_app.domain.errors import AlreadyEnrolledError, InvalidInputError, NoSeatError
from desktop_app.domain.money import Money
from desktop_app.domain.students import make_student
from desktop_app.sandbox.server import SandboxServer
from desktop_app.services.errors import GatewayError, ServiceError
from tests.memory_folder import memory_folder
from tests.proofs.fault_verdict import Verdict, judge
from tests.proofs.sandbox_http import SandboxHttp, control_in_process

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from desktop_app.bootstrap import OpenDesk
    from tests.proofs.network_faults import FaultyNetwork

Result = TypeVar("Result")
Json = dict[str, Any]
FEE = Money(1_180_000)
PART = Money(500_000)
"""Refunds return a part, so that the gateway would accept a second one by mistake."""

STUDENTS: tuple[dict[str, str], ...] = tuple(
    {"roll_no": f"R00{n}", "name": f"Student {n}", "phone": f"900000000{n}"} for n in range(2)
)
HANG_LIMIT_S = 30.0
"""Seconds after which a call of a service counts as hanging."""

STATE_HOME = "XDG_STATE_HOME"
OWN_ERRORS = (
    GatewayError, ServiceError, AlreadyEnrolledError, NoSeatError, InvalidInputError,
)  # fmt: skip

KEYS = ("rzp_test_Proofs12345678", "proofs-secret-proofs-0001")


class ScenarioClock:
    """The desk's clocks: the real ones, moved by every sleep, and set wrong on purpose."""

    def __init__(self, move_world: Callable[[int], None]) -> None:
        self._move_world = move_world
        self._began = time.monotonic()
        self._wall = datetime.now(UTC)
        self._slept = 0.0
        self._owed = 0.0
        self.wall_off_s = 0.0
        self.monotonic_off_s = 0.0

    def _elapsed(self) -> float:
        return time.monotonic() - self._began + self._slept

    def now(self) -> datetime:
        """Return the wall clock of the PC."""
        return self._wall + timedelta(seconds=self._elapsed() + self.wall_off_s)

    def monotonic(self) -> float:
        """Return seconds that only grow."""
        return 1_000.0 + self._elapsed() + self.monotonic_off_s

    def sleep(self, seconds: float) -> None:
        """Move the desk's clocks and the sandbox's."""
        self._slept += seconds
        self._owed += seconds
        whole = int(self._owed)
        if whole:
            self._owed -= whole
            self._move_world(whole)


class SandboxEnvironment:
    """A sandbox, and a migrated database with students and a course, shared by all scenarios.

    Attributes:
        network: the network of this process, which can fail.
        vpa: the parents' own address.
        on_scenario: called with each scenario and `open` or `close`, while its desk is open.
    """

    def __init__(
        self,
        network: FaultyNetwork,
        *,
        keys: tuple[str, str] = KEYS,
        people: tuple[dict[str, str], ...] = STUDENTS,
    ) -> None:
        self.network = network
        self.keys = keys
        self._people = people
        self.vpa = "parent@okaxis"
        self.on_scenario: Callable[[FaultScenario, str], None] = lambda _scenario, _when: None
        self.sandbox = SandboxServer(key_id=keys[0], key_secret=keys[1])
        self._folder = tempfile.TemporaryDirectory(prefix="pravesh-faults-", dir=memory_folder())
        self.folder = Path(self._folder.name)
        names = ("RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET")
        self._environment = patch.dict(
            os.environ,
            {
                **dict(zip(names, keys, strict=True)),
                STATE_HOME: str(self.folder / "template-state"),
            },
        )
        self._scenarios = 0
        self.students: tuple[str, ...] = ()
        self.course = ""

    def __enter__(self) -> Self:
        self.sandbox.start()
        self._http = SandboxHttp(self.sandbox.url)
        self._environment.start()
        opened = open_desk(Options(data_dir=self.folder / "template", gateway_url=self.sandbox.url))
        desk = opened.desk
        self.students = tuple(
            desk.students.add(make_student(**person)).uid for person in self._people
        )
        self.course = desk.courses.add(
            make_course(code="PHY-11", title="Physics XI", batch="Morning", fee=FEE, gst_bp=1_800,
                        seats=40)
        ).uid  # fmt: skip
        desk.settings.put("gateway.requests_per_minute", "600")
        with opened.store.writing() as work:
            now = datetime.now(UTC)
            work.put_capability(self.keys[0], "unique_receipt", now, available=False)
            work.commit()
        opened.close()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._environment.stop()
        self.sandbox.stop()
        self._folder.cleanup()

    def control(self, path: str, body: Json | None = None, method: str | None = None) -> Json:
        """Ask the sandbox's control plane."""
        found: Json = control_in_process(self.sandbox, path, body, method)
        return found

    def api(self, path: str, body: Json) -> Json:
        """Post to Razorpay's API as its dashboard would, past the desk."""
        found: Json = self._http.api(path, body, self.keys)
        return found

    def new_data_folder(self) -> Path:
        """Return a new data folder with a copy of the template's database.

        What the user's system remembers is copied too: to it, another scenario's book would be a
        newer state of the same book.
        """
        self._scenarios += 1
        folder = self.folder / f"scenario{self._scenarios}"
        os.environ[STATE_HOME] = f"{folder}-state"
        shutil.copytree(self.folder / "template-state", os.environ[STATE_HOME])
        shutil.copytree(
            self.folder / "template", folder, ignore=shutil.ignore_patterns("logs", "*.lock")
        )
        return folder

    def reset(self) -> None:
        """Empty the sandbox; orders may share a receipt, so that only the desk prevents it."""
        self.control("reset", {})
        self.control("account", {"features": {"unique_receipt": False}})


class FaultScenario:
    """One desk on one sandbox, as a `with` block.

    Attributes:
        shown_codes: texts of codes that a parent has seen.
        allows_two_payable: the method was changed from an order, which cannot be closed.
        may_hang: whether a call may never return.
        raised: class names of the errors that services raised, in order.
        errors: the errors themselves.
    """

    def __init__(self, env: SandboxEnvironment, *, url: str | None = None) -> None:
        self.env = env
        self.shown_codes: set[str] = set()
        self.raised: list[str] = []
        self.verdict = Verdict()
        self._url = url
        env.reset()
        self.folder = env.new_data_folder()
        self.clock = ScenarioClock(self._move)
        self.opened: OpenDesk = self._open()
        env.on_scenario(self, "open")
        self.errors: list[Exception] = []
        self.may_hang = False
        self.allows_two_payable = False

    def _move(self, seconds: int) -> None:
        self.env.control("clock", {"advance_s": seconds})

    def _open(self) -> OpenDesk:
        url = self._url or self.env.sandbox.url
        opened = open_desk(Options(data_dir=self.folder, gateway_url=url), clock=self.clock)
        if opened.store.refusal is not None:  # the folder is a copy of the template's
            opened.desk.identity.moved()
        return opened

    def restart(self, *, url: str | None = None) -> None:
        """Close the desk and open it again, as a new process would."""
        self.opened.close()
        self._url = url
        self.reopen()

    def reopen(self) -> None:
        """Open a desk on the folder after the last one was closed."""
        self.opened = self._open()
        self.env.on_scenario(self, "open")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.env.network.clear()
        self.env.on_scenario(self, "close")
        self.opened.close()
        shutil.rmtree(self.folder)

    # --- what people do

    def call(self, work: Callable[[], Result]) -> Result | None:
        """Call a service; return None when it raised a known error, which is recorded."""
        try:
            return self._in_time(work)
        except OWN_ERRORS as error:
            self.errors.append(error)
            self.raised.append(type(error).__name__)
        except Exception as error:  # noqa: BLE001 - any other kind is the finding itself
            self.errors.append(error)
            self.raised.append(type(error).__name__)
            self.verdict.record("wrong_class", f"{type(error).__name__}: {error}")
        return None

    def _in_time(self, work: Callable[[], Result]) -> Result | None:
        """Call a service, in a thread with a time limit if it may hang."""
        if not self.may_hang:
            return work()
        box: list[Result] = []
        errors: list[Exception] = []

        def run() -> None:
            try:
                box.append(work())
            except Exception as error:  # noqa: BLE001 - handed to the one who waits
                errors.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(HANG_LIMIT_S)
        if thread.is_alive():
            self.verdict.record("overdue", "a call hangs in name resolution")
            self.env.network.clear()
            thread.join()
        if errors:
            raise errors[0]
        return box[0] if box else None

    def pay(self, text: str, outcome: str = "success", after_s: int = 0) -> Json:
        """Pay a code by phone."""
        body = {"qr": text, "vpa": self.env.vpa, "outcome": outcome, "after_s": after_s}
        return self.env.control("upi/pay", body)

    def can_pay(self, text: str) -> bool:
        """Return whether a phone could still pay a code."""
        return bool(self.env.control("upi/scan", {"qr": text})["payable"])

    def judge(self, *, is_end: bool = False) -> None:
        """Compare what the desk shows with the truth."""
        state = self.env.control("state")
        before = self.verdict.counts["two_payable"]
        judge(self.verdict, self.opened, self.env.sandbox, state, self.shown_codes, is_end=is_end)
        if self.allows_two_payable:
            self.verdict.counts["two_payable"] = before
