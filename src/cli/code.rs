//! `centralino code`: judges codes line by line, for those who test.
//!
//! Four columns, always, with a tab between two: the value as normalised (a CUN with its prefix), `cun`, `otp` or
//! `-`, `valid` or `invalid`, the reason in words. A value with the prefix is a CUN, ten symbols without it are an
//! OTP, anything else is neither.

use std::io::{self, BufRead, BufReader, Read, Write};

use rust_i18n::t;

use crate::{
    domain::{
        code::{CUN_PREFIX, CodeError, Cun, LENGTH, Otp, strip_cun_prefix},
        reason::Reason,
        symbols::normalise,
    },
    server::language::Language,
};

/// The longest line that is read whole, in bytes; the rest of a longer one is skipped.
const LONGEST_LINE: u64 = 64 * 1024;

/// One line of the answer.
struct Judgement {
    normalised: String,
    kind: &'static str,
    reason: Result<(), String>,
}

/// Judges every line of `input` onto `output`. A reader that has gone away (a broken pipe) is no failure.
pub fn judge_lines(input: impl Read, output: impl Write, language: Language) -> io::Result<()> {
    match copy_judged(BufReader::new(input), io::BufWriter::new(output), language) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

fn copy_judged(mut input: BufReader<impl Read>, mut output: impl Write, language: Language) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            return output.flush();
        }
        let is_cut = line.len() as u64 == LONGEST_LINE && !line.ends_with(b"\n");
        if is_cut {
            input.skip_until(b'\n')?;
        }
        writeln!(output, "{}", judge(&String::from_utf8_lossy(&line), is_cut, language).columns(language))?;
        // Whoever types, or waits at the other end of a pipe, sees each answer at once.
        if input.buffer().is_empty() {
            output.flush()?;
        }
    }
}

impl Judgement {
    fn columns(&self, language: Language) -> String {
        let right = || t!("codes.right", locale = language.tag()).into_owned();
        let (validity, reason) = match &self.reason {
            Ok(()) => ("valid", right()),
            Err(reason) => ("invalid", reason.clone()),
        };
        format!("{}\t{}\t{validity}\t{reason}", self.normalised, self.kind)
    }
}

fn judge(line: &str, is_cut: bool, language: Language) -> Judgement {
    let plain = normalise(line);
    let text = |key: &str| t!(format!("codes.{key}"), locale = language.tag()).into_owned();
    let explain = |error: CodeError| error.fill(&text(error.key()));
    let (normalised, kind, reason) = match strip_cun_prefix(&plain) {
        Some(symbols) => (format!("{CUN_PREFIX}{symbols}"), "cun", plain.parse::<Cun>().map(drop).map_err(explain)),
        None if plain.is_empty() => (plain, "-", Err(text("empty"))),
        None if plain.chars().count() == LENGTH => {
            let reason = plain.parse::<Otp>().map(drop).map_err(explain);
            (plain, "otp", reason)
        }
        None => {
            let found = plain.chars().count();
            (plain, "-", Err(CodeError::Length { found }.fill(&text("neither"))))
        }
    };
    let reason = if is_cut { Err(text("too_long")) } else { reason };
    Judgement { normalised, kind, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(input: &[u8]) -> Vec<Vec<String>> {
        let mut output = Vec::new();
        judge_lines(input, &mut output, Language::It).unwrap();
        let text = String::from_utf8(output).unwrap();
        text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
    }

    fn judged_one(input: &str) -> [String; 4] {
        let mut lines = judged(input.as_bytes());
        assert_eq!(lines.len(), 1, "{input}");
        lines.remove(0).try_into().unwrap()
    }

    #[test]
    fn the_values_of_the_contract_are_judged_as_it_says() {
        for (value, normalised, kind, validity) in [
            ("CUN-H17KZ6247A", "CUN-H17KZ6247A", "cun", "valid"),
            ("cun 7swl fkfi ax", "CUN-7SWLFKFIAX", "cun", "valid"),
            ("CUN-Q4KFRQK5UY", "CUN-Q4KFRQK5UY", "cun", "valid"),
            ("CUN-QEKFRQK5UY", "CUN-QEKFRQK5UY", "cun", "valid"),
            ("CUN-H17KZ6247L", "CUN-H17KZ6247L", "cun", "invalid"),
            ("CUN-S7WLFKFIAX", "CUN-S7WLFKFIAX", "cun", "invalid"),
            ("CUN-IHIR0WHSLZ", "CUN-IHIR0WHSLZ", "cun", "invalid"),
            ("59Y-5QWW-F4Z", "59Y5QWWF4Z", "otp", "valid"),
            ("W8ILHZ97U6", "W8ILHZ97U6", "otp", "valid"),
            ("W8ILHZ97U7", "W8ILHZ97U7", "otp", "invalid"),
            ("W8ILHZ97U", "W8ILHZ97U", "-", "invalid"),
            ("RSSMRA80A01H501U", "RSSMRA80A01H501U", "-", "invalid"),
            ("CUN-", "CUN-", "cun", "invalid"),
        ] {
            let columns = judged_one(value);
            assert_eq!((&*columns[0], &*columns[1], &*columns[2]), (normalised, kind, validity), "{value}");
            assert!(columns[3].ends_with('.') || columns[3].ends_with('='), "{}", columns[3]);
            assert!(!columns[3].contains('{'), "{}", columns[3]);
        }
    }

    #[test]
    fn the_reason_names_the_symbol_its_place_and_the_likely_one() {
        let reason = judged_one("CUN-IHIR0WHSLZ")[3].clone();
        assert!(reason.contains("«0»") && reason.contains("simbolo 5") && reason.contains("forse è"), "{reason}");
        assert!(judged_one("12345")[3].contains("sono 5"));
    }

    #[test]
    fn every_line_has_an_answer_of_four_columns_whatever_is_in_it() {
        let mut input = b"59Y5QWWF4Z\r\n\r\n\xff\xfe\xfd\n\ta\tb\t\nCUN-".to_vec();
        input.extend(vec![b'A'; 200_000]);
        input.extend(b"\nW8ILHZ97U6");
        let lines = judged(&input);
        assert_eq!(lines.len(), 6);
        assert!(lines.iter().all(|columns| columns.len() == 4));
        assert_eq!(lines[0][2], "valid", "a line that ends in CR LF");
        assert_eq!((&*lines[1][0], &*lines[1][1]), ("", "-"), "an empty line");
        assert_eq!((&*lines[4][1], &*lines[4][2]), ("cun", "invalid"), "a line longer than any code");
        assert_eq!(lines[5][2], "valid", "the line after it, without an end of its own");
        assert!(judged(b"").is_empty());
    }

    #[test]
    fn a_reader_that_has_gone_is_no_failure() {
        struct Gone;
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
        assert!(judge_lines(&b"59Y5QWWF4Z\n"[..], Gone, Language::It).is_ok());
    }

    #[test]
    fn every_reason_has_its_text_in_every_language() {
        use crate::domain::{
            call::IdError,
            dates::DateError,
            exemption::{ExemptionCodeError, FirstDayError},
            fiscal_code::FiscalCodeError,
            health_card::HealthCardError,
            symbols::ForeignSymbol,
        };
        let foreign = |likely| ForeignSymbol { found: '0', position: 5, likely };
        let reasons: Vec<Box<dyn Reason>> = vec![
            Box::new(CodeError::Empty),
            Box::new(CodeError::Foreign(foreign(None))),
            Box::new(CodeError::Foreign(foreign(Some('Q')))),
            Box::new(CodeError::Length { found: 3 }),
            Box::new(CodeError::CheckSymbol),
            Box::new(CodeError::CunInstead),
            Box::new(HealthCardError::Empty),
            Box::new(HealthCardError::Foreign(foreign(None))),
            Box::new(HealthCardError::Foreign(foreign(Some('1')))),
            Box::new(HealthCardError::Length { found: 3 }),
            Box::new(DateError::Empty),
            Box::new(DateError::Form),
            Box::new(DateError::NoSuchDay),
            Box::new(DateError::Future),
            Box::new(DateError::TooOld),
            Box::new(IdError::Empty),
            Box::new(IdError::TooLong),
            Box::new(IdError::Form),
            Box::new(IdError::PersonalData),
            Box::new(FiscalCodeError::Empty),
            Box::new(FiscalCodeError::Length { found: 3 }),
            Box::new(FiscalCodeError::Form { position: 4 }),
            Box::new(FiscalCodeError::CheckLetter),
            Box::new(ExemptionCodeError::Empty),
            Box::new(ExemptionCodeError::Form),
            Box::new(FirstDayError(DateError::Empty)),
            Box::new(FirstDayError(DateError::Future)),
        ];
        for (reason, language) in reasons.iter().flat_map(|reason| Language::ALL.map(|language| (reason, language))) {
            let key = format!("codes.{}", reason.key());
            let text = reason.fill(&t!(&key, locale = language.tag()));
            assert!(!text.ends_with(&key) && !text.contains(['{', '}']), "{key} in {}: {text}", language.tag());
        }
    }
}
