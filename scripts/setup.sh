#!/usr/bin/env bash
# Installs what is missing and says what it does. scripts/setup.sh run | test
# On Debian and Ubuntu by apt-get; elsewhere it names what is to be installed.
set -euo pipefail
cd "$(dirname "$0")/.."
say() { printf '==> %s\n' "$*" >&2; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

missing=()
need() { command -v "$1" >/dev/null || missing+=("$2"); } # need COMMAND DEBIAN-PACKAGE
need cc build-essential
need cmake cmake
need node nodejs
need npm npm
if [ "${1:-run}" = test ]; then
  need python3 python3
  python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
  need xmllint libxml2-utils
  [ -x /usr/sbin/haproxy ] || need haproxy haproxy # where not everybody's PATH leads
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
  # Debian's Chromium; on other systems Playwright brings its own.
  if [ -f /etc/debian_version ] && ! grep -q '^ID=ubuntu' /etc/os-release; then need chromium chromium; fi
fi
if [ ${#missing[@]} -gt 0 ]; then
  if ! command -v apt-get >/dev/null; then
    echo "please install: ${missing[*]} (Debian's names), then run this again" >&2
    exit 1
  fi
  say "apt-get install ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi
if ! command -v cargo >/dev/null; then
  echo "please install Rust: https://rustup.rs" >&2
  exit 1
fi
if [ "${1:-run}" = test ] && ! command -v cargo-nextest >/dev/null; then
  say "cargo install cargo-nextest (once, some minutes)"
  CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    cargo install --quiet --locked cargo-nextest
fi
