# Heli: `make run` starts everything on a fresh clone, `make test` tests everything. Needs Python 3.11 or newer.
ifneq ($(wildcard .venv/bin/python),)
PYTHON ?= .venv/bin/python
else
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(if $(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo yes),$(name))) python3)
endif
PY     := .venv/bin/python
HELI   := $(PY) -m heli
JOBS   ?= 2
HISTORIES ?= 1000000
ARGS   ?=
SHOTS  ?= var/screenshots

.DEFAULT_GOAL := help
.PHONY: help install install-dev parts run test histories check check-format check-lint check-types check-imports check-templates \
        check-messages check-house bench accuracy screenshots clean

help:
	@$(PYTHON) -m heli.config.sentences make.help

install:
	@$(PYTHON) -m heli.config.install

install-dev:
	@$(PYTHON) -m heli.config.install --dev

parts:
	@$(PY) -m heli.config.assets >/dev/null
	@$(PY) -m heli.config.messages compile >/dev/null

run: install
	@$(MAKE) --no-print-directory parts
	@exec $(HELI) run --demo $(ARGS)

test: install-dev
	@$(MAKE) --no-print-directory parts
	@$(PY) -m heli.config.testing.chromium
	@$(PY) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -q $(ARGS)

histories: install-dev
	@HISTORIES=$(HISTORIES) $(PY) -m pytest -q tests/histories $(ARGS)

check: install-dev check-format check-lint check-types check-imports check-templates check-messages check-house

check-format: install-dev
	@$(PY) -m ruff format --check --quiet . || { echo 'Format: run .venv/bin/ruff format .'; exit 1; }

check-lint: install-dev
	@$(PY) -m ruff check --quiet .

check-types: install-dev
	@$(PY) -m mypy

check-imports: install-dev
	@.venv/bin/lint-imports --config config/importlinter.ini --no-cache

check-templates: install-dev
	@.venv/bin/djlint heli --lint --quiet

check-messages: install-dev
	@$(PY) -m heli.config.messages check

check-house: install-dev
	@$(MAKE) --no-print-directory parts
	@$(PY) -m pytest -q tests/architecture

bench: install
	@$(HELI) bench $(NAMES) $(ARGS)

accuracy: install-dev
	@test -n "$(SAMPLES)" || { $(PY) -m heli.config.sentences make.samples; exit 2; }
	@$(PY) -m heli.config.accuracy $(SAMPLES)

screenshots: install-dev
	@$(MAKE) --no-print-directory parts
	@$(PY) -m heli.config.testing.chromium
	@mkdir -p $(SHOTS)
	@SHOTS=$(abspath $(SHOTS)) $(PY) -m pytest -q $$(grep -rlw shot --include='test_*.py' heli tests) $(ARGS)
	@echo "Pictures are in $(SHOTS)"

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
