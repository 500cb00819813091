"""Red flags of published processes: each is a reason to look, and proof of nothing.

The method is that of Cardinal, by the Open Contracting Partnership, whose manual describes each indicator and names the studies that it
rests on; the codes are those of its guide to red flags. The code is Licita's own, the results are the same numbers.

    settings   thresholds and exclusions, with the method's defaults
    process    compiled release -> the few facts that the method looks at
    fences     quartiles, and beyond which fence a number is an outlier
    prices     what is compared: the main currency, how far the second-lowest bid is from the winning one
    indicators the eleven   found   all of them together   reading   files -> compiled releases
"""

from chain.ocds.flags.found import Flag, by_group, find
from chain.ocds.flags.indicators import INDICATORS
from chain.ocds.flags.process import Process, process_of
from chain.ocds.flags.settings import Settings

__all__ = ["INDICATORS", "Flag", "Process", "Settings", "by_group", "find", "process_of"]
