"""What the clock asks: polling, sweeping, and looking payments up."""
