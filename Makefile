# Samordna. `make help` says what there is.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
HOME_FOLDER ?= demo
SERVE ?= 1
PORT ?= 8501
# Three processes on the two cores that this is made for: they wait for a third of their time.
WORKERS ?= 2

# A run starts four Python processes: without their compiled modules that takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup develop workers demo run serve dagster test quick nightly lint format pictures bench bench-differencing bench-region bench-dashboards bench-disclosure bench-receiving bench-sabotage lock clean

help: ## This list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

setup: .venv/.ready ## Make .venv with what runs the product, and nothing else

.venv/.ready: requirements/run.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "Samordna needs Python 3.11 (make PYTHON=/path/to/python3.11 ...)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

develop: .venv/.developing ## What tests and developers need, too

.venv/.developing: .venv/.ready requirements/develop.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/develop.lock
	@touch $@

workers: .venv/.workers ## What builds on other machines need, at home and there (docs/sizes.md)

.venv/.workers: .venv/.ready requirements/workers.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/workers.lock
	@touch $@

demo: setup ## Six simulated municipalities: exports, a run, packages to a second home, the dashboards (SERVE=0: not those)
	$(BIN)/samordna demo --home $(HOME_FOLDER)
	$(BIN)/samordna run --home $(HOME_FOLDER)
	$(BIN)/samordna run --home $(HOME_FOLDER)-compare
ifneq ($(SERVE),0)
	$(BIN)/samordna serve --home $(HOME_FOLDER) --port $(PORT)
endif

run: setup ## Run the pipeline on HOME_FOLDER
	$(BIN)/samordna run --home $(HOME_FOLDER)

serve: setup ## Serve the dashboards of HOME_FOLDER
	$(BIN)/samordna serve --home $(HOME_FOLDER) --port $(PORT)

dagster: develop ## The orchestrator's web server on HOME_FOLDER: the graph, the runs, the plots
	@test -f $(HOME_FOLDER)/sources.yml || \
	  { echo "$(HOME_FOLDER) is no home yet: make demo SERVE=0, or samordna init"; exit 1; }
	@SAMORDNA_HOME=$(abspath $(HOME_FOLDER)) $(BIN)/python -m dagster_project.defs.instance
	SAMORDNA_HOME=$(abspath $(HOME_FOLDER)) DAGSTER_HOME=$(abspath $(HOME_FOLDER))/state/dagster \
	  $(BIN)/dagster dev -m dagster_project.definitions -h 127.0.0.1 -p 3000

test: develop lint ## Every test
	@sh tests/system-packages
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not nightly"

quick: develop ## The tests that take seconds
	$(BIN)/pytest -n $(WORKERS) tests/unit -m "not slow and not nightly"

nightly: develop ## The long profile: many kills, many registers, many files
	@sh tests/system-packages
	SAMORDNA_KILLS=60 HYPOTHESIS_PROFILE=nightly $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

lint: develop ## Style, types, layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/sqlfmt --check --quiet dbt
	$(BIN)/lint-imports
	$(BIN)/mypy

format: develop ## Put everything in its style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/sqlfmt --quiet dbt

pictures: develop ## The pictures of the guides and the README, of HOME_FOLDER (needs Chromium; runs a copy of it)
	$(BIN)/python -m docs.screenshots --home $(HOME_FOLDER)

bench: setup ## Benchmarks: how far from the truth, and how long it takes
	$(BIN)/python -m benchmarks.accuracy
	$(BIN)/python -m benchmarks.evaluation --home $(HOME_FOLDER)
	$(BIN)/python -m benchmarks.speed

bench-differencing: setup ## How many small counts are had from the age schemes side by side, were they hidden only
	$(BIN)/python -m benchmarks.differencing $(HOME_FOLDER)

bench-region: develop ## What a million persons cost, beside SQL by hand, polars and pandas (two hours)
	$(BIN)/python -m benchmarks.region

bench-dashboards: develop ## A publication of the whole country: its size, how fast it is shown (half an hour)
	@test -f $(HOME_FOLDER)/published/current.json || $(MAKE) demo SERVE=0
	$(BIN)/python -m benchmarks.dashboards --demo $(HOME_FOLDER)

bench-disclosure: setup ## What protecting small counts costs: precision of TABLE (a cube as CSV), and seconds
	@test -f "$(TABLE)" || { echo "which table? make bench-disclosure TABLE=cube.csv (municipality, age group, service area, count)"; exit 1; }
	$(BIN)/python -m benchmarks.disclosure $(TABLE) --home $(HOME_FOLDER)

bench-receiving: setup ## How long 357 municipalities' packages take to be received and shown (some minutes)
	$(BIN)/python -m benchmarks.receiving

bench-sabotage: setup ## A home's newest package sabotaged in twelve ways, and what a receiver says of each
	$(BIN)/python -m benchmarks.sabotage $(HOME_FOLDER)

lock: ## Resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --quiet --generate-hashes --no-strip-extras --no-emit-index-url \
	  --no-annotate --no-header --output-file requirements/run.lock
	uv pip compile pyproject.toml --quiet --extra operate --extra workers --generate-hashes \
	  --no-strip-extras --no-emit-index-url --no-annotate --no-header \
	  --constraint requirements/run.lock --output-file requirements/workers.lock
	uv pip compile pyproject.toml --quiet --extra operate --extra workers --extra develop \
	  --generate-hashes --no-strip-extras --no-emit-index-url --no-annotate --no-header \
	  --constraint requirements/workers.lock --output-file requirements/develop.lock

clean: ## Remove what can be made again (not your home folders)
	rm -rf .venv *.egg-info dbt/target dbt/logs .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
