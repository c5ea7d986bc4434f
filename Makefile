# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
#   make federate FEDERATE_ARGS="--check --diff"      arguments for ansible-playbook
#   make test PYTEST_ARGS="-k ledger -x"              arguments for pytest
#   make venv PYTHON=python3.13                       another interpreter that requirements/ has a lock for

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV ?= .venv
export VENV
export PATH := $(abspath $(VENV))/bin:$(PATH)
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.collections

LAB := tests/labs/openstack/lab
IN_THE_LAB := ansible-playbook -i tests/labs/federation/inventory.yml
PYTEST := pytest -n auto --maxprocesses 4 --dist loadfile

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: venv
venv: ## The virtualenv .venv with everything pinned (does nothing when it is up to date)
	@tests/tools/venv.sh

.PHONY: lock
lock: venv ## Pin the newest allowed versions of requirements/dev.in anew for the Python of .venv
	tests/tools/lock.sh

# -- running it -----------------------------------------------------------------------------------

.PHONY: federate
federate: lab-up ## Bring the lab up and federate its two operators (FEDERATE_ARGS="--check --diff" to see what would happen)
	@echo "== federate: both operators, playbooks/federate.yml"
	$(IN_THE_LAB) playbooks/federate.yml $(FEDERATE_ARGS)

.PHONY: withdraw
withdraw: venv ## Take down what `make federate` made; the lab stays up
	@echo "== withdraw: both operators, playbooks/withdraw.yml"
	$(IN_THE_LAB) playbooks/withdraw.yml $(FEDERATE_ARGS)

.PHONY: lab-up
lab-up: venv ## Start the OpenStack lab and both operators' EWBI endpoints (root, Debian 12; nothing listens beyond this machine)
	@echo "== lab: OpenStack, $(LAB) up"
	$(LAB) up
	@echo "== lab: both EWBI endpoints, tests/labs/federation/endpoints.yml"
	$(IN_THE_LAB) tests/labs/federation/endpoints.yml

.PHONY: lab-down
lab-down: venv ## Stop the endpoints and the OpenStack lab (LAB_ARGS=--wipe to delete its state, too)
	$(IN_THE_LAB) tests/labs/federation/endpoints-down.yml
	$(LAB) down $(LAB_ARGS)

.PHONY: lab-status
lab-status: ## What of the OpenStack lab runs
	$(LAB) status

# -- checking it ----------------------------------------------------------------------------------

.PHONY: test
test: check ## Fast checks, unit tests, and the integration tests that need no OpenStack (under 10 minutes)
	$(PYTEST) -m "not lab and not benchmark" tests/unit tests/integration $(PYTEST_ARGS)

.PHONY: check
check: venv ## ruff and mypy (the import rules are a unit test)
	ruff check
	ruff format --check
	mypy --package ansible_collections.operator_platform.federation.plugins.module_utils
	mypy endpoint/src

.PHONY: test-lab
test-lab: venv ## The integration tests that need the OpenStack lab (make lab-up)
	pytest -m lab --require-lab tests/integration $(PYTEST_ARGS)

.PHONY: lint
lint: check ## check, ansible-lint (production profile) and the shell scripts
	ansible-lint --strict --offline
	tests/tools/shell_lint.sh

.PHONY: docs-lint
docs-lint: venv ## The documentation of plugins and roles, and the changelog
	antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs self --check-extra-docs-refs .
	antsibull-changelog lint

.PHONY: sanity
sanity: venv ## ansible-test sanity (SANITY_ARGS="--test pylint" for one of them)
	tests/tools/sanity.sh $(SANITY_ARGS)

.PHONY: molecule
molecule: venv ## The molecule scenarios, on this machine, without OpenStack
	cd extensions && molecule test --all

.PHONY: benchmark
benchmark: venv ## Measure, and print ratios against a stated floor
	pytest -m benchmark -s tests/benchmarks $(PYTEST_ARGS)

# -- shipping it ----------------------------------------------------------------------------------

.PHONY: build
build: venv ## The collection's tarball, in dist/
	ansible-galaxy collection build --force --output-path dist

.PHONY: clean
clean: ## Delete what was built and cached; the virtualenv and the lab's state stay
	rm -rf build dist .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache tests/output
	find . -path ./$(VENV) -prune -o -path ./.lab -prune -o -name __pycache__ -type d -print0 | xargs -0 -r rm -rf
