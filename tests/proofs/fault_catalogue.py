"""The catalogue of faults as a table: rows, the kinds that cause each, and the errors expected.

The row numbers are those of the list that the desk was built against; a row may have several
kinds. Must not cause any fault itself.
"""

from __future__ import annotations

from dataclasses import dataclass

OUTCOME_UNKNOWN = frozenset({"OutcomeUnknownError"})
UNAVAILABLE = frozenset({"UnavailableError"})
UNREADABLE = frozenset({"UnreadableError"})
ANSWER = frozenset({"answer"})


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One row of the catalogue.

    Attributes:
        kinds: faults of the sandbox or of the network (`network_faults`); empty for a row that is a
            situation played by its own module.
    """

    number: int
    name: str
    kinds: tuple[str, ...] = ()


ROWS = (
    # played by fault_flows and port_calls
    FaultRow(1, "time-out before the work", ("timeout_before",)),
    FaultRow(2, "time-out after the work", ("timeout_after", "slow", "drip")),
    FaultRow(3, "answer cut", ("truncate",)),
    FaultRow(4, "connection refused", ("refused",)),
    FaultRow(5, "connection reset", ("reset_before", "reset_after")),
    FaultRow(6, "name not resolved", ("dns_failure", "dns_silence")),
    # played by tls_faults
    FaultRow(7, "TLS: self-signed"),
    FaultRow(8, "TLS: wrong host"),
    FaultRow(9, "TLS: expired"),
    # played by fault_flows and port_calls
    FaultRow(10, "400", ("status_400",)),
    FaultRow(11, "401", ("status_401",)),
    FaultRow(12, "403", ("status_403",)),
    FaultRow(13, "404", ("status_404",)),
    FaultRow(14, "429", ("status_429", "json_429_retry", "html_429", "html_429_retry")),
    FaultRow(15, "500", ("status_500",)),
    FaultRow(16, "502 and a redirect", ("html_502", "redirect")),
    FaultRow(17, "503", ("status_503",)),
    FaultRow(18, "504", ("status_504",)),
    FaultRow(19, "truncated JSON", ("cut_json",)),
    FaultRow(20, "empty 200", ("empty_200",)),
    FaultRow(21, "wrong content type", ("html_200", "wrong_content_type")),
    FaultRow(22, "50 MB body", ("big_body",)),
    FaultRow(23, "deep nesting", ("deep_json",)),
    FaultRow(24, "duplicate keys, NaN, wrong types", ("duplicate_keys", "nan", "wrong_type")),
    FaultRow(25, "amount off by one paisa", ("wrong_amount",)),
    FaultRow(26, "other currency", ("wrong_currency",)),
    FaultRow(27, "other order", ("wrong_order",)),
    FaultRow(28, "other receipt", ("wrong_receipt",)),
    FaultRow(29, "paid with amount due", ("paid_with_due",)),
    FaultRow(30, "test payment on a live order", ("test_payment",)),
    # played by irregular_payments
    FaultRow(31, "authorised, not captured"),
    FaultRow(32, "captured, then refunded"),
    FaultRow(33, "failed, then captured"),
    FaultRow(34, "two captured payments"),
    # played by fault_flows and port_calls
    FaultRow(35, "partial payment", ("partial_payment",)),
    FaultRow(36, "duplicate events", ("doubled",)),
    FaultRow(37, "reordered events", ("reordered",)),
    FaultRow(38, "replayed events", ("stale_read",)),
    FaultRow(39, "foreign events", ("foreign_payment",)),
    # played by clock_faults
    FaultRow(40, "clock a day off"),
    FaultRow(41, "clock jumps back while polling"),
    FaultRow(42, "time zone changes"),
    FaultRow(43, "gateway's time in the future"),
    FaultRow(44, "suspend and resume"),
    # played by disk_faults
    FaultRow(45, "disk full"),
    FaultRow(46, "database locked 30 s"),
    FaultRow(47, "database read-only"),
    FaultRow(48, "WAL deleted between runs"),
    FaultRow(49, "power cut at each write"),
    # played by degraded_network
    FaultRow(50, "five hours at 80 % success"),
    FaultRow(51, "95 minutes of outage"),
    FaultRow(52, "a line that flaps each second"),
    FaultRow(53, "2 s round trips"),
)

ROW_BY_KIND = {kind: row for row in ROWS for kind in row.kinds}
KINDS = tuple(ROW_BY_KIND)
NETWORK_KINDS = frozenset({"refused", "dns_failure", "dns_silence"})
TIMEOUT_KINDS = frozenset({"timeout_before", "timeout_after", "slow", "drip", "dns_silence"})
FALSE_ANSWER_KINDS = frozenset(
    {"wrong_amount", "wrong_currency", "wrong_order", "wrong_receipt", "paid_with_due"}
    | {"test_payment", "partial_payment", "foreign_payment"}
)

SENSELESS_KINDS = frozenset({"big_body", "deep_json", "duplicate_keys", "nan", "wrong_type"})
"""Faults in which an answer came and makes no sense."""

_EXPECTED = {
    "status_400": frozenset({"RejectedError"}),
    "status_401": frozenset({"UnauthorisedError"}),
    "status_403": frozenset({"RejectedError"}),
    "status_404": frozenset({"FeatureOffError"}),
    "refused": UNAVAILABLE,
    "dns_failure": UNAVAILABLE,
    "dns_silence": UNAVAILABLE,
    "wrong_content_type": ANSWER,
    "doubled": ANSWER,
    "reordered": ANSWER,
    "stale_read": ANSWER | {"NotFoundError", "RejectedError"},
}


def expected_outcomes(kind: str, *, is_write: bool) -> frozenset[str]:
    """Return what one call of the port may result in under a fault: class names, or `answer`.

    A false answer of the right shape is returned; judging it is the services' part. The answer to a
    write that contradicts the request leaves the outcome unknown.
    """
    unread = UNREADABLE if kind in SENSELESS_KINDS else UNAVAILABLE
    lost = OUTCOME_UNKNOWN if is_write else unread
    if kind == "wrong_type" and not is_write:
        return lost | ANSWER  # in a list it is one entry's problem
    if "429" in kind:
        return frozenset({"RateLimitedError"})
    if kind in FALSE_ANSWER_KINDS:
        return ANSWER | lost
    return _EXPECTED.get(kind, lost)
