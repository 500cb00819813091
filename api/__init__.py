"""The HTTP door under /v1. Everything it does is a call of chain's public names; it holds no rule of procurement."""
