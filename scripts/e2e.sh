#!/usr/bin/env bash
# The end-to-end tests in Chromium, against CENTRALINO_BIN (default: the program that the other tests have built).
set -euo pipefail
cd "$(dirname "$0")/.."
[ end2end/node_modules -nt end2end/package-lock.json ] || npm ci --prefix end2end --no-audit --no-fund --silent
export CENTRALINO_BIN=${CENTRALINO_BIN:-$PWD/target/debug/centralino}
cd end2end
npm run --silent check
command -v "${CENTRALINO_CHROMIUM:-chromium}" >/dev/null || npx playwright install --with-deps chromium
npx playwright test "$@"
