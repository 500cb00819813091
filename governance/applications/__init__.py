"""`licita application check`: the automatic part of the checklist for the Seal of Excellence, over a folder of Solidity contracts.

folder    files, sources, archive     syntax    the compiler's trees     loops     which have a bound
criteria  what the trees tell         testing   the application's tests     findings  results and hashes     checking  all of it
"""

from governance.applications.checking import MAX_CODE, TEST_SECONDS, check
from governance.applications.findings import CHECKLIST, Criterion, Findings, Reason
from governance.applications.folder import Application, read_application

__all__ = [
    "CHECKLIST", "MAX_CODE", "TEST_SECONDS", "Application", "Criterion", "Findings", "Reason", "check", "read_application",
]  # fmt: skip
