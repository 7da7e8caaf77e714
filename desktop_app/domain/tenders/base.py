"""The rules that each tender answers.

A new one is a module beside the others and a row in the registry. Rules only: nothing here reads
or writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, assert_never

from desktop_app.domain.money import Money
from desktop_app.domain.tender import Beginning, Evidence, ReturnPath

if TYPE_CHECKING:
    from desktop_app.domain.ledger import Account
    from desktop_app.domain.tender import InstrumentKind, ReferenceShape, Tender, Verification


class TenderRules:
    """The rules of one tender.

    Attributes:
        tender: its name, as stored.
        account: the ledger account that its money is debited to, and returned out of.
        verification: how sure the money is when it is posted.
        beginning: whether a fee is posted at once, or the gateway is asked.
        return_path: how money goes back.
        smallest: the least amount it takes, in paise.
        evidence: what a person types for it.
        shape: of the reference that is typed; None without one.
        instrument: the paper that is handed in; None without one.
        is_cash: whether the law limits it, as cash.
        is_takings: whether it is money that came to the desk; credit came before.
        is_brought_in: whether it was paid before this desk began.
        settled: how sure its money is once the bank has credited it; None where no bank does.
    """

    tender: ClassVar[Tender]
    account: ClassVar[Account]
    verification: ClassVar[Verification]
    beginning: ClassVar[Beginning]
    return_path: ClassVar[ReturnPath]
    smallest: ClassVar[Money] = Money(1)
    evidence: ClassVar[Evidence] = Evidence.NONE
    shape: ClassVar[ReferenceShape | None] = None
    instrument: ClassVar[InstrumentKind | None] = None
    is_cash: ClassVar[bool] = False
    is_takings: ClassVar[bool] = True
    is_brought_in: ClassVar[bool] = False
    settled: ClassVar[Verification | None] = None

    @property
    def needs_gateway(self) -> bool:
        """Whether a fee needs keys and a connection."""
        match self.beginning:
            case Beginning.ASKED:
                return True
            case Beginning.POSTED | Beginning.HANDED_IN | Beginning.SETTLED:
                return False
            case other:
                assert_never(other)

    @property
    def is_taken_at_desk(self) -> bool:
        """Whether a person takes its money, or its paper, at the counter."""
        return self.beginning in {Beginning.POSTED, Beginning.HANDED_IN}

    @property
    def refund_needs_gateway(self) -> bool:
        """Whether a refund needs keys and a connection."""
        match self.return_path:
            case ReturnPath.GATEWAY:
                return True
            case ReturnPath.DRAWER | ReturnPath.BANK | ReturnPath.BOOKS:
                return False
            case other:
                assert_never(other)
