# Every target builds what it needs; `make app` and `make test` work on a fresh clone.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
BIN := .venv/bin
# The stamp carries a checksum of the pins: a checkout that only touches the file installs nothing.
STAMP := .venv/.installed-$(firstword $(shell cksum < requirements.txt))
# One thread per pytest worker; two workers share the cores.
PYTEST := OMP_NUM_THREADS=1 CHROMIUM="$(CHROMIUM)" $(BIN)/python -m pytest -n 2 --dist loadgroup

.PHONY: app test test-all lint browser install
.DEFAULT_GOAL := app

app: $(STAMP)
	$(BIN)/streamlit run app.py

test: $(STAMP)
	$(PYTEST) -m "not slow and not browser"

test-all: browser $(STAMP)
	$(PYTEST)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

install: $(STAMP)

$(STAMP): requirements.txt
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || { \
	  echo "MIST needs Python 3.11, and '$(PYTHON)' is not that. Install it, or name it: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@rm -f .venv/.installed-* && touch $@

browser:
	@test -x "$(CHROMIUM)" || { \
	  echo "The browser tests need Chromium. Install it (Debian: apt-get install chromium), or name it: make CHROMIUM=/path/to/chromium test-all"; exit 1; }
