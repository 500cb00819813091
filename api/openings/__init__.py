"""Opening committees: ceremonies, keysets, shares; the opening of a tender and its notice."""
