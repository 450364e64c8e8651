#!/usr/bin/env bash
# Gets what the browser part needs: a Rust toolchain with the wasm32 std,
# wasm-bindgen (the version in Cargo.lock) and wasm-opt. scripts/site.sh runs it;
# idempotent, from the project's root. What to put before a build is written to
# target/wasm-toolchain.env.
#
# `make` needs no cargo-leptos. Whoever wants to work with it:
#   scripts/wasm-toolchain.sh --cargo-leptos && . target/wasm-toolchain.env && cargo leptos build --release
#
# WASM_STD=rustup  take std with `rustup target add`      (the usual way)
# WASM_STD=debian  build std from Debian's rust-web-src   (no rustup downloads)
# default: what is there already, else debian where RUSTUP_AUTO_INSTALL=0 says
# that rustup is to download nothing, else rustup with debian as the fallback.
set -euo pipefail

TARGET=wasm32-unknown-unknown
LEPTOS_VERSION=${CARGO_LEPTOS_VERSION:-0.3.11}
BINARYEN_VERSION=${BINARYEN_VERSION:-132.0.0}      # npm, has wasm-opt
TOOLS=${TOOLS_ROOT:-${CARGO_HOME:-$HOME/.cargo}}   # cargo install --root
WITH_CARGO_LEPTOS=; [ "${1:-}" != --cargo-leptos ] || WITH_CARGO_LEPTOS=yes
OUT=${WASM_ENV_FILE:-target/wasm-toolchain.env}
LOCK=${CARGO_LOCK:-Cargo.lock}
log() { printf '==> %s\n' "$*" >&2; }
sudo_() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
have_std() { compgen -G "$("$@" --print sysroot)/lib/rustlib/$TARGET/lib/libstd*.rlib" >/dev/null; }

debian_std() {
  local pkgs=(rustc-web cargo-web rust-web-src rust-web-llvm lld-22) missing=() p
  for p in "${pkgs[@]}"; do
    dpkg-query -W -f='${db:Status-Abbrev}' "$p" 2>/dev/null | grep -q '^ii' || missing+=("$p")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    log "apt-get install ${missing[*]}"
    sudo_ apt-get update -qq
    sudo_ env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
  fi
  # std is tied to the exact compiler: rebuild it when Debian's rustc changes.
  local dst=/usr/lib/rustlib/$TARGET stamp
  stamp=$(/usr/bin/rustc -vV | sha256sum | cut -c1-16)
  if [ "$(cat "$dst/.stamp" 2>/dev/null)" != "$stamp" ]; then
    log "building std for $TARGET from Debian's source (about a minute of CPU)"
    local src=/usr/lib/rustlib/src/rust/library tmp; tmp=$(mktemp -d)
    RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc RUSTFLAGS=-Zforce-unstable-if-unmarked \
      /usr/bin/cargo build -q -Zavoid-dev-deps --offline --locked \
        --manifest-path "$src/sysroot/Cargo.toml" -p sysroot \
        --profile dist --target $TARGET --target-dir "$tmp" \
        --config 'source.crates-io.replace-with="debian"' \
        --config "source.debian.directory=\"$src/vendor\"" >&2
    sudo_ rm -rf "$dst"; sudo_ mkdir -p "$dst/lib"
    sudo_ cp "$tmp/$TARGET/dist/deps/"*.rlib "$dst/lib/"
    echo "$stamp" | sudo_ tee "$dst/.stamp" >/dev/null
    rm -rf "$tmp"
  fi
  # rustup's proxies then reach Debian's compiler as the toolchain 'debian'.
  if command -v rustup >/dev/null; then
    rustup toolchain list | grep -q '^debian\b' || rustup toolchain link debian /usr
  fi
}

# 1. the wasm32 standard library
toolchain=
case ${WASM_STD:-auto} in
  rustup) rustup target add $TARGET ;;
  debian) debian_std; toolchain=debian ;;
  auto)
    if have_std rustc; then :
    elif [ "${RUSTUP_AUTO_INSTALL:-1}" = 0 ] || ! command -v rustup >/dev/null; then
      debian_std; toolchain=debian
    elif rustup target add $TARGET; then :
    else log "rustup could not; falling back to Debian's toolchain"; debian_std; toolchain=debian
    fi ;;
  *) echo "WASM_STD: auto, rustup or debian" >&2; exit 2 ;;
esac
# Some tools ask for a newer compiler than the default toolchain's.
[ -n "$toolchain" ] && export RUSTUP_TOOLCHAIN=$toolchain
export PATH="$TOOLS/bin:$PATH"

# 2. wasm-bindgen (the version in Cargo.lock: any other refuses the file) and
# wasm-opt. cargo-leptos takes those on PATH, else downloads them itself; where
# nothing may be downloaded they come from crates.io and npm.
# Built for a short build, not for speed: the defaults (fat LTO, one codegen
# unit) take several times as long and gain nothing for this work.
export CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off \
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_PROFILE_RELEASE_STRIP=true
build_dir=$(mktemp -d); trap 'rm -rf "$build_dir"' EXIT
export CARGO_TARGET_DIR=$build_dir   # shared, so that common crates build once
want=$(awk '/^name = "wasm-bindgen"$/ {getline; gsub(/[" ]/, ""); sub(/version=/, ""); print}' "$LOCK")
have=$(wasm-bindgen --version 2>/dev/null | awk '{print $2}' || true)
if [ "$have" != "$want" ]; then
  log "cargo install wasm-bindgen-cli $want"
  install=(cargo install -q wasm-bindgen-cli --version "$want" --bin wasm-bindgen --root "$TOOLS" --force)
  "${install[@]}" --locked || "${install[@]}"   # a lock may name what a registry mirror lacks yet
fi
# Not Debian bookworm's binaryen 108: it exports the wrong table for wasm-bindgen's
# externrefs, without an error, and no island comes alive.
opt=$TOOLS/lib/binaryen-$BINARYEN_VERSION
if [ ! -x "$opt/node_modules/.bin/wasm-opt" ]; then
  log "npm install binaryen@$BINARYEN_VERSION"
  npm install --prefix "$opt" --no-audit --no-fund --silent "binaryen@$BINARYEN_VERSION" >&2
fi

# 3. cargo-leptos, for who asks
if [ -n "$WITH_CARGO_LEPTOS" ] && [ "$(cargo-leptos --version 2>/dev/null | awk '{print $2}')" != "$LEPTOS_VERSION" ]; then
  log "cargo install cargo-leptos $LEPTOS_VERSION"
  cargo install -q --locked cargo-leptos --version "$LEPTOS_VERSION" --root "$TOOLS" --force
fi

mkdir -p "$(dirname "$OUT")"
path=$TOOLS/bin:$opt/node_modules/.bin
{ echo "export PATH=\"$path:\$PATH\""
  # Front by Debian's compiler, server by the default one (both are fine).
  [ -z "$toolchain" ] || echo "export RUSTUP_TOOLCHAIN=$toolchain LEPTOS_BIN_CARGO_COMMAND=\"cargo +stable\""
} > "$OUT"
