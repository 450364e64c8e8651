#!/usr/bin/env bash
# Runs a command under a name and says how long it took: scripts/step.sh NAME COMMAND…
set -uo pipefail
name=$1
shift
printf '\n==> %s\n' "$name"
start=$(date +%s)
"$@"
code=$?
seconds=$(($(date +%s) - start))
if [ "$code" = 0 ]; then word="done"; else word="FAILED (exit $code)"; fi
printf '==> %s: %s in %d min %02d s\n' "$name" "$word" $((seconds / 60)) $((seconds % 60))
exit "$code"
