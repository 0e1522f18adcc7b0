# `make` alone lists what there is. Two commands need nothing else: `make demo` and `make test`. Both build a private virtual environment
# from the hash-pinned requirements. PYTHON=python3.13 chooses another interpreter (and another environment).
PYTHON ?= python3
VENV   ?= .venv/$(notdir $(PYTHON))
RUN     = $(VENV)/bin/python
MINERS ?=
HISTORY ?= build/history
RENDER ?= $(error RENDER=program is missing: it is called as DASHBOARD.json PROMETHEUS_URL OUT.png NAME=VALUE...)
REQUIREMENTS ?= requirements.txt
JOBS   ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) # many tests wait for sockets and timers
VERSION = $(shell sed -n 's/^__version__ = "\(.*\)"$$/\1/p' exporter/__init__.py)

.PHONY: help demo demo-stack history pictures test torture coverage check golden docs dashboards bench bench-check lock version notes dist image clean
.DELETE_ON_ERROR:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/run.stamp ## run a simulated fleet on loopback, and the exporter over it
	$(RUN) -m exporter demo $(if $(MINERS),--miners=$(MINERS)) $(DEMO)

# The tests of one family, in seconds and in one process: make test TESTS='tests -k iceriver' JOBS=0
test: $(VENV)/dev.stamp ## run the tests; TESTS=… only those; REQUIRE_ALL=1 fails where an outside program is missing
	$(RUN) -m pytest -n $(JOBS) --dist=loadgroup $(TESTS)

torture: $(VENV)/dev.stamp ## break every recorded answer in every place, fire every alert and run outages in real processes; takes minutes
	TORTURE=1 $(RUN) -m pytest -n $(JOBS) --dist=loadgroup tests/alerts tests/whole/test_outage.py \
	  tests/whole/test_calm.py tests/whole/test_mutations.py tests/whole/test_other_devices.py

coverage: $(VENV)/dev.stamp ## run the tests and measure lines and branches; fails below the figure in pyproject.toml
	$(RUN) -m pytest -n $(JOBS) --dist=loadgroup --cov $(TESTS)

check: $(VENV)/dev.stamp ## check style and types
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

golden: $(VENV)/dev.stamp ## write the expected outputs anew; the diff is the review
	GOLDEN=write $(RUN) -m pytest -q tests/whole/test_golden.py tests/whole/test_unread.py tests/questions/test_questions.py tests/whole/test_alerts.py

docs: $(VENV)/dev.stamp ## write the derived parts of the documents anew
	$(RUN) -m tools.documents --write

dashboards: $(VENV)/dev.stamp ## write grafana/dashboards/*.json and grafana/rules/*.yml from their Python
	$(RUN) -m grafana.build

history: $(VENV)/dev.stamp ## make hours of history of a simulated farm, and serve it; HISTORY=folder ARGS='--miners=300 --hours=6'
	$(RUN) -m tools.history $(HISTORY) --serve 127.0.0.1:9090 $(ARGS)

demo-stack: $(VENV)/dev.stamp ## run a farm with history, Prometheus, Alertmanager and Grafana, as far as they are installed; ARGS=…
	$(RUN) -m tools.stack $(ARGS)

pictures: $(VENV)/dev.stamp ## draw the dashboards into docs/; RENDER=program OPTIONS='theme=dark' HISTORY=folder (made if missing)
	test -d $(HISTORY) || $(RUN) -m tools.history $(HISTORY) $(ARGS)
	$(RUN) -m tools.pictures $(RENDER) $(HISTORY) $(OPTIONS)

bench: $(VENV)/dev.stamp ## measure what a fleet costs, beside other exporters; BENCH=--quick takes a minute
	$(RUN) -m bench $(BENCH)

bench-check: $(VENV)/dev.stamp ## compare a poll's instructions and bytes with bench/baseline.json; BASELINE=write renews that
	$(RUN) -m bench.check $(if $(BASELINE),--$(BASELINE))

lock: ## pin requirements*.txt anew (needs uv)
	for f in requirements requirements-grpc requirements-dev requirements-release; do uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --custom-compile-command "make lock" -o $$f.txt $$f.in; done

version: ## print the version, which exporter/__init__.py has
	@echo $(VERSION)

notes: ## print the CHANGELOG's part on that version, once it has a date
	@awk '/^## / { on = $$2 == "$(VERSION)," && $$3 ~ /^20/; next } on' CHANGELOG.md

dist: $(VENV)/release.stamp ## build the sdist and the wheel into dist/
	rm -rf dist
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(RUN) -m build --no-isolation

image: ## build the container image for this machine's architecture
	docker build --build-arg REVISION=$$(git rev-parse HEAD) --build-arg REQUIREMENTS=$(REQUIREMENTS) -t asic-exporter:$(VERSION) .

clean: ## remove what make made
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*

$(VENV)/run.stamp: requirements.txt
	test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

$(VENV)/%.stamp: requirements-%.txt
	test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@
