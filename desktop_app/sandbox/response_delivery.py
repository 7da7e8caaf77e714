"""How an answer is to be put on the wire: at once and whole, or badly on purpose.

Faults write it, the transport obeys it. Must not know why.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

ENVIRON_KEY = "pravesh.delivery"


class Ending(Enum):
    """What the client gets."""

    ANSWER = "answer"
    CUT = "cut"  # half of the body, then the end
    CLOSE = "close"  # nothing, then the end
    RESET = "reset"  # nothing, then a TCP reset


@dataclass(slots=True)
class ResponseDelivery:
    """One answer's way. Times are real seconds: a socket cannot wait by the sandbox's clock."""

    ending: Ending = Ending.ANSWER
    wait_s: float = 0.0
    drip_s: float = 0.0
