"""Comments on proposals: those of organisations are on the chain, others get a receipt and are anchored in batches."""
