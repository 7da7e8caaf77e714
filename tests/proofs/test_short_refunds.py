"""The short form of `refunds`, in every run of the suite."""

from __future__ import annotations

import pytest

from tests.proofs import refund_ends


@pytest.mark.timeout(180)
def test_every_refund_ends_where_the_gateway_ends_it() -> None:
    assert [str(each) for each in refund_ends.prove(long=False) if not each.passed] == []
