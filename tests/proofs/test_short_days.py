"""Short forms of the proofs on virtual time and of the random days: they hold, controls fail."""

from __future__ import annotations

import importlib

import pytest

from desktop_app.domain.payment import Method
from tests.proofs.__main__ import PROOFS
from tests.proofs.state_machine_rules import DeskStateMachine


@pytest.mark.timeout(170)
@pytest.mark.parametrize(
    "name",
    [
        "shuffle", "late", "simulation", "machine", "confirmation", "poison", "liveness",
        "second_debit", "tax", "carts", "interleavings",
    ],
)  # fmt: skip
def test_the_short_form_holds_and_its_control_shows_what_it_should(name: str) -> None:
    module = importlib.import_module(f"tests.proofs.{PROOFS[name]}")
    figures = list(module.prove(long=False))
    assert figures
    assert not [str(each) for each in figures if not each.passed]


def test_two_late_payments_of_one_order_are_seen_in_one_pass() -> None:
    """Steps that random days found: the second is captured only when the first is recorded."""
    day = DeskStateMachine()
    day.open(unique=False, auto_capture=False)
    for sells in ("other", "no"):
        day.fail_end_and_capture_late(course=0, method=Method.UPI_INTENT, sells=sells, student=0)
    day.refund(is_lost=False, part=None, pends=False, twice=False, which=0)
    day.teardown()
