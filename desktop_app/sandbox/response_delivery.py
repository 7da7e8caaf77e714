"""Delivery of answers: at once and whole, or badly on purpose.

The faults set it, the transport follows it. Must not know why.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ENVIRON_KEY = "pravesh.delivery"
FAULT_KEY = "pravesh.fault"


class Ending(Enum):
    """The end of an answer, as the client sees it."""

    ANSWER = "answer"
    CUT = "cut"  # half of the body, then the end
    CLOSE = "close"  # nothing, then the end
    RESET = "reset"  # nothing, then a TCP reset


@dataclass(slots=True)
class ResponseDelivery:
    """Delivery of one answer. Times are real seconds: sockets ignore the sandbox's clock.

    Attributes:
        now: the clock of the `Date` header, if it is not the server's.
    """

    ending: Ending = Ending.ANSWER
    wait_s: float = 0.0
    drip_s: float = 0.0
    now: Callable[[], int] | None = None
