"""One fee from the quote to paid, as a clerk asks for it."""
