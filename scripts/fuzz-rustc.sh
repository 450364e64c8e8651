#!/usr/bin/env bash
# cargo's RUSTC_WRAPPER for fuzzing: what reads foreign bytes is compiled with the counters of coverage that libFuzzer
# reads. The stable compiler has them; cargo-fuzz, which needs nightly, sets the same. Nothing that a macro of the build
# uses may be among them: such a library would look for libFuzzer in the compiler.
set -euo pipefail
case " $* " in
  *" --crate-name centralino "* | *" --crate-name centralino_fuzz "* | *" --crate-name roxmltree "* | *" --crate-name csv "* | \
    *" --crate-name csv_core "* | *" --crate-name multer "* | *" --crate-name woothee "*)
    set -- "$@" --cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
      -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
      -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=16 ;;
esac
exec "$@"
