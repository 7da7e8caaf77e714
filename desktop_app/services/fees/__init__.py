"""Decisions about fees: concessions, promo codes, and changes of what is due."""
