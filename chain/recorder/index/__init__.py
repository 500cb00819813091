"""The index: what the blocks say, as rows. One reducer a contract, reads in ``reads.py``; rebuilt byte for byte from block 0."""
