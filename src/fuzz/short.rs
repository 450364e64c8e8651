//! The short run: the kept corpus, then mutations of it for a moment. What breaks a property is written to
//! `target/fuzz/`, to be kept in the corpus once it is mended.

use std::{
    fs, panic,
    path::Path,
    time::{Duration, Instant},
};

use super::{TARGETS, Target};
use crate::server::random::Random;

/// How long each target is fed with mutations.
const MOMENT: Duration = Duration::from_secs(2);
/// The longest input.
const LONGEST: usize = 4096;

/// Quick and of no importance (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|file| fs::read(file).unwrap()).collect()
}

/// Cuts, doubles, overwrites, flips, or takes over from another input.
fn mutate(input: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    let start = dice.below(input.len() + 1);
    let end = (start + dice.below(16)).min(input.len());
    match dice.below(5) {
        0 => drop(input.drain(start..end)),
        1 => {
            let stretch = input[start..end].to_vec();
            input.splice(end..end, stretch);
        }
        2 => input[start..end].fill(u8::try_from(dice.below(256)).unwrap()),
        3 => input[start..end].iter_mut().take(1).for_each(|byte| *byte ^= 1 << dice.below(8)),
        _ => {
            let from = dice.below(other.len());
            let until = (from + dice.below(64)).min(other.len());
            input.splice(start..end, other[from..until].iter().copied());
        }
    }
    input.truncate(LONGEST);
}

fn feed(name: &str, target: Target, input: &[u8]) {
    if let Err(cause) = panic::catch_unwind(|| target(input)) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/fuzz");
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join(format!("broken-{name}"));
        fs::write(&file, input).unwrap();
        println!("{name}: {} breaks a property", file.display());
        panic::resume_unwind(cause);
    }
}

fn short(name: &str) {
    let (_, target) = TARGETS.into_iter().find(|(known, _)| *known == name).unwrap();
    let inputs = corpus(name);
    assert!(inputs.len() > 1, "no corpus");
    for input in &inputs {
        feed(name, target, input);
    }
    let mut dice = Dice(u64::from_ne_bytes(Random::system().bytes().unwrap()) | 1);
    let begin = Instant::now();
    while begin.elapsed() < MOMENT {
        let mut input = inputs[dice.below(inputs.len())].clone();
        for _ in 0..=dice.below(4) {
            let other = &inputs[dice.below(inputs.len())];
            mutate(&mut input, other, &mut dice);
        }
        feed(name, target, &input);
    }
}

macro_rules! short {
    ($($name:ident)+) => {
        $(#[test]
        fn $name() {
            short(stringify!($name));
        })+

        #[test]
        fn no_target_is_left_out() {
            assert_eq!(TARGETS.map(|(name, _)| name), [$(stringify!($name)),+]);
        }
    };
}

short! { answers codes cookies forms headers requests sheets }
