#!/usr/bin/env bash
# cargo-deny on deny.toml: bans, licences, sources; advisories, where their database can be had. Installs it where it is missing (once, some minutes).
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v cargo-deny >/dev/null; then
  echo "==> cargo install cargo-deny" >&2
  CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    cargo install --quiet --locked --no-default-features cargo-deny
fi
cargo deny --all-features check bans licenses sources
# The database of RustSec is on the network; without it the rest holds all the same.
if timeout 120 cargo deny --all-features fetch db >/dev/null 2>&1; then
  cargo deny --all-features check advisories
else
  echo "==> advisories were not looked at: the database of RustSec can't be reached" >&2
fi
