"""Pages that a parent would meet in a browser."""
