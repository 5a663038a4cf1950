# The commands that people and CI use. Everything built or fetched lands under
# NEXUS_CACHE, so that a fresh clone is fast and the checkout stays clean.
#
#   make demo    prepare, build, run the demo, print its persons, groups, events and states
#   make test    prepare, then the whole test suite
#   make ready   what CI runs: format, lints, instruction counts, tests
#   make bench   time parsing, listing, compiling and running, beside dbt-core
#   make adapter-suite   dbt-labs' adapter tests against nexus (5 minutes)

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup oracle clients lab build demo test adapter-suite ready format lint instructions bench clean

export NEXUS_CACHE ?= $(HOME)/.cache/nexus
export DUCKDB_LIB_DIR ?= $(NEXUS_CACHE)/duckdb-1.5.6
export CARGO_TARGET_DIR ?= $(NEXUS_CACHE)/target

NEXUS := $(CARGO_TARGET_DIR)/release/nexus
DEMO := $(CURDIR)/examples/demo
DEMO_OUT := $(NEXUS_CACHE)/demo

help:
	@sed -n 's/^#  *make /make /p' Makefile
	@echo 'also: setup oracle clients lab build format lint instructions clean'

setup:
	@scripts/setup.sh

oracle:
	@tests/parity/oracle.sh >/dev/null

clients:
	@tests/parity/clients.sh >/dev/null

# The engines that stand in for databases, and a parser of their languages.
lab:
	@for script in tests/lab/*.sh; do "$$script" setup; done
	@cargo build --quiet --locked --manifest-path tests/lab/parsers/Cargo.toml --target-dir "$(NEXUS_CACHE)/lab/parsers" --config profile.dev.debug=false
	@tests/lab/redshift/check.sh
	@tests/parity/postgres/compare.py --setup

build: setup
	cargo build --release --locked

demo: build
	@scripts/demo.sh "$(NEXUS)" "$(DEMO)" "$(DEMO_OUT)"

# dbt-labs' adapter test suite against a binary of the kind that developers build.
adapter-suite: setup
	cargo build --locked
	@tests/parity/adapter_suite/run.sh "$(CARGO_TARGET_DIR)/debug/nexus"

# The runner's own closing line is the last thing printed.
test: setup oracle clients lab
	@if cargo nextest --version >/dev/null 2>&1; then \
	  echo 'cargo nextest run --locked'; cargo nextest run --locked --no-fail-fast; \
	else \
	  echo 'cargo test --locked'; cargo test --locked --no-fail-fast; \
	fi

format:
	cargo fmt --check

lint: setup
	cargo clippy --locked --all-targets -- -D warnings

# Counts instructions, so that a change which makes parsing slower by a tenth does not pass unseen.
instructions: build
	@python3 benches/instructions.py --nexus "$(NEXUS)"

ready: format lint instructions
	@$(MAKE) --no-print-directory test

# Beside dbt-core, which takes the most of its time; SIZES=100,1000 for less.
SIZES ?= 100,1000,5000,20000
bench: build oracle
	@python3 benches/suite.py --nexus "$(NEXUS)" --sizes "$(SIZES)" \
	  --dbt "$(NEXUS_CACHE)/dbt-oracle/bin/dbt" --python "$(NEXUS_CACHE)/dbt-oracle/bin/python"

# Removes what was built and the demo's output; keeps what was fetched.
clean:
	rm -rf "$(CARGO_TARGET_DIR)" "$(DEMO_OUT)"
