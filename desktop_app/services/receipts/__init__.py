"""Issued receipts: reading, printing, verifying."""
