# Two commands do everything on a machine that has Python 3.11+ and make:
#   make lab     set up, then open the lab
#   make test    set up, then run all tests
# More words for pip (a CPU build of torch, say) go in PIP_ARGS, more for passk-lab in ARGS: make lab ARGS=--no-browser

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) -c constraints.txt

.PHONY: lab test test-long bench trl notebooks measure pictures lint chromium clean

lab: $(VENV)/.lab
	$(BIN)/passk-lab $(ARGS)

test: $(VENV)/.test chromium lint
	$(BIN)/pytest -m "not browser and not long" -n 2
	$(BIN)/pytest -m "browser and not long" tests/browser

# Soak, large fuzz, a cluster; results in benchmarks/results/long.md.
test-long: $(VENV)/.ray chromium
	$(BIN)/pytest -m long -p no:xdist

bench: $(VENV)/.bench trl chromium
	$(BIN)/python -m benchmarks

# TRL, the peer of the training benchmark, lives apart: it asks for packages that the lab does without.
trl: .venv-trl/.done

notebooks: $(VENV)/.test
	$(BIN)/python -m passk_lab.course.builder

# Time the solved notebooks and write the times into the sources.
measure: $(VENV)/.test
	$(BIN)/python -m benchmarks.notebook_times
	$(BIN)/python -m passk_lab.course.builder

pictures: $(VENV)/.test chromium
	$(BIN)/python docs/make_pictures.py

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/oxlint passk_lab tests
	$(BIN)/mypy
	$(BIN)/python -m passk_lab.course.builder --check

chromium: $(VENV)/.test
	$(BIN)/python tests/browser/chromium.py

$(BIN)/python:
	@$(PYTHON) -c "import sys; sys.exit(0 if sys.version_info >= (3, 11) else 'passk_lab needs Python 3.11 or newer, this is ' + sys.version.split()[0] + '. Name another: make lab PYTHON=python3.12')"
	$(PYTHON) -m venv $(VENV)

# A stamp is younger than what it was made from, so the second run installs nothing.
$(VENV)/.lab: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Setting up: this downloads JupyterLab and torch the first time, and nothing after that."
	$(PIP) -e .
	touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) -e ".[test]"
	touch $(VENV)/.lab $@

$(VENV)/.ray: $(VENV)/.test
	$(PIP) -e ".[test,ray]"
	touch $@

$(VENV)/.bench: $(VENV)/.test
	$(PIP) -e ".[test,bench]"
	touch $@

.venv-trl/.done: benchmarks/trl_side/requirements.txt constraints.txt
	test -x .venv-trl/bin/python || $(PYTHON) -m venv .venv-trl
	.venv-trl/bin/python -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) -c constraints.txt -r $<
	touch $@

clean:
	rm -rf $(VENV) .venv-trl dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
