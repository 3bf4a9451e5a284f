# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every target makes what it needs: the Python environment, the testbed's programs, the cluster.

PYTHON ?= python3
INSIDE := $(PYTHON) -m tools.environment run
TESTBED := $(PYTHON) -m testbed

.DEFAULT_GOAL := help
.PHONY: help demo test lint unit sanity package docs matrix testbed-checks up down integration molecule bench chaos real env pins clean

help:  ## Show this list
	@$(PYTHON) -m tools.make_help $(firstword $(MAKEFILE_LIST))

demo:  ## Deploy three members on a real cluster and prove that they are healthy
	@$(INSIDE) python -m tools.demo

test:  ## Every check, in order, up to the first failure; what is left of one is in tests/output
	@$(PYTHON) -m tools.suite

lint:  ## ruff, mypy, yamllint, ansible-lint, reuse, antsibull-changelog
	@$(INSIDE) python -m tools.lint

unit:  ## Unit tests of the collection, the testbed and the tools
	@$(INSIDE) pytest -n auto -q tests/unit

sanity:  ## ansible-test sanity, on what the collection ships
	@$(INSIDE) python -m tools.sanity

package:  ## Build the archive, have galaxy-importer judge it, and use it from an empty folder
	@$(INSIDE) python -m tools.package

docs:  ## Check the documentation and build its site in build/docs/html
	@$(INSIDE) python -m tools.docs

matrix:  ## The archive under every supported ansible-core, with the oldest and newest kubernetes.core and client
	@$(INSIDE) python -m tools.matrix

testbed-checks:  ## Format, lints and tests of the CSI driver (Go) and the reference member (Rust)
	@$(PYTHON) -m tools.testbed_checks

up:  ## Bring the cluster up, or repair it
	@$(TESTBED) up

down:  ## Remove the cluster; the built programs stay cached
	@$(TESTBED) down

integration: up  ## Each module against the cluster; what fails beside others is run once more alone
	@$(INSIDE) python -m tools.integration

molecule: up  ## Each role and playbook against the cluster
	@$(INSIDE) molecule test --all --workers 4

bench: up  ## Measure what the collection's operations cost
	@$(INSIDE) python -m tools.bench

chaos: up  ## The long proofs, then the cluster broken at random while the gates hold
	@KILLS=$(or $(KILLS),10) $(INSIDE) pytest -n 2 -q -m long tests/integration
	@$(INSIDE) python -m tools.chaos

real:  ## The tests on a real server: SERVER=PATH [NEXT=PATH], programs or archives of images; CORE=1 for the core of them
	@SERVER="$(SERVER)" NEXT="$(NEXT)" $(INSIDE) python -m tools.real $(if $(CORE),--core)

env:  ## Print exports: eval "$$(make -s env)"
	@$(PYTHON) -m tools.environment exports

pins:  ## Resolve requirements/*.in anew
	@$(PYTHON) -m tools.pin

clean:  ## Remove what checks left in this folder; the cluster and the cache stay
	@$(PYTHON) -m tools.clean
