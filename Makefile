# What a person and CI run. Everything is installed into .venv from the lock file.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The environment's own interpreter, whatever .python-version asks of other tools.
export UV_PYTHON := $(BIN)/python
# Without compiled libraries each start would compile them anew: seconds, and 100 MB of the worker's memory.
export UV_COMPILE_BYTECODE := 1
READY := $(VENV)/.synced

.PHONY: demo test lint types check browser images faults audit format bench install clean

demo: $(READY)  ## the main job on this machine, no Telegram account needed
	@exec $(BIN)/doorman demo --port $(or $(PORT),8080)

test: lint types check  ## everything that CI runs

install: $(READY)  ## the locked dependencies, into .venv

$(READY): pyproject.toml uv.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv sync --quiet --locked
	@touch $@

lint: $(READY)
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/lint-imports --no-logo --no-cache >$(VENV)/imports.log || (cat $(VENV)/imports.log; false)

types: $(READY)
	$(BIN)/mypy

check: $(READY) browser
	$(BIN)/pytest -n 4 --dist loadfile --no-loadscope-reorder $(ARGS)

browser: $(READY)  ## a Chromium for the tests of the demo's page: the one that is there, Debian's, or Playwright's own
	@$(BIN)/python -m tests.browser.chromium >$(VENV)/chromium.log \
		|| { test "$$(id -u)" = 0 && command -v apt-get && apt-get update -qq && apt-get install -qqy chromium; } >>$(VENV)/chromium.log 2>&1 \
		|| $(BIN)/python -m playwright install chromium

images: $(READY) browser  ## the pictures in docs/images, taken of a demo that runs
	@$(BIN)/python -m tests.browser.images

faults: $(READY)  ## everything broken on purpose, and 500 random stories; FAULT_STORIES and FAULT_SEED choose others
	$(BIN)/pytest tests/faults --ignore=tests/faults/test_random_stories.py -n 2 --dist loadfile
	FAULT_STORIES=$(or $(FAULT_STORIES),500) $(BIN)/pytest tests/faults/test_random_stories.py -n 2 --dist load $(ARGS)

audit: $(READY)  ## known vulnerabilities of all that is locked; needs the network, so `make test` leaves it out
	@$(BIN)/python -m tests.advisories

format: $(READY)  ## put the code into shape
	$(BIN)/ruff format --quiet
	$(BIN)/ruff check --fix --quiet

bench: $(READY)  ## login to alert and /sessions, beside a bare script; writes bench.json
	$(BIN)/python -m bench $(ARGS)

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
