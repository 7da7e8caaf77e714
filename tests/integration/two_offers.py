"""Processes that offer bills of the same dues at the same moment, each on its own connection."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_app.domain.errors import AlreadyEnrolledError
from desktop_app.domain.payment import Method
from desktop_app.services.errors import DueClosedError, DueCoveredError
from desktop_app.services.views.bills import Cart, CartLine
from tests.clock import TestClock
from tests.fake_gateway import FakeGateway
from tests.proofs.proof_desk import open_services

if TYPE_CHECKING:
    from collections.abc import Callable


def offering(task: dict[str, Any]) -> Callable[[], str]:
    """Open a desk; return what offers a bill there, closes it, and names the result."""
    desk = open_services(Path(task["folder"]), FakeGateway(TestClock()), TestClock())
    lines = tuple(CartLine(student, due_uid=due) for student, due in task["lines"])

    def offer() -> str:
        try:
            return f"offered {desk.carts.offer(Cart(lines), Method(task['method'])).bill.number}"
        except (DueCoveredError, DueClosedError, AlreadyEnrolledError) as error:
            return type(error).__name__
        finally:
            desk.close()

    return offer


def main(tasks: list[dict[str, Any]]) -> None:
    """Do each task after a line was read, and print its result."""
    for task in tasks:
        offer = offering(task)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        sys.stdout.write(f"{offer()}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
