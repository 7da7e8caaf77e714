"""Fees beyond one due, as a clerk asks for them."""
