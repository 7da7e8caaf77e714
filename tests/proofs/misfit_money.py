"""No captured paisa on a reference of this book is in no list.

Random histories of codes on every channel that are really paid with other amounts: with a fee on
top, less an offer, in halves and odd parts, in dollars; links whose rest follows; with stale reads,
lost answers and kills. At all times each booked payment is what the gateway captured; in the end,
what was captured is what payments pay and what waits in the inbox, and no attempt is left live.

The control treats another amount as a doubt and looks again, as earlier versions did.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from unittest.mock import patch

from desktop_app.domain.payment import observe
from desktop_app.services.payments import status_check

from .history_runs import Histories, figures, run
from .misfit_histories import KINDS, MisfitHistory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop_app.domain.payment import Attempt, GatewaySnapshot, Observation

    from .report_figures import Figure

SHORT_HISTORIES, LONG_HISTORIES = 44, 2_000
SHORT_CONTROL, LONG_CONTROL = 4, 10
SEED = 20_261_130
SHORT_SEED = SEED + 69
"""The first of histories in which each kind of event comes soon."""


def doubt_other_amounts(attempt: Attempt, snapshot: GatewaySnapshot) -> Observation:
    """Conclude from a payment of another amount only that another look is needed."""
    found = observe(attempt, snapshot)
    if not found.misfits:
        return found
    return replace(found, misfits=(), problem=f"{found.misfits[0].amount_paise} paise instead")


def run_control(seed: int, number: int) -> Histories:
    """Run histories of a desk that doubts other amounts."""
    with patch.object(status_check, "observe", doubt_other_amounts):
        return run(MisfitHistory, seed, number)


def prove(*, long: bool) -> Iterable[Figure]:
    """Run the histories, and the control on the first of them."""
    if long:
        ours = run(MisfitHistory, SEED, LONG_HISTORIES)
    else:
        ours = run(MisfitHistory, SHORT_SEED, SHORT_HISTORIES, until=KINDS)
    control = run_control(SEED, LONG_CONTROL if long else SHORT_CONTROL)
    return figures("misfit", ours, control, defect="other amounts are doubted", kinds=KINDS)
