"""Sealed bids, audited from the log alone: ceremonies, envelopes, shares and openings are recomputed, nobody is believed.

book        what is kept beside the rows: points and envelopes that were checked
pairs       events that come together or not at all
ceremonies  who made which keys, and how
bids        what came into a box
openings    shares, and what they opened
early       shares that were sent when nothing may be opened with them: refused transactions, which leave no event
verdict     all of it in words, bid by bid
"""
