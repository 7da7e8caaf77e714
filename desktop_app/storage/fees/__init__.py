"""Repositories and queries of fee plans, concessions and what a family still pays."""
