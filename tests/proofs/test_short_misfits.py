"""The short form of `misfit`, in every run of the suite."""

from __future__ import annotations

import pytest

from tests.proofs import misfit_money


@pytest.mark.timeout(180)
def test_every_captured_paisa_is_in_a_list() -> None:
    assert [str(each) for each in misfit_money.prove(long=False) if not each.passed] == []
