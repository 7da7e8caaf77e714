"""Refunds, whoever made them, and disputes."""
