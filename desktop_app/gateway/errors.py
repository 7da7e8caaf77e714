"""Mapping of foreign failures to the port's errors, by whether a request was sent."""

from __future__ import annotations

from typing import Any

from urllib3.exceptions import MaxRetryError, NewConnectionError

from desktop_app.gateway.sdk import requests
from desktop_app.services import errors

FEATURE_OFF = "The requested URL was not found on the server."
NO_SUCH_ID = "The id provided does not exist"
_WRONG_KEY = ("authentication failed", "api key provided is invalid", "secret} provided is invalid")
_OK, _REDIRECT, _BAD, _SERVER = 200, 300, 400, 500
_UNAUTHORISED, _THROTTLED, _CONFLICT = 401, 429, 409


class WireError(ValueError):
    """An answer came and violates the contract; the caller decides the consequence."""


class BrokenAnswerError(WireError):
    """No whole answer of the gateway came: it broke off, took too long, or is no JSON."""


def lost(words: str, *, is_write: bool) -> errors.GatewayError:
    """Return the error of a lost answer: a write's outcome is unknown, a read did not happen."""
    return errors.OutcomeUnknownError(words) if is_write else errors.UnavailableError(words)


def from_wire(error: WireError, *, is_write: bool) -> errors.GatewayError:
    """Map an answer that violates the contract: a write's outcome is unknown."""
    if is_write or isinstance(error, BrokenAnswerError):
        return lost(str(error), is_write=is_write)
    return errors.UnreadableError(str(error))


def from_transport(error: requests.RequestException, *, is_write: bool) -> errors.GatewayError:
    """Map an exception of the HTTP library."""
    if _never_sent(error):
        return errors.UnavailableError(type(error).__name__)
    return lost(type(error).__name__, is_write=is_write)


def _never_sent(error: requests.RequestException) -> bool:
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.SSLError):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError)


def from_status(status: int, body: object, *, is_write: bool) -> errors.GatewayError | None:
    """Map an HTTP status and parsed body (None if not JSON); return None for success."""
    if _OK <= status < _REDIRECT:
        return None
    error = body.get("error") if isinstance(body, dict) else None
    described = error if isinstance(error, dict) else None
    if status == _UNAUTHORISED:
        return errors.UnauthorisedError(_words(described, "the gateway does not take these keys"))
    if status == _THROTTLED:
        return errors.RateLimitedError("the gateway asks for fewer requests")
    if _BAD <= status < _SERVER and described and status != _CONFLICT:
        return _refusal(described)
    return lost(f"HTTP {status}", is_write=is_write)


def _refusal(error: dict[str, Any]) -> errors.GatewayError:
    words = _words(error, "refused without a reason")
    if any(part in words.lower() for part in _WRONG_KEY):
        return errors.UnauthorisedError(words)
    metadata = error.get("metadata")
    existing = metadata.get("order_id") if isinstance(metadata, dict) else None
    kind = errors.RejectedError
    if words == FEATURE_OFF:
        kind = errors.FeatureOffError
    elif words == NO_SUCH_ID or words.endswith("is not a valid id"):
        kind = errors.NotFoundError
    return kind(
        words,
        reason=_text_or_none(error.get("reason")),
        field=_text_or_none(error.get("field")),
        existing_id=_text_or_none(existing),
    )


def _words(error: dict[str, Any] | None, otherwise: str) -> str:
    return _text_or_none((error or {}).get("description")) or otherwise


def _text_or_none(value: object) -> str | None:
    return value[:500] if isinstance(value, str) and value else None
