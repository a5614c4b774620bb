# Each target sets up what it needs; python3 (3.11 or newer) and make are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One process more than there are cores, since many tests wait for a server, a signal or a time limit.
PROCESSES ?= $(shell $(PYTHON) -c 'import os; print(os.cpu_count() + 1)')
# The tests of one file stay together, since they share a crawl, in the order of tests/conftest.py.
SHARED = --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder
DEMONSTRATION := mahttmsr,harbour_ledger,kooche_news

.PHONY: help install crawl demo test fast lint docs migration lock clean

help:
	@echo "make install    what a crawl needs, into .venv; again after each update of the checkout"
	@echo "make crawl      the main job on the bundled demonstration sources, offline, into output/"
	@echo "make demo       seven days of a simulated world, crawled every hour, into output/demo/ (some minutes)"
	@echo "make test       style, types, import floors, every test"
	@echo "make fast       the tests that need less than a minute"
	@echo "make lint       style, types and import floors only"
	@echo "make docs       write docs/fields.md and docs/article.schema.json from items.py"
	@echo "make migration NAME='what changes'   write a migration from schema.py"
	@echo "make lock       pin the newest versions that pyproject.toml allows"
	@echo "make clean      remove .venv and what tests downloaded; output/ stays"

install: $(VENV)/crawl.stamp

crawl: $(VENV)/crawl.stamp
	$(BIN)/scrapy crawl news -a sources=$(DEMONSTRATION) -s NEWSCRAWL_REPLAY=fixtures

demo: $(VENV)/crawl.stamp
	$(BIN)/python -m benchmarks.world --days 7 --output output/demo

test: lint
	$(BIN)/python -m pytest $(SHARED)

fast: $(VENV)/test.stamp
	$(BIN)/python -m pytest $(SHARED) -m "not slow"

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

docs: $(VENV)/test.stamp
	$(BIN)/python -m docs.generate

migration: $(VENV)/test.stamp
	$(BIN)/python -m newscrawl.storage.migrations "$(NAME)"

lock: $(VENV)/test.stamp
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --upgrade --no-header pyproject.toml --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --upgrade --no-header pyproject.toml --group dev --extra notify --extra parquet --constraint requirements.txt --output-file requirements-dev.txt

clean:
	rm -rf $(VENV) .validators

$(VENV)/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "newscrawl needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "no virtual environment: install the venv module (Debian: apt install python3-venv)"; exit 1; }
	touch $@

$(VENV)/crawl.stamp: requirements.txt $(VENV)/python.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/test.stamp: requirements-dev.txt $(VENV)/crawl.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
