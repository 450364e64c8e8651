#!/usr/bin/env bash
# Proves that the browser build pulls in nothing of the server: no dependency that only the feature `ssr` names, and
# none of the crates that can only be a server's, however they came in.
set -euo pipefail
cd "$(dirname "$0")/.."
tree=(cargo tree --target wasm32-unknown-unknown --no-default-features --features hydrate --edges normal --prefix none --format '{p}')
crates() { awk 'NF {print $1}' | sort -u; }

server_only=$(cargo metadata --no-deps --format-version 1 |
  node -e 'const p = JSON.parse(require("fs").readFileSync(0)).packages[0];
    console.log(p.features.ssr.filter((one) => one.startsWith("dep:")).map((one) => one.slice(4)).join("\n"))' | sort -u)
direct=$("${tree[@]}" --depth 1 | crates)
whole=$("${tree[@]}" | crates)
never='^(axum|axum-.*|tokio|mio|hyper|hyper-.*|h2|tower-http|sqlx|sqlx-.*|libsqlite3-sys|rustls|aws-lc-.*|ring|reqwest|argon2|rcgen|clap|leptos_axum|metrics.*|tracing-subscriber)$'

found=$({ comm -12 <(echo "$server_only") <(echo "$direct"); echo "$whole" | grep -E "$never" || true; } | sort -u)
if [ -n "$found" ]; then
  printf 'the browser build pulls in:\n%s\n' "$found" >&2
  exit 1
fi
printf 'the browser build has %s crates, none of the server\n' "$(echo "$whole" | wc -l)"
