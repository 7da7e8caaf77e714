"""Documents: QR codes, receipts as HTML and PDF, spreadsheets."""
