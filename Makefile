# Two commands do everything on a machine that has Python 3.11+ and make:
#   make lab     set up, then open the lab
#   make test    set up, then run all tests
# More words for passk-lab go in ARGS: make lab ARGS=--no-browser
# With more words for pip in PIP_ARGS (another index, say) pip installs, and not uv.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SET_UP := @$(PYTHON) set_up.py --venv
export PIP_ARGS

.PHONY: lab test test-long test-versions bench gpu trl notebooks texts measure page pictures release lint chromium clean
.PHONY: set-up-lab set-up-test set-up-long set-up-bench set-up-hub proxy hub

lab: set-up-lab
	$(BIN)/passk-lab $(ARGS)

# TRL's environment takes minutes to make, so its tests run here where `make trl` has made it, which also renews it.
test: set-up-test chromium lint $(if $(wildcard .venv-trl),trl)
	$(BIN)/pytest -m "not browser and not long" -n 2
	$(BIN)/pytest -m "browser and not long" -n 2 tests/browser

# Soak, large fuzz, a cluster, TRL, a class on a JupyterHub; results in benchmarks/results/long.md.
test-long: set-up-long chromium proxy trl
	$(BIN)/pytest -m long -p no:xdist
	$(BIN)/pytest -m "not long" -p no:xdist tests/bridge/test_trl.py

# The core of the tests on Python 3.12 and 3.13, where they are, and at the lower bounds of pyproject.toml.
test-versions: set-up-test
	$(BIN)/python tests/versions.py

# Twenty students on a real JupyterHub, measured: benchmarks/results/hub.md.
hub: set-up-hub proxy
	$(BIN)/python -m benchmarks.hub $(ARGS)

bench: set-up-bench trl chromium
	$(BIN)/python -m benchmarks

# All that is asked of a GPU, in eight minutes: with the Python and torch that are there, and nothing set up.
# Where there is none: make gpu ARGS="--short --device cpu"
OUT ?= out/gpu
gpu:
	PYTHONPATH=. PYTHONUNBUFFERED=1 PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 \
	$(shell command -v timeout >/dev/null && echo timeout 470) $(PYTHON) -m benchmarks.gpu --out $(OUT) --keep $(ARGS)

# TRL, to which the bridge goes and the peer of the training benchmark, lives apart: it asks for packages that the lab
# does without.
trl:
	$(SET_UP) .venv-trl --requirements benchmarks/trl_side/requirements.txt

notebooks: set-up-test
	$(BIN)/python -m passk_lab.course.builder

# What the documents take from the code: the list of public names, and how many there are of what.
texts: set-up-test
	$(BIN)/python docs/make_texts.py

# Time the solved notebooks and write the times into the sources.
measure: set-up-test
	$(BIN)/python -m benchmarks.notebook_times
	$(BIN)/python -m passk_lab.course.builder

# The story for everyone, as one file: docs/index.html.
page: set-up-test
	$(BIN)/python -m passk_lab.story

pictures: set-up-test chromium
	$(BIN)/python docs/make_pictures.py
	$(BIN)/python docs/make_film.py

# What must hold before a release; nothing is sent anywhere. make release ARGS=--final when the changes have a number.
release: set-up-test
	$(BIN)/python docs/release.py $(ARGS)

lint: set-up-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/oxlint passk_lab tests
	$(BIN)/mypy
	$(BIN)/python -m passk_lab.course.builder --check
	$(BIN)/python docs/make_texts.py --check

chromium: set-up-test
	$(BIN)/python tests/browser/chromium.py

# What is set up already costs a fifth of a second; what was cut off, moved or left by its Python is mended.
set-up-lab:
	$(SET_UP) $(VENV)

set-up-test:
	$(SET_UP) $(VENV) --extras test

set-up-bench set-up-hub: set-up-%:
	$(SET_UP) $(VENV) --extras test,$*

set-up-long:
	$(SET_UP) $(VENV) --extras test,ray,hub

# JupyterHub's proxy is a program of Node.js.
PROXY := $(VENV)/proxy/node_modules/.bin/configurable-http-proxy
proxy:
	@test -x $(PROXY) || npm install --silent --prefix $(VENV)/proxy configurable-http-proxy@5.1.0 \
	|| echo "no configurable-http-proxy: what needs a hub is skipped"

clean:
	rm -rf $(VENV) .venv-* .venv*.lock dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
