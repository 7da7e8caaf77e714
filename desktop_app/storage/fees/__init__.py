"""Fee plans, concessions, promo codes and bills."""
