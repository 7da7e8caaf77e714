"""Refunds, made here or on the dashboard, and disputes."""
