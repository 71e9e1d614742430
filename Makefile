# LiftWarden 梯安. Every task is one command; `make` alone explains them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export LIFTWARDEN_HOME ?= $(CURDIR)/var

.PHONY: help setup run demo test test-slow test-nightly check fix bench screenshots lock

help:  ## explain every target
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

$(READY): requirements-dev.txt pyproject.toml
	@echo "== 建立 Python 环境（首次约一分钟）"
	@$(PYTHON) -c 'import sys; sys.exit("LiftWarden needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(READY)  ## make the virtual environment from the hash-locked list

run: setup  ## set up, fill with demonstration data if empty, serve on 127.0.0.1:8000
	@$(BIN)/liftwarden setup
	@$(BIN)/liftwarden demo --if-empty
	@$(BIN)/liftwarden serve

demo: setup  ## start over with a demonstration province: make demo LIFTS=20000 SEED=7
	@$(BIN)/liftwarden setup
	@$(BIN)/liftwarden demo --lifts $(or $(LIFTS),3000) --seed $(or $(SEED),1)

check: setup  ## formatting, lint, types, walls, generated pages, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python tools/traceability.py --check
	$(BIN)/python tools/messages.py --check
	PYTHONPATH=. $(BIN)/python tools/lifecycles.py --check
	PYTHONPATH=. $(BIN)/python tools/openapi.py --check

fix: setup  ## mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python tools/traceability.py
	$(BIN)/python tools/messages.py
	PYTHONPATH=. $(BIN)/python tools/lifecycles.py
	PYTHONPATH=. $(BIN)/python tools/openapi.py

test: setup  ## the suite on SQLite, then on PostgreSQL (started and stopped by itself)
	$(BIN)/pytest -n 2 -q
	$(BIN)/python tools/with_postgres.py $(BIN)/pytest -n 2 -q tests/rooms tests/doors tests/agreement tests/promises

test-slow: setup  ## kills, storms, browsers (installs Chromium and fonts by apt where they are missing)
	tools/install-browser
	$(BIN)/pytest -q -m slow
	$(BIN)/python tools/with_postgres.py $(BIN)/pytest -q -m slow tests/rooms/test_journal_collector.py

test-nightly: setup  ## full size
	tools/install-browser
	$(BIN)/pytest -q -m nightly

bench: setup  ## every benchmark, each a ratio with both sides in one run
	@for file in bench/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

screenshots: setup  ## take the README's pictures of the running product
	tools/install-browser
	$(BIN)/python tools/screenshots.py

lock:  ## lock dependencies again, with hashes
	$(BIN)/uv pip compile pyproject.toml --generate-hashes --no-emit-index-url --universal --python-version 3.11 -q -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --group dev --generate-hashes --no-emit-index-url --universal --python-version 3.11 -q -o requirements-dev.txt
