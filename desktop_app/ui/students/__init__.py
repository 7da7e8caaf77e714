"""The students page and its form."""
