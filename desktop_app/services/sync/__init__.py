"""Polling, sweeping, and looking payments up."""
