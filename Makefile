# `make run` serves the desk, `make test` tests everything. Both set up what is missing, saying what they do.
.DEFAULT_GOAL := help
.PHONY: help run build site test check lint fmt unit browser-dependencies e2e deny fuzz scan bench load setup-run setup-test
STEP := scripts/step.sh

help: ## Shows this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-22s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## Builds in release and serves the desk, with the sandbox beside it
	@exec target/release/centralino serve

build: setup-run site ## Builds target/release/centralino: one file, the site inside
	@$(STEP) "server" cargo build --release --bin centralino

site: ## Builds what reaches the browser (islands, style, fonts) into target/site
	@$(STEP) "site" scripts/site.sh

test: setup-test check unit e2e ## Tests everything: style, units, both databases, third parties, the browser
	@echo; echo "==> all tests passed"

check: site lint browser-dependencies ## Formatting, clippy for both builds, the browser's dependencies

lint: ## Formatting and clippy, server and browser
	@$(STEP) "formatting" cargo fmt --check
	@$(STEP) "clippy, server" cargo clippy --quiet --all-targets -- -D warnings
	@$(STEP) "clippy, browser" cargo clippy --quiet --lib --no-default-features --features hydrate -- -D warnings

fmt: ## Formats the code
	@cargo fmt

browser-dependencies: ## Proves that the browser build pulls in nothing of the server
	@$(STEP) "browser dependencies" scripts/browser-dependencies.sh

unit: setup-test site ## Unit, property and integration tests, on SQLite and on a PostgreSQL of their own, and zeep
	@$(STEP) "unit and integration tests" cargo nextest run --no-fail-fast

# The program that `unit` has built: by itself it would be built anew, its dependencies with other features.
e2e: setup-test site ## End-to-end tests in Chromium
	@$(STEP) "server for the browser tests" cargo test --quiet --no-run --test integration
	@$(STEP) "end-to-end tests" scripts/e2e.sh

deny: ## Licences, bans, sources and advisories of the dependencies (cargo-deny)
	@$(STEP) "dependencies" scripts/deny.sh

scan: build ## Third-party scanners at the running product: wapiti, testssl.sh
	@scripts/setup.sh test
	@$(STEP) "scanners" scripts/scan.sh

fuzz: setup-run ## Fuzzes every parser of foreign bytes, ten minutes each (FUZZ_SECONDS)
	@$(STEP) "fuzzing" scripts/fuzz.sh

bench: setup-run site ## Measures, compares with the floors, writes docs/performance.md
	@$(STEP) "figures" cargo bench --bench figures

load: setup-run site ## A thousand operators for ten minutes, then as fast as it goes; writes docs/performance.md
	@$(STEP) "load" cargo bench --bench figures -- load

setup-run:
	@scripts/setup.sh run

setup-test:
	@scripts/setup.sh test
