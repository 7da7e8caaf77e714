"""Random days at the desk: after any events in any order, books and gateway agree.

The rules and invariants are those of `python -m tests.proofs machine`; here each run explores new
days (in CI always the same ones).
"""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proofs.state_machine_rules import DeskStateMachine


@pytest.mark.timeout(170)
def test_whatever_happens_books_and_gateway_agree() -> None:
    try:
        run_state_machine_as_test(
            DeskStateMachine,
            settings=settings(
                settings.get_profile("ci"), max_examples=10, stateful_step_count=40, deadline=None
            ),
        )
    finally:
        DeskStateMachine.close_desk()
