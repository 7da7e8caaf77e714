"""What the desk hands over: QR matrices, receipts as HTML and PDF, exports."""
