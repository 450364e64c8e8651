#!/usr/bin/env bash
# cargo-deny on deny.toml: bans, licences, sources. Installs it where it is missing (once, some minutes).
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v cargo-deny >/dev/null; then
  echo "==> cargo install cargo-deny" >&2
  CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    cargo install --quiet --locked --no-default-features cargo-deny
fi
cargo deny --all-features check bans licenses sources
