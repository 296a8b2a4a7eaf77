# The commands of Samsvar. Each one does its own set-up and leaves everything it makes in .samsvar/, which git ignores.
.POSIX:
SHELL = /bin/sh

# Only recipes see these: PYTHONDONTWRITEBYTECODE triples every start, and an active environment of the caller's must
# not show through. AIRFLOW_HOME is for tools that import Airflow; the demo and `make up` have homes of their own.
CLEAN = unset PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH VIRTUAL_ENV; PYTHONNOUSERSITE=1; \
	AIRFLOW_HOME="$$PWD/.samsvar/airflow"; export AIRFLOW_HOME PYTHONNOUSERSITE;
RUN = $(CLEAN) .samsvar/venv/bin/python
TOOL = $(CLEAN) .samsvar/venv/bin
# `make migrate` works on the caller's own Airflow, where there is one.
OWN = unset PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH VIRTUAL_ENV; \
	AIRFLOW_HOME="$${AIRFLOW_HOME:-$$PWD/.samsvar/airflow}"; export AIRFLOW_HOME;

.PHONY: help setup demo test up down check bench crash mutate-rules migrate verify-ledger sandbox lock new-rule

help:
	@echo "make demo      a whole night on this machine, with loopback authorities; prints the reconciliation"
	@echo "make test      every test"
	@echo "make up        the same house left running, UI on http://127.0.0.1:8080"
	@echo "make down      stops it"
	@echo "make check     format, lint, types, rooms, docs, lock file, compose file"
	@echo "make bench     the measures, contestants side by side"
	@echo "make crash     senders killed in every window, by the sandbox's truth log: 0 lost, 0 doubled, 0 wrong"
	@echo "make mutate-rules   how many slips in the content rules their golden cases find"
	@echo "make migrate   brings the database of connection 'warehouse' to the latest ledger and mart"
	@echo "make verify-ledger   shows any change to evidence that was sealed: a changed, deleted or added row, a changed seal"
	@echo "make sandbox   starts the loopback authorities and the drop"
	@echo "make new-rule  NAME=area.what writes a content rule and its golden folder from a template"
	@echo "make lock      resolves requirements*.in into requirements*.txt again"

setup:
	@PYTHON="$(PYTHON)" sh .ci/setup

demo: setup
	@$(RUN) -m include.embedded demo

test: setup
	@$(RUN) -m pytest

up: setup
	@$(RUN) -m include.embedded up

down: setup
	@$(RUN) -m include.embedded down

check: setup
	@$(TOOL)/ruff format --check .
	@$(TOOL)/ruff check .
	@$(TOOL)/mypy
	@$(RUN) -m include.config include/config/parties.yaml
	@$(RUN) -m pytest tests/architecture

bench: setup
	@$(RUN) -m tests.bench

crash: setup
	@$(RUN) -m tests.crash

mutate-rules: setup
	@$(RUN) -m tests.mutation $(RULES)

migrate: setup
	@$(OWN) .samsvar/venv/bin/python -m samsvar migrate

# Your own Airflow's warehouse where there is one, else the ledgers that `make demo` and `make up` left here.
verify-ledger: setup
	@if [ -n "$$AIRFLOW_HOME$$AIRFLOW_CONN_WAREHOUSE" ]; \
	then $(OWN) .samsvar/venv/bin/python -m samsvar verify-ledger $${ANCHOR:+--anchor "$$ANCHOR"}; \
	else $(RUN) -m include.embedded verify-ledger $${ANCHOR:+--anchor "$$ANCHOR"}; fi

sandbox: setup
	@$(RUN) -m include.sandbox --home .samsvar/sandbox

new-rule: setup
	@$(RUN) -m include.ivi new-rule "$(NAME)"

lock: setup
	@$(TOOL)/uv pip compile --quiet --no-cache --universal --python-version 3.11 --generate-hashes --no-header \
		requirements.in -o requirements.txt
	@$(TOOL)/uv pip compile --quiet --no-cache --universal --python-version 3.11 --generate-hashes --no-header \
		requirements-dev.in -o requirements-dev.txt
