"""Applications of others that want the seal: submit, review, read."""
