"""Shapes of all answers, checked against the schemas of this repository."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from .schema_check import SCHEMAS, shape_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

# Objects without an `entity` field, by a key that only they have.
BY_KEY = {
    "entity_id": "recon_row",
    "short_url": "payment_link",
    "tax_group_id": "item",
    "link": "intent",
    "next": "intent_json",
    "customer_name": "vpa",
    "document_ids": "other_evidence",
    "success": "success",
}
TOLD = {
    "payment": "payment_event",
    "payment_link": "payment_link_event",
    "invoice": "invoice_event",
    "payment.downtime": "downtime_event",
}


def kind_of(value: dict[str, Any]) -> str:
    if "entity" in value:
        return str(value["entity"]).replace("payment.downtime", "downtime")
    return next((name for key, name in BY_KEY.items() if key in value), "?")


def all_shape_errors(value: Any, path: str) -> Iterator[tuple[str, list[str]]]:
    """Yield an answer's objects with the schema errors of each."""
    if isinstance(value, list):
        for item in value:
            yield from all_shape_errors(item, f"{path}[]")
    elif "error" in value:
        yield "error", list(shape_errors("error", value["error"], path))
    elif "payment_links" in value:
        yield from all_shape_errors(value["payment_links"], path)
    elif value.get("entity") == "collection":
        yield from all_shape_errors(value["items"], path)
    elif value.get("entity") == "event":
        yield "event", list(shape_errors("event", value, path))
        yield from event_shape_errors(value, path)
    else:
        yield kind_of(value), list(shape_errors(kind_of(value), value, path))


def event_shape_errors(event: dict[str, Any], path: str) -> Iterator[tuple[str, list[str]]]:
    assert sorted(event["contains"]) == sorted(event["payload"])
    for name, part in event["payload"].items():
        kind = TOLD.get(name, name)
        if name == "order" and event["event"].startswith("payment_link."):
            kind = "order_record"
        yield kind, list(shape_errors(kind, part["entity"], f"{path}.{name}"))


def test_every_answer_has_the_shape_that_is_written_down(answers: dict[str, Any]) -> None:
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    for name, answer in answers.items():
        for kind, found in all_shape_errors(answer, name):
            seen[kind] += 1
            wrong += found
    assert wrong == []
    assert sum(seen.values()) > 200
    inner = {"card", "upi", "acquirer_data", "refund_data", "tax_invoice", "notify", "reminders"}
    inner |= {"link_payment", "evidence", "next_step", "transfer", "settlement.ondemand_payout"}
    inner |= {"offer_name", "line_item", "address", "customer_details"}
    assert {path.stem for path in SCHEMAS.glob("*.json")} == {*seen, *inner}


def test_a_wrong_shape_is_seen() -> None:
    good = {"success": True}
    assert list(shape_errors("success", good, "$")) == []
    assert list(shape_errors("success", {}, "$")) == ["$.success: missing"]
    assert list(shape_errors("success", {**good, "x": 1}, "$")) == ["$.x: unknown"]
    assert "is not boolean" in next(shape_errors("success", {"success": 1}, "$"))
