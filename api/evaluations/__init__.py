"""Evaluations: scores, the panel's votes, the technical result, the release of prices."""
