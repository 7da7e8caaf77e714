"""Records with a constructor that writes their slots: they behave as dataclasses do."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.compiled import (
    compiled,
    json_object,
    json_writer,
    quickly_made,
    quoted,
)
from desktop_app.services.ports import records


@quickly_made
@dataclass(frozen=True, slots=True)
class Quick:
    """A record made quickly."""

    uid: str
    count: int = 2
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plain:
    """The same record, as dataclasses make it."""

    uid: str
    count: int = 2
    words: tuple[str, ...] = ()


@pytest.mark.parametrize("kind", [Quick, Plain])
def test_a_record_is_made_by_place_or_name_and_does_not_change(kind: type[Plain]) -> None:
    made = kind("u1", words=("one",))
    assert (made.uid, made.count, made.words) == ("u1", 2, ("one",))
    assert made == kind(uid="u1", count=2, words=("one",))
    assert hash(made) == hash(kind("u1", 2, ("one",)))
    assert replace(made, count=3) == kind("u1", 3, ("one",)) != made
    assert copy.copy(made) == pickle.loads(pickle.dumps(made)) == made  # noqa: S301
    assert repr(made) == f"{kind.__name__}(uid='u1', count=2, words=('one',))"
    with pytest.raises(FrozenInstanceError):
        made.count = 4  # type: ignore[misc]
    with pytest.raises(TypeError):
        kind()  # type: ignore[call-arg]


def test_a_field_with_a_factory_or_without_a_slot_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Listed:
        names: list[str] = field(default_factory=list)

    @dataclass(frozen=True)
    class Unslotted:
        uid: str

    for kind in (Listed, Unslotted):
        with pytest.raises(TypeError, match=kind.__name__):
            quickly_made(kind)


def test_the_rows_of_a_payment_are_made_quickly() -> None:
    values = [object() for _ in fields(records.PaymentRecord)]
    made = records.PaymentRecord(*values)  # type: ignore[arg-type]
    assert [getattr(made, each.name) for each in fields(made)] == values


def test_a_function_knows_what_it_is_given() -> None:
    assert compiled(["a", "b=base"], ["c = a + b", "return c * 2"], base=3)(1) == 8


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=12,
)


@given(JSON, st.booleans(), st.sampled_from([(",", ":"), (", ", ": ")]))
def test_a_writer_of_json_writes_what_the_module_writes(
    value: object, sort_keys: bool, separators: tuple[str, str]
) -> None:
    write = json_writer(separators=separators, sort_keys=sort_keys)
    assert write(value) == json.dumps(
        value, ensure_ascii=False, separators=separators, sort_keys=sort_keys
    )


@given(st.text(), st.integers())
def test_an_object_is_written_with_its_members_in_their_order(text: str, number: int) -> None:
    write = json_object("name", "count")
    written = write(count=str(number), name=quoted(text))
    assert written == json.dumps({"name": text, "count": number}, ensure_ascii=False)
