# `make` alone lists what there is. Two commands need nothing else: `make demo` and `make test`. Both build a private virtual environment
# from the hash-pinned requirements. PYTHON=python3.13 chooses another interpreter (and another environment).
PYTHON ?= python3
VENV   ?= .venv/$(notdir $(PYTHON))
RUN     = $(VENV)/bin/python
MINERS ?=
REQUIREMENTS ?= requirements.txt
JOBS   ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) # many tests wait for sockets and timers
VERSION = $(shell sed -n 's/^__version__ = "\(.*\)"$$/\1/p' exporter/__init__.py)

.PHONY: help demo test torture coverage check golden docs dashboards bench bench-check lock version notes dist image clean
.DELETE_ON_ERROR:

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/run.stamp ## a simulated fleet on loopback and the exporter over it
	$(RUN) -m exporter demo $(if $(MINERS),--miners=$(MINERS)) $(DEMO)

test: $(VENV)/dev.stamp ## everything; REQUIRE_ALL=1 makes a missing outside program a failure
	$(RUN) -m pytest -n $(JOBS) --dist=loadgroup $(TESTS)

torture: $(VENV)/dev.stamp ## what takes too long for `make test`: every recorded answer broken in every place, outages with real processes
	TORTURE=1 $(RUN) -m pytest -n $(JOBS) tests/whole/test_outage.py tests/whole/test_mutations.py

coverage: $(VENV)/dev.stamp ## the tests, and which lines and branches of exporter/ they run; fails below the figure in pyproject.toml
	$(RUN) -m coverage erase
	$(RUN) -m coverage run -m pytest -n $(JOBS) --dist=loadgroup $(TESTS)
	$(RUN) -m coverage combine -q
	$(RUN) -m coverage report

check: $(VENV)/dev.stamp ## style and types
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

golden: $(VENV)/dev.stamp ## writes the expected outputs anew; the diff is the review
	GOLDEN=write $(RUN) -m pytest -q tests/whole/test_golden.py tests/questions/test_questions.py tests/whole/test_alerts.py

docs: $(VENV)/dev.stamp ## writes the derived parts of the documents anew
	$(RUN) -m tools.documents --write

dashboards: $(VENV)/dev.stamp ## writes grafana/dashboards/*.json from their Python
	$(RUN) -m grafana.build

bench: $(VENV)/dev.stamp ## what reading a fleet costs, beside what else there is; BENCH=--quick for a minute of it
	$(RUN) -m bench $(BENCH)

bench-check: $(VENV)/dev.stamp ## counts instructions and kept bytes against bench/baseline.json; BASELINE=write renews it
	$(RUN) -m bench.check $(if $(BASELINE),--$(BASELINE))

lock: ## pins requirements*.txt anew (needs uv)
	for f in requirements requirements-grpc requirements-dev requirements-release; do uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --custom-compile-command "make lock" -o $$f.txt $$f.in; done

version: ## the version, from its one place: exporter/__init__.py
	@echo $(VERSION)

notes: ## the part of the CHANGELOG on that version, once it has a date
	@awk '/^## / { on = $$2 == "$(VERSION)," && $$3 ~ /^20/; next } on' CHANGELOG.md

dist: $(VENV)/release.stamp ## the sdist and the wheel, in dist/
	rm -rf dist
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(RUN) -m build --no-isolation

image: ## the container image for this machine's architecture
	docker build --build-arg REVISION=$$(git rev-parse HEAD) --build-arg REQUIREMENTS=$(REQUIREMENTS) -t asic-exporter:$(VERSION) .

clean: ## removes everything that make made
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*

$(VENV)/run.stamp: requirements.txt
	test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

$(VENV)/%.stamp: requirements-%.txt
	test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@
