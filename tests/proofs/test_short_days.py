"""Short forms of the proofs on virtual time and of the random days: they hold, controls fail."""

from __future__ import annotations

import importlib

import pytest

from tests.proofs.__main__ import PROOFS


@pytest.mark.timeout(170)
@pytest.mark.parametrize(
    "name",
    [
        "shuffle", "late", "simulation", "machine", "confirmation", "poison", "liveness",
        "second_debit",
    ],
)  # fmt: skip
def test_the_short_form_holds_and_its_control_shows_what_it_should(name: str) -> None:
    module = importlib.import_module(f"tests.proofs.{PROOFS[name]}")
    figures = list(module.prove(long=False))
    assert figures
    assert not [str(each) for each in figures if not each.passed]
