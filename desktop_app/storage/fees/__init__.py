"""Fee plans, concessions and promo codes."""
