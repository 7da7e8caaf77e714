"""Receipts on screen, on paper and as files."""
