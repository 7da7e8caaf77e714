"""Decisions about fees, and carts: concessions, promo codes, bills, changes of what is due."""
