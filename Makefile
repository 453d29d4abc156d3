# make run    set up, fill the database, print the comparison table of 2021 and serve
# make test   set up with the test extras, check style and types, run every test, on SQLite and on PostgreSQL
# make smoke  start the service, ask it one question, stop it
# make bench  measure the hot paths side by side
# make load   requests per second of the served API, beside a bare endpoint (needs wrk)
# make soak   100,000 requests that are nearly right, then 10 minutes of reading and importing at once
# make drills a worker killed, PostgreSQL stopped, a disk full, the clock set back, slow clients (docs/drills.md; root)
# make audit  ask an index of known weaknesses about every pinned package (needs a network)
# make samples  write the sample reports in docs/samples anew
# Needs make, and python3 (3.11 or newer) with venv: on Debian, apt install make python3-venv
# make test needs Chromium too: apt install chromium, or CHROMIUM=its path

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
# What asks a database goes through both engines; ALONE do so by themselves, like tests/storage and tests/migrations.
ALONE := tests/api/test_senders.py
ON_BOTH := tests/api tests/docs tests/services tests/test_cli.py
# Among these, what asks no database, or computes on what was read: how it is read is tested on both by all others.
ON_ONE := tests/services/test_evaluating.py tests/services/test_evaluation_agrees_with_oracle.py \
	tests/services/test_reference_cases.py tests/services/test_agreement_with_oracle.py \
	tests/services/test_groups_agree_with_oracle.py tests/services/test_paths.py \
	tests/services/test_path_confidence.py tests/services/test_auditing.py tests/services/test_walking.py \
	tests/api/test_evaluation.py tests/api/test_reports.py tests/api/test_arrival.py tests/api/test_slow_clients.py \
	tests/api/test_heavy.py tests/api/test_languages.py tests/api/test_paths.py tests/api/test_limits.py \
	tests/api/test_origins.py tests/api/test_docs_page.py tests/api/test_problems.py tests/api/test_bodies.py \
	tests/api/test_upload.py tests/api/test_workers.py tests/api/test_hostile_batches.py tests/services/test_cluster.py \
	tests/docs/test_api_examples.py tests/docs/test_tutorial.py tests/docs/test_methodology.py tests/docs/test_two_leaps.py
CATALOGUE := tierscore/locale/zh/LC_MESSAGES/messages
FONTS := tierscore/reports/typefaces/charts/NotoSansSC-Bold.ttf
BUNDLE := tierscore/web/static/vega.js

.PHONY: run test lint smoke bench load soak drills audit samples clean

run: $(VENV)/.runtime $(CATALOGUE).mo $(FONTS) $(BUNDLE) var/secret
	@$(BIN)/tierscore db upgrade
	@$(BIN)/tierscore seed
	@$(BIN)/tierscore compare --period 2021
	@echo
	@echo "Open http://127.0.0.1:$(PORT) in a browser; contract on http://127.0.0.1:$(PORT)/docs, stop with Ctrl-C. Try:"
	@echo "  curl http://127.0.0.1:$(PORT)/api/v1/assessments/CN-SC"
	@echo "Reading needs no key, storing does. Make one:"
	@echo "  $(BIN)/tierscore keys create --name me --scopes read,write"
	@TIERSCORE_LOG_FORMAT="$${TIERSCORE_LOG_FORMAT:-text}" TIERSCORE_SECRET_KEY="$$(cat var/secret)" exec $(BIN)/tierscore serve --port $(PORT)

test: lint
	$(BIN)/python -m pytest -q -n 2 --dist loadfile
	TEST_DATABASE=postgresql $(BIN)/python -m pytest -q -n 2 --dist loadfile $(ON_BOTH) $(addprefix --ignore=,$(ON_ONE) $(ALONE))

lint: $(VENV)/.test $(CATALOGUE).mo $(FONTS) $(BUNDLE)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

smoke: $(VENV)/.runtime $(CATALOGUE).mo $(FONTS) $(BUNDLE)
	$(BIN)/python tests/smoke.py

bench: $(VENV)/.test $(CATALOGUE).mo $(FONTS) $(BUNDLE)
	$(BIN)/python -m pytest -q tests/benchmarks --benchmark-enable --benchmark-columns=min,median,rounds --benchmark-sort=name

load: $(VENV)/.runtime $(CATALOGUE).mo $(FONTS) $(BUNDLE)
	$(BIN)/python -m tests.benchmarks.throughput

soak: $(VENV)/.test $(CATALOGUE).mo $(FONTS) $(BUNDLE)
	$(BIN)/python -m tests.soak.malformed --number 100000
	$(BIN)/python -m tests.soak.mixed --minutes 10 --workers 4

drills: $(VENV)/.test $(CATALOGUE).mo $(FONTS)
	$(BIN)/python -m tests.drills.killed_worker
	$(BIN)/python -m tests.drills.killed_worker --engine postgresql
	$(BIN)/python -m tests.drills.database_away
	$(BIN)/python -m tests.drills.disk_full
	$(BIN)/python -m tests.drills.clock_set_back
	$(BIN)/python -m tests.drills.slow_clients

audit: $(VENV)/.audit
	@told=$$($(VENV)/audit/bin/pip-audit --requirement requirements.txt --disable-pip --no-deps --strict --progress-spinner off 2>&1); \
	code=$$?; \
	if echo "$$told" | grep -qE "could not be audited|ConnectionError|Max retries"; then \
		echo "No audit was made: the index of known weaknesses cannot be asked from here."; exit 1; fi; \
	echo "$$told"; exit $$code

clean:
	rm -rf $(VENV) $(CATALOGUE).mo tierscore/reports/typefaces $(BUNDLE)

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "python3 of version 3.11 or newer is needed; on Debian: apt install python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "python3 lacks venv; on Debian: apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: requirements.txt pyproject.toml | $(VENV)/.python
	@echo "Installing requirements.txt into $(VENV) ..."
	@$(PIP) -r requirements.txt
	@$(PIP) --no-deps --editable .
	@touch $@

$(VENV)/.test: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing requirements-dev.txt into $(VENV) ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

# An environment of its own: what audits is no part of what is audited.
$(VENV)/.audit: | $(VENV)/.python
	@$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1
	@touch $@

$(CATALOGUE).mo: $(CATALOGUE).po | $(VENV)/.runtime
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale zh

$(FONTS): tierscore/reports/fonts.py | $(VENV)/.runtime
	@$(BIN)/python -m tierscore.reports.fonts
	@touch $@

$(BUNDLE): tierscore/web/bundle.py requirements.txt | $(VENV)/.runtime
	@$(BIN)/python -m tierscore.web.bundle
	@touch $@

# The samples of docs/reports.md, from the seeds alone.
samples: $(VENV)/.runtime $(CATALOGUE).mo $(FONTS) $(BUNDLE)
	@rm -f var/samples.db && mkdir -p var docs/samples
	@DATABASE_URL=sqlite:///var/samples.db $(BIN)/tierscore db upgrade
	@DATABASE_URL=sqlite:///var/samples.db $(BIN)/tierscore seed
	@for file in zh.docx zh.xlsx zh.pdf en.pdf; do \
		DATABASE_URL=sqlite:///var/samples.db $(BIN)/tierscore --lang $${file%.*} report CN-SC CN-HB \
			-o docs/samples/sichuan-hubei-$$file; done

var/secret:
	@mkdir -p var
	@umask 077 && $(PYTHON) -c 'import secrets; print(secrets.token_hex(32))' > $@
