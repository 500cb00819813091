"""Sealed bids: threshold encryption to an opening committee (specification of sealed bids). Pure: no file, node or clock.

    group, tdh2                 points, proofs, shares, their combination
    ceremony, seat, keyshare    how a committee makes its key: what is public, one member's secrets, what it keeps; boxes, local
    context, document           what an envelope is bound to, what it holds
    envelope, opening           sealing and checking; reading what was opened
    receipt, locked, secret     what a bidder keeps; encrypted files; numbers that are not shown

The composition has had no external cryptographic review. libsecp256k1 multiplies other points than G in variable time; AES-GCM does not
commit to its key, so the document is bound by its commitment in the head.
"""
