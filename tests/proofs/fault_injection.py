"""Injects faults of the catalogue: at the sandbox, or in the network of this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.proofs.fault_catalogue import NETWORK_KINDS, TIMEOUT_KINDS
from tests.proofs.network_faults import STALL_S

if TYPE_CHECKING:
    from tests.proofs.fault_scenario import SandboxEnvironment
    from tests.proofs.fault_verdict import Verdict


def inject(
    env: SandboxEnvironment, kind: str, method: str, path: str, *, times: int = 1, skip: int = 0,
    silence_s: float = STALL_S,
) -> None:  # fmt: skip
    """Fail the next calls of a method and path.

    Args:
        env: where they are made.
        kind: one of `fault_catalogue`.
        method: GET or POST.
        path: `*` matches one segment.
        times: how many calls fail.
        skip: how many calls pass first.
        silence_s: seconds for which a silent DNS resolver blocks.
    """
    env.network.silence_s = silence_s
    if kind in NETWORK_KINDS:
        env.network.arm(kind, method, path, times=times, skip=skip)
        return
    body = {"method": method, "path": path, "kind": kind, "times": times, "skip": skip}
    waits = {"delay_s": STALL_S} if kind in TIMEOUT_KINDS else {}
    env.control("faults", body | waits)


def remove_faults(env: SandboxEnvironment) -> None:
    """Remove every fault from the sandbox and the network."""
    env.control("faults", method="DELETE")
    env.network.clear()


def record_overdue_calls(env: SandboxEnvironment, verdict: Verdict) -> None:
    """Record the calls that exceeded their deadline, and forget them."""
    for call in env.network.overdue:
        verdict.record("overdue", call)
    env.network.overdue.clear()
