"""The only writer of money rows: payments, refunds, receipts, ledger."""
