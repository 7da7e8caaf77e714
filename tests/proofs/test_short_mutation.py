"""Whether the tool of `mutation` does what it says; its short form is in `test_short_storage`."""

from __future__ import annotations

import ast
import importlib

import pytest

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Placement, place
from desktop_app.domain.refund import refundable
from desktop_app.storage.payments import refund_repository

from . import mutants
from .mutation_patch import NotAppliedError, applied, functions
from .mutations import DEFECTS, MUTATIONS


def test_a_seed_draws_the_same_mutants_again_and_another_one_others() -> None:
    first, known = mutants.draw(7, 15)
    assert [str(each) for each in mutants.draw(7, 15)[0]] == [str(each) for each in first]
    assert [str(each) for each in mutants.draw(8, 15)[0]] != [str(each) for each in first]
    assert len({str(each) for each in first}) == 15
    assert known > 2_000
    assert all(each.before != each.after and each.first_line for each in first)


def test_a_function_is_mutated_wherever_it_was_imported_and_restored() -> None:
    with MUTATIONS["surplus_booked_as_fee"]():
        assert place(is_returned=False, is_due_open=False, has_seat=True) is Placement.APPLIED
    assert place(is_returned=False, is_due_open=False, has_seat=True) is Placement.SURPLUS


def test_each_named_defect_can_still_be_made() -> None:
    defects = {name: edit.mutant() for name, edit in DEFECTS.items()}
    for mutant in defects.values():
        importlib.import_module(mutant.module)
    known, lost = functions(), []
    for name, mutant in defects.items():
        try:
            with applied(mutant, known):
                pass
        except NotAppliedError:
            lost.append(name)
    assert not lost


def test_a_value_is_mutated_and_restored() -> None:
    before = refund_repository._REFUNDED
    with MUTATIONS["pending_refunds_ignored"]():
        assert "IN ('processed')" in refund_repository._REFUNDED
    assert refund_repository._REFUNDED is before


def test_an_error_takes_the_mutant_out_again() -> None:
    mutant = mutants.edited("desktop_app/domain/refund.py", "max(0, captured", "min(0, captured")
    with pytest.raises(ZeroDivisionError):
        with applied(mutant):
            assert refundable(Money(5), Money(2)) == Money(0)
            raise ZeroDivisionError
    assert refundable(Money(5), Money(2)) == Money(3)


def test_what_changes_nothing_is_no_mutant() -> None:
    same = mutants.edited("desktop_app/domain/refund.py", "max(0, captured", "max( 0, captured")
    with pytest.raises(NotAppliedError):
        with applied(same):
            pass


def test_a_line_that_moved_is_said() -> None:
    with pytest.raises(ValueError, match="0 times"):
        mutants.edited("desktop_app/domain/refund.py", "no such line", "")


SAMPLE = '''
"""A docstring with = and AND."""
import logging
from x import y
log = logging.getLogger("x")
LIMIT: int = 5
SQL = "SELECT 1 FROM a WHERE x = 1 AND y IN ('a','b')"
def f(a: int = 1) -> None:
    """Another."""
    log.info("%s", a == 1)
    if a < LIMIT and not a:
        raise WordsError(f"{a + 1} is wrong")
    self.count = a - 1
    notify(RefundState.FAILED)
    return max(a, 2)
'''


def test_what_is_changed_and_what_is_left_alone() -> None:
    """Logs, docstrings, annotations, defaults and the words of errors are left alone."""
    made = [
        (ast.unparse(site.node), ast.unparse(new))
        for site, new in mutants.changes(ast.parse(SAMPLE))
    ]
    select = "SELECT 1 FROM a WHERE x = 1 AND y IN ('a','b')"
    assert [(old, new) for old, new in made if "\n" not in old] == [
        ("5", "6"),
        (repr(select), repr(select.replace("=", "!="))),
        (repr(select), repr(select.replace("IN", "NOT IN"))),
        (repr(select), repr(select.replace("AND", "OR"))),
        (repr(select), repr(select.replace(",'b'", ""))),
        ("a < LIMIT and (not a)", "a < LIMIT or not a"),
        ("a < LIMIT and (not a)", "not a"),
        ("a < LIMIT and (not a)", "a < LIMIT"),
        ("a < LIMIT", "a <= LIMIT"),
        ("a < LIMIT", "a >= LIMIT"),
        ("not a", "a"),
        ("self.count = a - 1", "pass"),
        ("a - 1", "a + 1"),
        ("1", "2"),
        ("notify(RefundState.FAILED)", "pass"),
        ("RefundState.FAILED", "RefundState.REJECTED"),
        ("return max(a, 2)", "return None"),
        ("max", "min"),
        ("2", "3"),
    ]
    guards = [new.split("\n")[0] for old, new in made if "\n" in old]
    assert guards == ["if False:", "if not (a < LIMIT and (not a)):"]
