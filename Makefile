# One list of verbs, the same on a desk and in CI.  `make help` shows them.
#
#   make crawl                          the demo news site, served by the package itself
#   make crawl URLS="https://…" ARGS="-o DIR"      several addresses with blanks between
#   make test TESTS=tests/unit          a part of the suite

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
URLS   ?=
ARGS   ?=
TESTS  ?= tests
KILLS  ?= 60

.DEFAULT_GOAL := help
.PHONY: help install browser crawl test check fmt lint types floors fresh soak bench screenshots docs schemas

help:  ## show the verbs
	@sed -n 's/^\([a-z]*\):[^#]*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 12

# A stamp is newer than what decides the environment, so each is done once.
$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "make: Python 3.11 or newer is needed; name one: make PYTHON=python3.12 …" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "make: install the venv module first: apt install python3-venv" >&2; exit 2; }
	@echo "setting up $(VENV), which may take some minutes"
	@$(PIP) hatchling editables
	@$(PIP) --no-build-isolation --editable '.[notify,serve,wacz]'
	@touch $@

# Checkers, and programs that read what is exported, are more than twice the size of the product.
$(VENV)/.tools: $(VENV)/.installed
	@echo "adding what tests and checks need"
	@$(PIP) --no-build-isolation --editable '.[dev]'
	@touch $@

install: $(VENV)/.installed browser  ## set up the virtual environment and a browser

browser: $(VENV)/.installed
	@$(BIN)/scraper install --yes

# Addresses hold & ; ( ) ' and more.  Neither make nor the shell may read them: they go through the
# environment as they are, and the shell only splits them at blanks.
unexport URLS
crawl: export ADDRESSES := $(strip $(value URLS))
crawl: install  ## crawl URLS="…", or the demo site
	@set -f; $(BIN)/scraper crawl $${ADDRESSES:---demo} $(ARGS)

test: $(VENV)/.tools browser  ## the whole suite, real Chromium included (TESTS=… for a part)
	$(BIN)/python -m pytest $(TESTS) $(ARGS)

check: lint types floors fresh  ## format, lint, types, floors, generated files

fmt: $(VENV)/.tools  ## format, and mend what can be mended
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lint: $(VENV)/.tools  ## format and lint, changing nothing
	$(BIN)/ruff format --check
	$(BIN)/ruff check

types: $(VENV)/.tools  ## mypy --strict
	$(BIN)/mypy

floors: $(VENV)/.tools  ## imports go down the stairs
	$(BIN)/lint-imports --no-cache --no-logo

fresh: $(VENV)/.tools
	$(BIN)/scraper schema --check

schemas: $(VENV)/.tools  ## write the JSON Schemas and generated docs anew
	$(BIN)/scraper schema --write

soak: $(VENV)/.tools browser  ## kill whole crawls many times (KILLS=60), refuse every call once, and count
	SCRAPER_KILLS=$(KILLS) SCRAPER_EXHAUSTIVE=1 $(BIN)/python -m pytest -s \
	  tests/e2e/test_kill.py tests/integration/test_refused_calls.py $(ARGS)

bench: $(VENV)/.tools browser  ## measure against the installed peers
	$(BIN)/python -m benchmarks $(ARGS)

screenshots: $(VENV)/.tools browser  ## draw the picture of the README anew, from the demo site
	$(BIN)/python -m docs.screenshots

docs: schemas  ## the same: docs/ is Markdown, its generated parts come from the code
