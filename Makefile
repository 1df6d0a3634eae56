# `make run` and `make test` set up what is missing; nothing else is needed.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint gate compare clean

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
	@rm -rf evals/runs/large-v1 evals/runs/large-v2
	@for version in v1 v2; do $(BIN)/extract eval run --suite hard --limit 8 --tasks quotes \
	  --prompt quotes@$$version --replay hard/local-qwen2.5-coder-1.5b --name large-$$version || exit; done
	@$(BIN)/extract eval compare large-v1 large-v2

clean:
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
