"""No captured paisa on a reference of this book is in no list.

Random histories of codes on every channel that are really paid with other amounts: with a fee on
top, less an offer, in halves and odd parts, in dollars; links whose rest follows; with stale reads,
lost answers and kills. At all times each booked payment is what the gateway captured; in the end,
what was captured is what payments pay and what waits in the inbox, and no attempt is left live.

The control treats another amount as a doubt and looks again, as earlier versions did.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING
from unittest.mock import patch

from desktop_app.domain.payment import observe
from desktop_app.services.payments import status_check

from .misfit_histories import KINDS, MisfitHistory
from .proof_desk import temporary_folder
from .refund_histories import RefundDesk
from .report_figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop_app.domain.payment import Attempt, GatewaySnapshot, Observation

SHORT_HISTORIES, LONG_HISTORIES = 60, 2_000
CONTROL_HISTORIES = 16
SEED = 20_261_130


def doubt_other_amounts(attempt: Attempt, snapshot: GatewaySnapshot) -> Observation:
    """Conclude from a payment of another amount only that another look is needed."""
    found = observe(attempt, snapshot)
    if not found.misfits:
        return found
    return replace(found, misfits=(), problem=f"{found.misfits[0].amount_paise} paise instead")


def run(seed: int, number: int) -> tuple[Counter[str], list[str]]:
    """Run histories; return how often each kind of thing happened, and what is wrong."""
    happened: Counter[str] = Counter()
    wrong: list[str] = []
    with temporary_folder() as folder:
        desk = RefundDesk(folder)
        try:
            for each in range(number):
                history = MisfitHistory(desk, random.Random(seed + each))
                found = history.run()
                happened += history.happened
                wrong += [f"history {seed + each}: {found}"] if found else []
        finally:
            desk.close()
    return happened, wrong


def run_control(seed: int, number: int) -> list[str]:
    """Run histories of a desk that doubts other amounts; return what is wrong with them."""
    with patch.object(status_check, "observe", doubt_other_amounts):
        return run(seed, number)[1]


def prove(*, long: bool) -> Iterable[Figure]:
    """Run the histories, and the control on the first of them."""
    number = LONG_HISTORIES if long else SHORT_HISTORIES
    happened, wrong = run(SEED, number)
    control = run_control(SEED, CONTROL_HISTORIES)
    yield Figure(
        "misfit.wrong",
        f"{len(wrong)} of {number:,} histories{f': {wrong[0]}' if wrong else ''}",
        "0",
        holds=not wrong,
        control=f"{len(control)} of {CONTROL_HISTORIES} where other amounts are doubted",
        control_holds=len(control) > CONTROL_HISTORIES // 4,
    )
    yield Figure(
        "misfit.covered",
        ", ".join(f"{name} {happened[name]:,}" for name in KINDS),
        "each",
        holds=all(happened[name] for name in KINDS),
    )
