"""Lots: how bids are counted and ranked, who is asked what, who is awarded."""
