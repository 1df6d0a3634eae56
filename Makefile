# `make run` and `make test` set up what is missing; nothing else is needed.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint gate compare versions clean

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

# The prompt versions for large models, on what a 1.5B model once answered; 1 if v2 is worse.
compare: .venv/ready
	@$(MAKE) --no-print-directory versions TASK=quotes ARTICLES=8
	@$(MAKE) --no-print-directory versions TASK=events ARTICLES=3

versions:
	@rm -rf evals/runs/$(TASK)-v1 evals/runs/$(TASK)-v2
	@for version in v1 v2; do $(BIN)/extract eval run --suite hard --limit $(ARTICLES) --tasks $(TASK) \
	  --prompt $(TASK)@$$version --replay hard/local-qwen2.5-coder-1.5b --name $(TASK)-$$version || exit; done
	@$(BIN)/extract eval compare $(TASK)-v1 $(TASK)-v2

clean:
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
