"""Failures of the gateway become the port's errors: what was lost is unknown, never refused."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from desktop_app.gateway.errors import from_status, from_transport, lost
from desktop_app.services import errors

BAD_REQUEST = 400


def refused(status: int = BAD_REQUEST, **error: Any) -> Any:
    return from_status(status, {"error": {"description": "No.", **error}}, is_write=True)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_success_is_no_error(status: int) -> None:
    assert from_status(status, {"error": {"description": "No."}}, is_write=True) is None


@pytest.mark.parametrize("status", [100, 199, 300, 302, 500, 503, 599])
def test_whatever_is_neither_success_nor_a_refusal_is_lost(status: int) -> None:
    body = {"error": {"description": "No."}}
    found = from_status(status, body, is_write=True)
    assert type(found) is errors.OutcomeUnknownError
    assert str(found) == f"HTTP {status}"
    assert type(from_status(status, body, is_write=False)) is errors.UnavailableError


@pytest.mark.parametrize("body", [None, [], "x", {}, {"error": None}, {"error": "No."}])
def test_a_refusal_without_words_of_the_gateway_is_lost(body: object) -> None:
    """A proxy answers 4xx too; only Razorpay's own JSON says that nothing was done."""
    assert type(from_status(400, body, is_write=True)) is errors.OutcomeUnknownError
    assert type(from_status(499, body, is_write=False)) is errors.UnavailableError


@pytest.mark.parametrize("status", [400, 403, 404, 422, 499])
def test_a_described_refusal_is_a_refusal(status: int) -> None:
    assert type(refused(status)) is errors.RejectedError


def test_a_conflict_is_unknown_although_it_is_described() -> None:
    """Another request with this key is under way: its outcome is not known yet."""
    assert type(refused(409)) is errors.OutcomeUnknownError


def test_wrong_keys_and_a_full_budget_have_their_errors() -> None:
    assert type(from_status(401, None, is_write=True)) is errors.UnauthorisedError
    assert str(from_status(401, None, is_write=True)) == "the gateway does not take these keys"
    assert str(refused(401)) == "No."
    assert type(from_status(429, None, is_write=True)) is errors.RateLimitedError


@pytest.mark.parametrize(
    "words",
    [
        "Authentication failed",
        "The api key provided is invalid",
        "The api {key/secret} provided is invalid",
    ],
)
def test_wrong_keys_are_known_by_their_words_too(words: str) -> None:
    assert type(refused(description=words)) is errors.UnauthorisedError


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("The requested URL was not found on the server.", errors.FeatureOffError),
        ("The id provided does not exist", errors.NotFoundError),
        ("pay_1 is not a valid id", errors.NotFoundError),
        ("The id provided does not exist here", errors.RejectedError),
        ("is not a valid id of ours", errors.RejectedError),
    ],
)
def test_what_is_missing_is_told_from_what_is_refused(
    words: str, kind: type[errors.GatewayError]
) -> None:
    found = refused(description=words)
    assert type(found) is kind
    assert str(found) == words


@pytest.mark.parametrize("value", [None, "", 7, ["x"]])
def test_details_that_are_no_text_are_left_out(value: Any) -> None:
    found = refused(description=value, reason=value, field=value, metadata={"order_id": value})
    assert type(found) is errors.RejectedError
    assert str(found) == "refused without a reason"
    assert (found.reason, found.field, found.existing_id) == (None, None, None)


def test_details_are_kept_and_cut() -> None:
    found = refused(description="x" * 600, reason="r", field="f", metadata={"order_id": "order_1"})
    assert str(found) == "x" * 500
    assert (found.reason, found.field, found.existing_id) == ("r", "f", "order_1")
    assert refused(metadata="order_1").existing_id is None
    assert refused(metadata={"payment_id": "pay_1"}).existing_id is None


def test_a_lost_write_is_unknown_and_a_lost_read_did_not_happen() -> None:
    assert type(lost("x", is_write=True)) is errors.OutcomeUnknownError
    assert type(lost("x", is_write=False)) is errors.UnavailableError


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.ConnectTimeout(),
        requests.exceptions.SSLError(),
        requests.ConnectionError(
            MaxRetryError(None, "/v1", NewConnectionError(None, "refused"))  # type: ignore[arg-type]
        ),
        requests.ConnectionError(NewConnectionError(None, "refused")),  # type: ignore[arg-type]
    ],
)
def test_what_was_never_sent_was_not_done(error: requests.RequestException) -> None:
    found = from_transport(error, is_write=True)
    assert type(found) is errors.UnavailableError
    assert str(found) == type(error).__name__


@pytest.mark.parametrize(
    "error",
    [
        requests.ReadTimeout(),
        requests.ConnectionError(),
        requests.ConnectionError(ProtocolError("aborted")),
        requests.ConnectionError(MaxRetryError(None, "/v1", ProtocolError("aborted"))),  # type: ignore[arg-type]
        requests.exceptions.ChunkedEncodingError(),
    ],
)
def test_what_may_have_been_sent_is_unknown(error: requests.RequestException) -> None:
    assert type(from_transport(error, is_write=True)) is errors.OutcomeUnknownError
    assert type(from_transport(error, is_write=False)) is errors.UnavailableError
