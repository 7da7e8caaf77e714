"""Attempts, payments, refunds, receipts: repositories and queries."""
