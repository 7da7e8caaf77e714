"""The list of bad days as a table: its rows, what makes each happen, and what may be raised.

The numbers are those of the list that the desk was built against; a row may have several kinds.
Must not make anything happen.
"""

from __future__ import annotations

from dataclasses import dataclass

LOST = frozenset({"OutcomeUnknownError"})
NOTHING_DONE = frozenset({"UnavailableError"})
ANSWER = frozenset({"answer"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the list.

    Attributes:
        kinds: faults of the sandbox or of the line (`faulty_lines`); empty where the row is a
            situation of its own, played by the module that `played_by` names.
    """

    number: int
    name: str
    kinds: tuple[str, ...] = ()
    played_by: str = "flows"


ROWS = (
    Row(1, "time-out before the work", ("timeout_before",)),
    Row(2, "time-out after the work", ("timeout_after", "slow", "drip")),
    Row(3, "answer cut", ("truncate",)),
    Row(4, "connection refused", ("refused",)),
    Row(5, "connection reset", ("reset_before", "reset_after")),
    Row(6, "name not resolved", ("dns_failure", "dns_silence")),
    Row(7, "TLS: self-signed", played_by="certificates"),
    Row(8, "TLS: wrong host", played_by="certificates"),
    Row(9, "TLS: expired", played_by="certificates"),
    Row(10, "400", ("status_400",)),
    Row(11, "401", ("status_401",)),
    Row(12, "403", ("status_403",)),
    Row(13, "404", ("status_404",)),
    Row(14, "429", ("status_429", "json_429_retry", "html_429", "html_429_retry")),
    Row(15, "500", ("status_500",)),
    Row(16, "502 and a redirect", ("html_502", "redirect")),
    Row(17, "503", ("status_503",)),
    Row(18, "504", ("status_504",)),
    Row(19, "truncated JSON", ("cut_json",)),
    Row(20, "empty 200", ("empty_200",)),
    Row(21, "wrong content type", ("html_200", "wrong_content_type")),
    Row(22, "50 MB body", ("big_body",)),
    Row(23, "deep nesting", ("deep_json",)),
    Row(24, "duplicate keys, NaN, wrong types", ("duplicate_keys", "nan", "wrong_type")),
    Row(25, "amount off by one paisa", ("wrong_amount",)),
    Row(26, "other currency", ("wrong_currency",)),
    Row(27, "other order", ("wrong_order",)),
    Row(28, "other receipt", ("wrong_receipt",)),
    Row(29, "paid with amount due", ("paid_with_due",)),
    Row(30, "test payment on a live order", ("test_payment",)),
    Row(31, "authorised, not captured", played_by="money"),
    Row(32, "captured, then refunded", played_by="money"),
    Row(33, "failed, then captured", played_by="money"),
    Row(34, "two captured payments", played_by="money"),
    Row(35, "partial payment", ("partial_payment",)),
    Row(36, "duplicate events", ("doubled",)),
    Row(37, "reordered events", ("reordered",)),
    Row(38, "replayed events", ("stale_read",)),
    Row(39, "foreign events", ("foreign_payment",)),
    Row(40, "clock a day off", played_by="clocks"),
    Row(41, "clock jumps back while polling", played_by="clocks"),
    Row(42, "time zone changes", played_by="clocks"),
    Row(43, "gateway's time in the future", played_by="clocks"),
    Row(44, "suspend and resume", played_by="clocks"),
    Row(45, "disk full", played_by="disks"),
    Row(46, "database locked 30 s", played_by="disks"),
    Row(47, "database read-only", played_by="disks"),
    Row(48, "WAL deleted between runs", played_by="disks"),
    Row(49, "power cut at each write", played_by="disks"),
    Row(50, "five hours at 80 % success", played_by="hours"),
    Row(51, "95 minutes of outage", played_by="hours"),
    Row(52, "a line that flaps each second", played_by="hours"),
    Row(53, "2 s round trips", played_by="hours"),
)

ROW_OF = {kind: row for row in ROWS for kind in row.kinds}
KINDS = tuple(ROW_OF)
LINE_KINDS = frozenset({"refused", "dns_failure", "dns_silence"})
WAITING_KINDS = frozenset({"timeout_before", "timeout_after", "slow", "drip", "dns_silence"})
LYING_KINDS = frozenset(
    {"wrong_amount", "wrong_currency", "wrong_order", "wrong_receipt", "paid_with_due"}
    | {"test_payment", "partial_payment", "foreign_payment"}
)

_EXPECTED = {
    "status_400": frozenset({"RejectedError"}),
    "status_401": frozenset({"UnauthorisedError"}),
    "status_403": frozenset({"RejectedError"}),
    "status_404": frozenset({"FeatureOffError"}),
    "refused": NOTHING_DONE,
    "dns_failure": NOTHING_DONE,
    "dns_silence": NOTHING_DONE,
    "wrong_content_type": ANSWER,
    "doubled": ANSWER,
    "reordered": ANSWER,
    "stale_read": ANSWER | {"NotFoundError", "RejectedError"},
}


def expected(kind: str, *, is_write: bool) -> frozenset[str]:
    """What a single call of the port may come to under a fault: class names, or `answer`.

    A lie that fits the call's shape is answered; judging it is the use-cases' part, except where
    a write's own answer contradicts what was asked for: then its outcome is unknown.
    """
    lost = LOST if is_write else NOTHING_DONE
    if "429" in kind:
        return frozenset({"RateLimitedError"})
    if kind in LYING_KINDS:
        return ANSWER | lost
    return _EXPECTED.get(kind, lost)
