# Byline on one machine. `make help` lists what there is.
# Assumed on Debian: apt install make python3-venv build-essential

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
DATA    ?= $(BYLINE_BENCH_DATA)
PIP     := $(BIN)/python -m pip --disable-pip-version-check
# Python compiles a module when it is first imported; to compile all that is there takes more than a minute.
INSTALL := $(PIP) install --no-compile
# What pyproject.toml wants of the engine.
ENGINE  := $(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["local"])'
APT     := apt install python3-venv build-essential

# Processes that run tests, each of up to 3 GB. Those with the local model run by themselves: its threads and those of
# other tests starve each other.
WORKERS ?= 4

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help chat local test docs audit eval bench bench-answers fit-judge fit-calibration fit-probe fit-intent fit-injection fit-follow-up fit-comparison fit-decomposition fit-survey fit-gaps screenshots clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

chat: ## everything for the web chat: environment, models, the index of seeds/, the page
	@$(MAKE) --no-print-directory --jobs=2 $(VENV)/.engine
	@if test -s $(VENV)/.engine; then cat $(VENV)/.engine; else $(BIN)/byline model pull || \
	  echo "The local model could not be fetched: answers are quoted sentences until 'byline model pull' succeeds."; fi
	@$(BIN)/byline index seeds/
	@exec $(BIN)/byline chat

local: ## the local language model, tried again and not optional: engine and file
	@if test -s $(VENV)/.engine; then rm -f $(VENV)/.engine $(VENV)/.built; fi
	@$(MAKE) --no-print-directory --jobs=2 $(VENV)/.engine
	@if test -s $(VENV)/.engine; then cat $(VENV)/.engine; exit 1; fi
	@$(BIN)/byline model pull

# Tests start hundreds of processes, each of which would compile all that it imports, were it not allowed to keep it.
# What tests import is compiled by one of two processors while the other checks types.
test: export PYTHONDONTWRITEBYTECODE =
test: $(VENV)/.dev ## format, lint, types and every test that this machine can run
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m pytest --collect-only -qq >/dev/null 2>&1 & $(BIN)/mypy; checked=$$?; wait; exit $$checked
	$(BIN)/python -m pytest -m "not live" --numprocesses $(WORKERS) --dist worksteal
	$(BIN)/python -m pytest -m live tests/*_live.py

docs: $(VENV)/.dev ## the manual as a site in build/docs, every link checked
	$(BIN)/python -m tests.bench.settings_page > docs/settings.md
	$(BIN)/zensical build --strict

# In an environment of its own: what it installs is no part of what it looks at.
audit: $(VENV)/.chat ## look for known weaknesses in what is installed, with a network: before each release
	$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip --disable-pip-version-check --quiet install 'pip-audit>=2.9,<3'
	@$(PIP) freeze --exclude-editable >$(VENV)/audit.txt
	$(VENV)/audit/bin/pip-audit --strict --no-deps --disable-pip -r $(VENV)/audit.txt

eval: $(VENV)/.chat ## ask the scripted test prompts about the shipped articles: make eval [MODEL=extractive]
	@$(BIN)/byline eval prompts/eval/*.yaml $(if $(MODEL),--model $(MODEL))

bench: $(VENV)/.dev ## measure: make bench DATA=folder of the measuring sets [ONLY="retrieval latency"]
	$(BIN)/python -m tests.bench $(ONLY) --data "$(DATA)"

bench-answers: $(VENV)/.dev $(VENV)/.engine ## answers against a stock chain: make bench-answers DATA=folder of the measuring sets [ARGS="--n 100"]
	@$(BIN)/byline model pull
	$(BIN)/python -m tests.bench.answers --data "$(DATA)" $(ARGS)

# A fit writes the file that ships; `byline fit` alone writes one beside. ARGS are options of the fit.
FIT := $(BIN)/byline fit
GIVEN = $(if $(ROWS),--rows "$(ROWS)") $(if $(DATA),--data "$(DATA)") --ship $(ARGS)

fit-judge: $(VENV)/.dev ## train the judge and report on sources left out: make fit-judge DATA=... [ROWS=mine.jsonl] [ARGS=...]
fit-calibration: $(VENV)/.dev $(VENV)/.engine ## fit when to answer and when to refuse: make fit-calibration DATA=... [ARGS="--ways quoted,written"]
fit-probe: $(VENV)/.dev $(VENV)/.engine ## train what the local model reads a question with, about three quarters of an hour
fit-intent: $(VENV)/.dev ## fit what a person wants: make fit-intent DATA=... [ROWS=mine.jsonl] [ARGS="--measure"]
fit-injection: $(VENV)/.dev ## fit which sentences give orders to whoever answers
fit-follow-up: $(VENV)/.dev ## fit which questions need the history
fit-comparison: $(VENV)/.dev ## fit which words name the sides of a comparison
fit-decomposition: $(VENV)/.dev ## fit which words join two questions
fit-survey: $(VENV)/.dev ## fit what belongs in a broad answer
fit-gaps: $(VENV)/.dev ## fit how near two questions are that ask for the same

# What is fitted here replaces the file that ships; `byline fit` alone writes another one.
FITS := fit-judge fit-calibration fit-probe fit-intent fit-injection fit-follow-up fit-comparison fit-decomposition fit-survey fit-gaps
$(FITS): fit-%:
	@if test $* = calibration || test $* = probe; then $(BIN)/byline model pull; fi
	$(BIN)/byline fit $* $(if $(ROWS),--rows "$(ROWS)") $(if $(DATA),--data "$(DATA)") --ship $(ARGS)

screenshots: $(VENV)/.dev ## take the pictures of the web chat in docs/ anew
	$(BIN)/python -m tests.bench.screenshots

clean: ## remove the environment and what tools left behind; the index in data/ stays
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: each is newer than pyproject.toml once its part is installed.

$(VENV)/.python:
	@command -v $(PYTHON) >/dev/null || { echo "Byline needs Python 3.11 or newer, and there is no $(PYTHON) here: apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Byline needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Name another: make PYTHON=python3.13"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv or pip is missing. Install it, then try again: $(APT)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.chat: pyproject.toml | $(VENV)/.python
	@echo "Installing Byline in $(VENV) (some minutes and up to 7 GB, once)"
	@$(INSTALL) -e '.[serve,slack]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/.python
	@echo "Installing Byline and what its tests need in $(VENV) (some minutes and up to 7 GB, once)"
	@$(INSTALL) -e '.[dev]'
	@touch $@ $(VENV)/.chat

# The engine as a wheel, compiled while the rest is installed (make --jobs=2); without a compiler there is none.
# Built without what reads pictures (LLAVA) and what only llama.cpp's programs use: less than half of the time.
$(VENV)/.built: pyproject.toml | $(VENV)/.python
	@if command -v c++ >/dev/null; then \
	  echo "Compiling the engine of the local language model (2 to 3 minutes, once)"; \
	  CMAKE_ARGS="$$CMAKE_ARGS -DLLAVA_BUILD=OFF '-DCMAKE_PROJECT_llama.cpp_INCLUDE=$(CURDIR)/bot/model/engine.cmake'" \
	    $(PIP) wheel --no-deps --wheel-dir $(VENV)/wheels "$$($(ENGINE))" >$(VENV)/engine.log 2>&1; \
	  touch $@; \
	fi

# Empty when the engine is there; else the sentence that says what is missing. Without a compiler nothing is
# recorded as tried, so that the next run finds the compiler. A failed build is not repeated until `make local`.
$(VENV)/.engine: pyproject.toml | $(VENV)/.chat $(VENV)/.built
	@if ! $(BIN)/python -c 'import llama_cpp' 2>/dev/null && ! command -v c++ >/dev/null; then \
	  echo "No C++ compiler here, so no local language model; answers are quoted sentences. Get one with: $(APT)" >$@; \
	  touch -d @0 $@; \
	elif $(INSTALL) --find-links $(VENV)/wheels --only-binary llama-cpp-python "$$($(ENGINE))" >>$(VENV)/engine.log 2>&1; then : >$@; \
	else echo "The engine of the local language model did not build (see $(VENV)/engine.log); answers are quoted sentences. Try again with: make local" >$@; fi
