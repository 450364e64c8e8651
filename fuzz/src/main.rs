//! libFuzzer on the target that `FUZZ_TARGET` names.
#![no_main]

use std::{env, sync::LazyLock};

use centralino::fuzz::TARGETS;
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let wanted = env::var("FUZZ_TARGET").expect("FUZZ_TARGET names the target");
    let (_, target) = TARGETS.into_iter().find(|(name, _)| *name == wanted).expect("a target of src/fuzz");
    target
});

fuzz_target!(|data: &[u8]| (TARGET)(data));
