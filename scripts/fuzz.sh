#!/usr/bin/env bash
# Runs the fuzz targets of src/fuzz under libFuzzer, one after the other: scripts/fuzz.sh [TARGET…]. FUZZ_SECONDS says how
# long each (600). What they find to be new goes into fuzz/corpus, with nothing in it that covers no more than the rest;
# what breaks a property into target/fuzz/broken, and the run fails.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-600}
export CARGO_TARGET_DIR=$PWD/target/fuzz RUST_BACKTRACE=1
RUSTC_WRAPPER=$PWD/scripts/fuzz-rustc.sh cargo build --quiet --locked --manifest-path fuzz/Cargo.toml
program=$CARGO_TARGET_DIR/debug/centralino-fuzz
targets=("$@")
if [ ${#targets[@]} = 0 ]; then targets=(fuzz/corpus/*/); fi
mkdir -p target/fuzz/broken
failed=()
for target in "${targets[@]}"; do
  target=$(basename "$target")
  kept=fuzz/corpus/$target
  found=target/fuzz/found/$target
  log=target/fuzz/$target.log
  mkdir -p "$found"
  export FUZZ_TARGET=$target
  printf '    %s, %s s: ' "$target" "$seconds"
  "$program" -max_total_time="$seconds" -max_len=4096 -timeout=10 -print_final_stats=1 \
    -artifact_prefix="target/fuzz/broken/$target-" "$found" "$kept" >"$log" 2>&1 || failed+=("$target")
  runs=$(awk '/stat::number_of_executed_units/ { print $2 }' "$log")
  cover=$(grep -o 'cov: [0-9]*' "$log" | tail -1 || true)
  least=$(mktemp -d)
  "$program" -set_cover_merge=1 -use_counters=0 -max_len=4096 -timeout=10 "$least" "$kept" "$found" >"$log.merge" 2>&1
  rm -rf "$kept"
  mv "$least" "$kept"
  chmod 755 "$kept"
  printf '%s runs, %s edges of the program, %s inputs kept\n' "${runs:-?}" "${cover#cov: }" "$(find "$kept" -type f | wc -l)"
done
if [ ${#failed[@]} != 0 ]; then
  echo "broken: ${failed[*]} (target/fuzz/broken, target/fuzz/*.log)" >&2
  exit 1
fi
