# Everything a newcomer, a developer and the build need; each target sets up what it uses.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: audit package mutation demo test check test-clients test-pythons format lint types layers soak pictures bench setup clean

demo: $(READY)            ## five working days of a desk, in under a minute
	$(BIN)/desk-connector demo

test: $(READY)            ## the whole suite, on all cores
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

check: format lint types layers test   ## what the build runs

test-clients: $(READY)    ## clients that others wrote for real instances, against the sandbox
	$(BIN)/python tests/clients/run.py

test-pythons: $(READY)    ## the whole suite on the other Pythons we promise, those that are here; long
	$(BIN)/python .ci/pythons.py

package: $(READY)         ## wheel and sdist; the installed wheel tried with each Python that is here
	$(BIN)/python .ci/package.py

audit: $(READY)           ## known holes in what is installed; skips loudly where the advisories cannot be asked
	$(BIN)/python .ci/audit.py

format: $(READY)
	$(BIN)/ruff format --check .

lint: $(READY)
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

layers: $(READY)
	$(BIN)/lint-imports

SEEDS ?= 5000
FIRST_SEED ?= 0

soak: $(READY)            ## long runs of the simulation: make soak SEEDS=5000 FIRST_SEED=0
	$(BIN)/python -m tests.simulation --seeds $(SEEDS) --first $(FIRST_SEED)

pictures: $(READY)        ## the pictures in docs/picture, by the tests' own browser
	DESK_PICTURES=docs/picture $(BIN)/python -m pytest -q tests/kpi/page/test_browser.py tests/cli/test_demo.py

mutation: $(READY)        ## whether the simulation notices twelve broken promises
	$(BIN)/python -m tests.simulation.mutation

bench: $(READY)           ## figures and ratios; never part of the tests
	$(BIN)/python -m bench

setup: $(READY)

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(READY)

clean:
	rm -rf $(VENV) .venv-* .pytest_cache .mypy_cache .ruff_cache .hypothesis
