#!/usr/bin/env bash
# Builds the site (islands, style, fonts) into target/site, as `cargo leptos build --release -P` lays it out; the
# server embeds it. Does nothing when nothing changed. Run it from the project's root.
set -euo pipefail
cd "$(dirname "$0")/.."

FRONT=target/front # its own target folder: the server's build stays valid
STAMP=$FRONT/site.stamp
log() { printf '==> %s\n' "$*" >&2; }

# One description of the layout for this script and for cargo-leptos: [package.metadata.leptos].
setting() {
  cargo metadata --no-deps --format-version 1 |
    node -e 'const p = JSON.parse(require("fs").readFileSync(0)).packages[0].metadata.leptos; console.log(String(p[process.argv[1]]))' "$1"
}

inputs() {
  git ls-files -z --cached --others --exclude-standard -- \
    Cargo.toml Cargo.lock rust-toolchain.toml scripts/site.sh scripts/precompress.mjs src/lib.rs src/domain src/islands style public |
    sort -z | while IFS= read -r -d '' file; do [ ! -f "$file" ] || sha256sum "$file"; done
}

mkdir -p "$FRONT"
now=$(inputs | sha256sum | cut -c1-64)
if [ "$(cat "$STAMP" 2>/dev/null)" = "$now" ] && [ -f target/site/pkg/centralino.js ]; then
  log "the site is up to date"
  exit 0
fi

name=$(setting output-name) profile=$(setting lib-profile-release) features=$(setting lib-features)
style=$(setting style-file) assets=$(setting assets-dir) site=$(setting site-root) pkg=$(setting site-pkg-dir)

log "the browser's toolchain"
scripts/wasm-toolchain.sh
# shellcheck disable=SC1091
. target/wasm-toolchain.env

log "islands to WebAssembly"
CARGO_TARGET_DIR=$FRONT cargo build --lib --profile "$profile" --target wasm32-unknown-unknown \
  --no-default-features --features "$features"
out=$FRONT/site
rm -rf "$out"
mkdir -p "$out/$pkg"
wasm-bindgen --target web --no-typescript --out-dir "$out/$pkg" --out-name "$name" \
  "$FRONT/wasm32-unknown-unknown/$profile/centralino.wasm"
wasm-opt -Oz --enable-bulk-memory --enable-nontrapping-float-to-int --enable-reference-types \
  --enable-sign-ext --enable-mutable-globals --enable-multivalue \
  "$out/$pkg/${name}_bg.wasm" -o "$out/$pkg/$name.wasm"
rm "$out/$pkg/${name}_bg.wasm"

log "style"
[ style/node_modules -nt style/package-lock.json ] || npm ci --prefix style --no-audit --no-fund --silent
style/node_modules/.bin/sass --style=compressed --no-source-map --quiet-deps \
  --silence-deprecation=import,global-builtin,if-function,color-functions "$style" "$out/$pkg/$name.css"

log "fonts and pictures"
[ ! -d "$assets" ] || cp -r "$assets/." "$out/"
node scripts/precompress.mjs "$out"

mkdir -p "$(dirname "$site")"
rm -rf "$site"
mv "$out" "$site"
echo "$now" > "$STAMP"
(cd "$site" && find . -type f \( -name '*.br' -o -name '*.woff2' \) -printf '%8s bytes  %p\n' | sort -k3) >&2
