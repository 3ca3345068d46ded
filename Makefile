# Two commands do everything: `make demo` and `make test`. They need python3 >= 3.11 (with venv), make and git.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# The locks name all that is needed. Left to resolve, pip before 24 asks the index for the newest coverage[toml], whose hash
# no lock can know.
INSTALL := $(PIP) install --quiet --no-deps --require-hashes --only-binary :all:
DEMO := $(if $(filter true,$(CI)),--headless,)

.PHONY: demo test check bench faults load lock clean

demo: .venv/runtime.stamp
	@$(BIN)/fifteen demo $(DEMO)

# Three at a time also on two cores: most of what takes long waits for the bot.
test: .venv/dev.stamp
	@$(BIN)/python -m pytest -n 3 --dist worksteal

# Three times a thousand calls on each database, with kills and lost answers; about 45 minutes.
faults: .venv/dev.stamp
	@$(BIN)/python -m tests.faults

# 50 incidents at once, then 10,000 replies over a breaking socket; some minutes. `make test` plays a short version.
load: .venv/dev.stamp
	@$(BIN)/python -m tests.load

check: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/interrogate --quiet tests
	$(BIN)/codespell

# Beside rg, jq, DuckDB and msgspec, on logs that it makes: 15 GiB of disk, ten minutes; BENCH=--quick for a try.
bench: .venv/bench.stamp
	@$(BIN)/python -m tests.benchmarks $(BENCH)

# The locks carry hashes and no index address: whoever installs chooses the index.
lock: .venv/dev.stamp
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock" pyproject.toml requirements/build.in -o requirements/runtime.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock" --extra dev -c requirements/runtime.txt pyproject.toml requirements/build.in -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock" --extra bench -c requirements/runtime.txt pyproject.toml requirements/build.in -o requirements/bench.txt

clean:
	rm -rf .venv build *.egg-info

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Fifteen needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "making .venv"; $(PYTHON) -m venv .venv || \
	  { echo "Python's venv module is missing. On Debian: apt-get install python3-venv"; rm -rf .venv; exit 1; }

.venv/runtime.stamp: requirements/runtime.txt pyproject.toml | .venv/bin/python
	@echo "installing what Fifteen needs (locked, with hashes); about 20 s"
	@$(INSTALL) -r requirements/runtime.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/runtime.stamp
	@echo "installing the test tools (locked, with hashes)"
	@$(INSTALL) -r requirements/dev.txt
	@touch $@

.venv/bench.stamp: requirements/bench.txt .venv/runtime.stamp
	@echo "installing what Fifteen is measured against (locked, with hashes)"
	@$(INSTALL) -r requirements/bench.txt
	@touch $@
