"""The courses page and its form."""
