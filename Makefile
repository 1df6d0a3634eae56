# `make run` and `make test` set up what is missing; nothing else is needed.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint gate clean

run: .venv/ready
	@$(BIN)/extract models pull
	@$(BIN)/extract run examples/articles --format view

test: .venv/ready
	@$(BIN)/extract models pull
	@$(BIN)/python -m pytest

lint: .venv/ready
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

.venv/ready: pyproject.toml
	@echo "Setting up .venv (a minute or two, once) ..." >&2
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[local,parquet,dev]'
	@touch $@

gate: .venv/ready
	@$(BIN)/extract check
	@$(BIN)/extract eval check
	@$(BIN)/extract eval gate --suite dev --suite hard

clean:
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
