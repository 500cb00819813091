"""Acts that take two accounts of a buyer: what was proposed, and its approval."""
