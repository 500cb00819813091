"""Members and their people, as the index has them."""
