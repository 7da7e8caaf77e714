"""Short forms of `faults` and `leaks`: a cell or two of each row, in every run of the suite."""

from __future__ import annotations

import gc

import pytest

from tests.proofs import fault_matrix, leak_search, tls_faults


@pytest.mark.timeout(180)
@pytest.mark.skipif(not tls_faults.has_openssl(), reason="certificates are made with openssl")
def test_no_bad_day_makes_false_lost_or_double_money() -> None:
    figures = list(fault_matrix.prove(long=False))
    gc.collect()
    assert [str(each) for each in figures if not each.passed] == []


@pytest.mark.timeout(180)
def test_no_key_phone_or_address_leaks() -> None:
    figures = list(leak_search.prove(long=False))
    gc.collect()
    assert [str(each) for each in figures if not each.passed] == []
