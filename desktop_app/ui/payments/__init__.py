"""The payments page and refunds."""
