"""Desks to measure: a data folder each, the sandbox in a separate process, keys for both."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_app.bootstrap import Options, open_desk
from desktop_app.domain.courses import make_course
from desktop_app.domain.money import Money
from desktop_app.domain.students import make_student
from tests.proofs.sandbox_http import SandboxHttp

from . import population

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from desktop_app.bootstrap import OpenDesk

UNREACHABLE = "http://127.0.0.1:9"
"""A gateway that is never called."""

FEE = Money(1_180_000)
COURSE = "PHY-11"


def set_keys(key_id: str = "rzp_test_benchbenchbench", secret: str = "bench") -> None:  # noqa: S107
    """Set a pair of keys for this process and its children."""
    os.environ["RAZORPAY_KEY_ID"] = key_id
    os.environ["RAZORPAY_KEY_SECRET"] = secret


@contextmanager
def folder() -> Iterator[Path]:
    """Yield a temporary data folder."""
    with tempfile.TemporaryDirectory(prefix="pravesh-bench-") as made:
        yield Path(made, "data")


@contextmanager
def opened(data_dir: Path, gateway_url: str = UNREACHABLE) -> Iterator[OpenDesk]:
    """Yield an open desk without a window."""
    if gateway_url == UNREACHABLE:
        set_keys()
    desk = open_desk(Options(data_dir=data_dir, gateway_url=gateway_url))
    try:
        yield desk
    finally:
        desk.close()


def fill(desk: OpenDesk, count: int, courses: int = 1) -> tuple[list[str], list[str]]:
    """Add students and courses as the desk does; return their uids."""
    now, new = desk.context.now(), desk.context.ids.new
    student_uids = [new() for _ in range(count)]
    course_uids = [new() for _ in range(courses)]
    with desk.store.writing() as work:
        for key, value in (("centre.name", "Bench Classes"), ("centre.gstin", "29ABCDE1234F1ZW")):
            work.put_setting(key, value)
        for uid, row in zip(student_uids, population.students(count), strict=True):
            work.students.add(uid, make_student(**_named(row)), now)
        for number, uid in enumerate(course_uids):
            code = f"PHY-{number + 11}"
            made = make_course(code=code, title=f"Physics {number + 11}", fee=FEE, gst_bp=1800)
            work.courses.add(uid, made, now)
        work.commit()
    return student_uids, course_uids


def _named(row: population.Row) -> dict[str, Any]:
    names = "roll_no name phone email guardian_name guardian_phone date_of_birth state".split()
    return dict(zip(names, row, strict=True))


class Sandbox:
    """`pravesh sandbox` in a separate process, as a context manager; its keys are set.

    Args:
        options: the command's.
    """

    def __init__(self, *options: str) -> None:
        self._options = options

    def __enter__(self) -> Sandbox:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _start(self, *more: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "desktop_app", "sandbox", *self._options, *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        if self._process.stdout is None:
            raise RuntimeError("the sandbox says nothing")
        said = json.loads(self._process.stdout.readline())
        self.url: str = said["url"]
        set_keys(said["key_id"], said["key_secret"])

    def _stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """Stop it for a while; it comes back at the same address, with its state file's memory."""
        self._stop()
        yield
        self._start("--port", self.url.rpartition(":")[2])

    def control(self, path: str, body: Mapping[str, object] | None = None) -> Any:
        """Send a command to the control API."""
        return SandboxHttp(self.url).control(path, body)

    def pay(self, text: str) -> None:
        """Pay a QR as a phone would."""
        pay(self.url, text)


def pay(url: str, text: str) -> None:
    """Pay a QR at the sandbox of an address, as a phone would."""
    paid = {"qr": text, "vpa": "parent@okaxis", "outcome": "success"}
    SandboxHttp(url).control("upi/pay", paid)
