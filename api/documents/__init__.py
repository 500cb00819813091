"""Documents by sha256: upload, download."""
