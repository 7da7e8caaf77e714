"""Captured money that no due has taken yet."""
