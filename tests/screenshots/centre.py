"""`python -m tests.screenshots.centre DIR [DAYS]`: a coaching centre after three months.

What happened there was done by the desk's own services against the sandbox, with both clocks put
back; the same seed makes the same people, fees and instants. Nothing is written past the services.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.bootstrap import Options, open_desk
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.domain.receipt import IST
from desktop_app.sandbox.account import MerchantAccount
from desktop_app.sandbox.lifecycle import FAILING_REFUND_PAISE
from desktop_app.sandbox.state_file import FORMAT, MARK
from desktop_app.services.maintenance.demo_data import CENTRE, COURSES
from tests.bench.desks import Sandbox
from tests.proofs.sandbox_http import SandboxHttp
from tests.screenshots import roster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desktop_app.bootstrap import OpenDesk
    from desktop_app.services.views.payments import AttemptView

    Act = Callable[[], object]

SEED = 12
DAYS = 90
KEYS = ("rzp_test_CentreAtKota12", "SecretOfTheCentreAtKota1")
DAY_S = 86_400
MINUTE_S = 60
SUNDAY = 6
HALF = 0.5
RECONCILED_EACH = 5
FREE = range(6, 193)
"""Roll numbers whose past is made here.

Those below are served in the pictures, and those above have plans from the practice sample.
"""

METHODS = (Method.UPI_INTENT,) * 4 + (Method.CASH,) * 4 + (Method.PAYMENT_LINK,)
SETTINGS = {
    **CENTRE,
    "gateway.requests_per_minute": "600",
    "setup.done": "yes",
}


@dataclass(frozen=True)
class Home:
    """The folders of one centre: the desk's, what the user's system remembers, the sandbox's file.

    They are copied and moved together, else the desk notices that its book was copied.
    """

    folder: Path

    @property
    def desk(self) -> Path:
        return self.folder / "desk"

    @contextmanager
    def sandbox(self) -> Iterator[Sandbox]:
        """Run this centre's Razorpay in a separate process, with this centre's memory."""
        os.environ["XDG_STATE_HOME"] = str(self.folder / "state")
        keys = ("--key-id", KEYS[0], "--key-secret", KEYS[1])
        with Sandbox("--state-file", str(self.folder / "sandbox.json"), *keys) as running:
            yield running


class PastClock:
    """The port `Clock`: this machine's time, put back, and the sandbox's clock along with it."""

    def __init__(self, back_s: int) -> None:
        self.back_s = back_s
        self.sandbox: Sandbox | None = None

    def now(self) -> datetime:
        return datetime.now(UTC) - timedelta(seconds=self.back_s)

    def monotonic(self) -> float:
        return time.monotonic() - self.back_s

    def sleep(self, seconds: float) -> None:
        self.go_on(int(seconds) + 1)

    def go_on(self, seconds: int) -> None:
        """Pass a number of seconds, at most up to this machine's time."""
        seconds = max(0, min(seconds, self.back_s))
        self.back_s -= seconds
        if self.sandbox is not None and seconds:
            self.sandbox.control("clock", {"advance_s": seconds})

    def go_to(self, instant: datetime) -> None:
        self.go_on(int((instant - self.now()).total_seconds()))


class History:
    """Three months at the desk."""

    def __init__(self, opened: OpenDesk, clock: PastClock, sandbox: Sandbox, seed: int) -> None:
        self.desk, self.clock, self.sandbox = opened.desk, clock, sandbox
        self.rng = random.Random(seed)
        self._api = SandboxHttp(sandbox.url)
        self._codes: dict[str, str] = {}
        self._students: dict[str, str] = {}

    def enter(self, folder: Path) -> None:
        """Import students and courses, and set the centre up."""
        for key, value in SETTINGS.items():
            self.desk.settings.put(key, value)
        students, courses = roster.write(folder, self.rng)
        for done in (self.desk.imports.students(students), self.desk.imports.courses(courses)):
            assert not done.problems, done.problems
        self._codes = {each.course.code: each.uid for each in self.desk.courses.search("", 50)}

    # --- one fee

    def begin(self, roll: int, code: str, method: Method) -> AttemptView:
        """Show the code of a fee; cash is paid at once."""
        student = self.desk.students.find(f"R{roll:03d}").uid
        view = self.desk.payments.begin(student, self._codes[code], method)
        return view if method is Method.CASH else self.desk.payments.open(view.uid)

    def pay(self, view: AttemptView, outcome: str = "success") -> None:
        """Pay as the parent, and have it seen."""
        vpa = f"{view.student_name.split()[0].lower()}@okaxis"
        vpa = vpa if vpa.isascii() else "parent@ybl"
        self.sandbox.control("upi/pay", {"qr": view.qr_text, "vpa": vpa, "outcome": outcome})
        self.clock.go_on(self.rng.randint(4, 90))
        self.desk.polling.run(asked=True)

    def fee(self, roll: int, code: str, method: Method) -> AttemptView:
        """Collect a whole fee."""
        view = self.begin(roll, code, method)
        if method is not Method.CASH:
            self.clock.go_on(self.rng.randint(10, 200))
            self.pay(view)
        return self.desk.payments.view(view.uid)

    def part(self, roll: int, code: str, share: int, method: Method) -> None:
        """Collect a part of a fee, one of `share`; the rest stays due."""
        student = self.desk.students.find(f"R{roll:03d}").uid
        due = self.desk.enrolments.enrol(student, self._codes[code]).dues[0]
        view = self.desk.payments.begin_dues({due.uid: Money(due.balance.paise // share)}, method)
        if method is not Method.CASH:
            self.pay(self.desk.payments.open(view.uid))

    def refund(self, view: AttemptView, paise: int | None, reason: str) -> None:
        """Send the money of a fee back."""
        payment = view.payment_id or ""
        self.desk.refunds.refund(payment, None if paise is None else Money(paise), reason)

    def other_amount(self, roll: int, code: str, paise: int) -> None:
        """Receive a part by a link that was changed at Razorpay, past the desk."""
        view = self.begin(roll, code, Method.PAYMENT_LINK)
        state = self.sandbox.control("state")
        link = next(each["id"] for each in state["payment_links"] if each["_qr"] == view.qr_text)
        self._api.api(f"payment_links/{link}", {"accept_partial": True}, KEYS, "PATCH")
        self.sandbox.control("upi/pay", {"qr": view.qr_text, "vpa": "p@okaxis", "amount": paise})
        self.desk.polling.reconcile()

    # --- what happened

    def tell(self, days: int) -> None:
        """Play every working day to this minute; close each with a look at everything watched.

        What a certain day brought it brought on a Sunday too: a picture shows it.
        """
        end = self.clock.now() + timedelta(seconds=self.clock.back_s)
        rolls = list(FREE)
        self.rng.shuffle(rolls)
        self._people = cycle(rolls)
        for back in range(days, 0, -1):
            day = end - timedelta(days=back)
            is_closed = day.weekday() == SUNDAY
            special = self._special.get(back, [])
            if is_closed and not special:
                continue
            self._play(day, end, special if is_closed else self._ordinary(back) + special)
            if back % RECONCILED_EACH == 1:
                self.desk.polling.reconcile()
                self.desk.refunds.follow()
        midnight = end.astimezone(IST).replace(hour=0, minute=0)
        start = max(end - timedelta(hours=5), midnight)
        self._play(start, end - timedelta(minutes=4), self._today())
        self.clock.go_on(self.clock.back_s)
        self.desk.polling.reconcile()

    def _play(self, start: datetime, end: datetime, acts: list[Act]) -> None:
        """Do things one after another in the hours after a start."""
        step = min((end - start) / (len(acts) + 1), timedelta(minutes=100))
        for at, act in enumerate(acts, 1):
            self.clock.go_to(start + at * step + timedelta(seconds=self.rng.randint(0, 59)))
            act()

    def _ordinary(self, back: int) -> list[Act]:
        """Return what an ordinary day brings."""
        acts: list[Act] = [self._someone for _ in range(self.rng.choice((1, 1, 2, 2, 3)))]
        if back % 9 == 0:
            acts.append(self._given_up)
        if back % 11 == 0:
            acts.append(self._in_parts)
        if back % 13 == 0:
            acts.append(self._enrolled_only)
        return acts

    def _someone(self) -> None:
        self.fee(next(self._people), self._course(), self.rng.choice(METHODS))

    def _in_parts(self) -> None:
        self.part(next(self._people), self._course(), 2, self.rng.choice(METHODS))

    def _enrolled_only(self) -> None:
        student = self.desk.students.find(f"R{next(self._people):03d}").uid
        self.desk.enrolments.enrol(student, self._codes[self._course()])

    def _given_up(self) -> None:
        view = self.begin(next(self._people), self._course(), Method.UPI_INTENT)
        self.clock.go_on(15 * MINUTE_S)
        end = self.desk.payments.cancel if self.rng.random() < HALF else self.desk.payments.expire
        end(view.uid)

    def _late(self) -> None:
        view = self.begin(next(self._people), self._course(), Method.UPI_INTENT)
        self.clock.go_on(16 * MINUTE_S)
        self.desk.payments.expire(view.uid)
        self.clock.go_on(40 * MINUTE_S)
        self.pay(view)
        self.desk.polling.reconcile()

    def _refunded(self, paise: int | None, reason: str) -> None:
        self.refund(self.fee(next(self._people), self._course(), Method.UPI_INTENT), paise, reason)

    def _no_seat(self) -> None:
        """Fill a course of three seats while a fourth parent has a code, who pays it late."""
        slow = self.begin(next(self._people), "NTSE-10", Method.UPI_INTENT)
        self.desk.payments.expire(slow.uid)
        for _ in range(3):
            self.fee(next(self._people), "NTSE-10", Method.CASH)
        self.pay(slow)
        self.desk.polling.reconcile()

    def _twice(self) -> None:
        """Receive the money of a cancelled code after the fee was paid in cash."""
        roll, code = next(self._people), self._course()
        view = self.begin(roll, code, Method.UPI_INTENT)
        self.desk.payments.cancel(view.uid)
        self.fee(roll, code, Method.CASH)
        self.pay(view)
        self.desk.polling.reconcile()

    def _misfit(self) -> None:
        self.other_amount(next(self._people), "CHE-12", 5_000_00)

    def _disputed(self) -> None:
        view = self.fee(next(self._people), self._course(), Method.UPI_INTENT)
        self.sandbox.control("disputes", {"payment_id": view.payment_id})
        self.desk.disputes.notice()

    def _course(self) -> str:
        return self.rng.choice([each[0] for each in COURSES if each[0] != "NTSE-10"])

    @property
    def _special(self) -> dict[int, list[Act]]:
        return {
            70: [partial(self._refunded, None, "Moved to Jaipur")],
            41: [partial(self._refunded, 2_000_00, "Sibling concession given later")],
            33: [self._late],
            12: [self._late],
            4: [partial(self._refunded, FAILING_REFUND_PAISE, "Test fee charged twice")],
            3: [self._disputed],
            2: [self._no_seat, self._twice, self._misfit],
        }

    def _today(self) -> list[Act]:
        """Return what this morning brought: a queue, late money, a refund on its way."""
        return [
            *[self._someone] * 6,
            self._given_up,
            self._in_parts,
            *[self._someone] * 3,
            partial(self.fee, 1, "CHE-11", Method.UPI_INTENT),
            partial(self._refunded, None, "Chose the evening batch"),
            self._someone,
        ]


def make(home: Home, *, seed: int = SEED, days: int = DAYS, training: bool = True) -> None:
    """Make a centre in an empty folder; in none days it has students and courses only."""
    home.folder.mkdir(parents=True, exist_ok=True)
    back_s = days * DAY_S + DAY_S // 2
    _put_sandbox_back(home.folder / "sandbox.json", seed, back_s)
    clock = PastClock(back_s)
    with home.sandbox() as sandbox:
        options = Options(training=training, data_dir=home.desk, gateway_url=sandbox.url)
        opened = open_desk(options, clock=clock)
        try:
            clock.sandbox = sandbox
            history = History(opened, clock, sandbox, seed)
            history.enter(home.folder)
            if days:
                history.tell(days)
        finally:
            opened.close()


def _put_sandbox_back(path: Path, seed: int, back_s: int) -> None:
    """Write the memory of a new sandbox whose clock is behind: its control plane only advances."""
    keys = {"key_id": KEYS[0], "key_secret": KEYS[1]}
    meta = {
        "seed": str(seed), "ids": 0, "clock": -back_s, "account": asdict(MerchantAccount()),
        "webhooks": [],
    }  # fmt: skip
    lines = ({MARK: FORMAT, **keys}, {"meta": meta})
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots.centre", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("days", type=int, nargs="?", default=DAYS, metavar="DAYS")
    given = parser.parse_args()
    make(Home(given.folder.resolve()), days=given.days)
