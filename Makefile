# Every target builds what it needs; `make app` and `make test` work on a fresh clone.
# The first of these that runs and is new enough: a pyenv shim may stand there and refuse.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
  $$p -c $(FITS) 2>/dev/null && command -v $$p && break; done)
FITS := 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
BIN := .venv/bin
# The stamp carries a checksum of the pins: a checkout that only touches the file installs nothing.
PINS := requirements.txt requirements-bmi.txt
STAMP := .venv/.installed-$(firstword $(shell cat $(PINS) | cksum))
# One thread per pytest worker; two workers share the cores.
PYTEST := OMP_NUM_THREADS=1 CHROMIUM="$(CHROMIUM)" $(BIN)/python -m pytest -n 2 --dist loadgroup

# Examples that `make fuzz` tries of each property, beside whole tables of hostile inputs of which
# the suite tries a part: an hour.
FUZZ ?= 2000

.PHONY: app test test-all fuzz wheel-test notebooks docs lint browser install
.DEFAULT_GOAL := app

app: $(STAMP)
	$(BIN)/streamlit run app.py

test: $(STAMP)
	$(PYTEST) -m "not slow and not browser"

test-all: browser $(STAMP)
	$(PYTEST)

# Installs the wheel for each Python found; where there is no CPU wheel of torch, gigabytes.
wheel-test: $(STAMP)
	$(BIN)/python -m tests.measure.wheel $(PYTHONS)

fuzz: $(STAMP)
	MIST_FUZZ=$(FUZZ) $(PYTEST) --timeout 3600 tests/properties tests/pages/test_addresses.py \
	  tests/pages/test_damaged_home.py tests/weights/test_hostile.py

# Runs each source in notebooks/ and writes the notebook beside it, with its outputs.
notebooks: $(STAMP)
	$(BIN)/python -m tests.notebooks.write

# The site of the documentation, into site/; needs no network.
docs: $(STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy

install: $(STAMP)

$(STAMP): $(PINS)
	@"$(PYTHON)" -c $(FITS) 2>/dev/null || { \
	  echo "MIST needs Python 3.11, 3.12 or 3.13, and '$(PYTHON)' is none of them. Install one, or name it: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-bmi.txt
	@rm -f .venv/.installed-* && touch $@

browser:
	@test -x "$(CHROMIUM)" || { \
	  echo "The browser tests need Chromium. Install it (Debian: apt-get install chromium), or name it: make CHROMIUM=/path/to/chromium test-all"; exit 1; }
