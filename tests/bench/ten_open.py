"""Ten open orders started over a minute: time to detection of payments, and its request cost.

On virtual time, with the real use-cases, pacing and budget, measured as by the proof
`confirmation`; creates are counted. The 95th percentile and the busiest minute are counts; requests
per payment are compared with Odoo's schedule on the same payers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.proofs import confirmation_latency
from tests.proofs.proof_desk import temporary_folder

from .figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUPS = 60
SEED = 31


def run() -> Iterator[Figure]:
    """Measure."""
    traces = confirmation_latency.draw_payers(GROUPS, confirmation_latency.OPEN_AT_ONCE, SEED)
    with temporary_folder() as folder:
        ours = confirmation_latency.DeskPolling(folder, SEED).run(traces)
    odoo = confirmation_latency.poll_at_interval(traces, confirmation_latency.ODOO_INTERVAL, SEED)
    yield Figure(
        "ten_open_95th", ours.wait_percentile(95), confirmation_latency.TEN_TARGET_S, unit="s"
    )
    yield Figure(
        "ten_open_busiest_minute", ours.busiest, confirmation_latency.LIMIT, unit=" requests"
    )
    yield Figure("ten_open_refused", ours.refused, 0, unit=" answers 429")
    yield Figure(
        "requests_a_payment",
        ours.requests_per_payment,
        confirmation_latency.REQUESTS_TARGET,
        odoo.requests_per_payment,
        unit=" requests",
    )
