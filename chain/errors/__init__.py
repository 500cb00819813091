"""Every named refusal of the program, by area; the tree of their kinds is drawn in ``chain.errors.base``."""

from chain.errors.applications import *
from chain.errors.audit import *
from chain.errors.base import *
from chain.errors.chain import *
from chain.errors.charter import *
from chain.errors.client import *
from chain.errors.commands import *
from chain.errors.consultation import *
from chain.errors.contracts import *
from chain.errors.council import *
from chain.errors.demo import *
from chain.errors.deployment import *
from chain.errors.evaluation import *
from chain.errors.money import *
from chain.errors.nodes import *
from chain.errors.ocds import *
from chain.errors.opening import *
from chain.errors.operator import *
from chain.errors.permissions import *
from chain.errors.procurement import *
from chain.errors.recorder import *
from chain.errors.running import *
from chain.errors.sealing import *
from chain.errors.service import *
from chain.errors.toolchain import *
