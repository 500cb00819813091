# `make demo` and `make test` need Python 3.11 with venv, and nothing else; everything is made inside this folder.
# Paths are relative: the folder's own path may hold spaces and apostrophes.
PYTHON ?= python3
# Options for pytest, e.g. `make test ARGS="tests/unit -k money"`. Both cores by default; a file stays on one of them.
ARGS ?= -n 2 --dist loadfile
RUN := .venv/bin/python

.PHONY: help setup demo test check serve ape bench faults fuzz clean
.NOTPARALLEL:

help: ## what there is to make
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile

setup: ## everything the other targets need; does only what is stale
	@$(PYTHON) scripts/setup.py

demo: setup ## a real tender through the API onto a chain, and its proof; KEEP=1 leaves it running
	@.venv/bin/licita demo $(if $(KEEP),--keep)

test: setup ## all tests; options in ARGS
	@$(RUN) -m pytest $(ARGS)

check: ## style, types, layers, formatting of the contracts, generated files
	@$(PYTHON) scripts/setup.py --npm-dev
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	.venv/bin/lint-imports
	.licita/node node_modules/prettier/bin/prettier.cjs --check "contracts/**/*.sol"
	$(RUN) -m chain.artifacts --strict
	$(RUN) scripts/bindings.py --check
	$(RUN) scripts/docs.py --check
	$(RUN) -m pytest -q tests/unit/test_repository.py

serve: setup ## the chain and the API on networks/dev until Ctrl-C
	@.venv/bin/licita serve

ape: ## the scripts and tests for ApeWorX, in an environment of their own
	@$(PYTHON) scripts/setup.py --ape
	@.venv-ape/bin/python scripts/with_ape.py

bench: setup ## measures; nothing fails by being slow
	@$(RUN) scripts/bench.py

faults: setup ## the kill, restart and disk tests at full count
	@LICITA_COUNTS=full $(RUN) -m pytest tests/faults

fuzz: setup ## long runs of the state machines
	@$(RUN) -m pytest tests/invariants --hypothesis-profile=long

clean: ## removes what is generated; kept chains in networks/ stay
	rm -rf .venv .venv-ape node_modules .licita .build contracts/.cache *.egg-info build dist
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .schemathesis
