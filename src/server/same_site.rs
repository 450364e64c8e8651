//! Where a visitor is sent back to: a path of this site, never another's.

use std::str::FromStr;

/// Symbols of the token in an activation link.
const TOKEN: usize = 43;

/// A path of this site, without query and fragment: `/cases/…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameSitePath(String);

/// A text that a browser could read as an address elsewhere, or that is no path at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotSameSite;

impl SameSitePath {
    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a path such as the desk writes, of words, ids and tokens of links; else the desk's own. What else
    /// somebody wrote into an address, a caller's code perhaps, is not repeated in another.
    #[must_use]
    pub fn of_ours(text: &str) -> Self {
        if text.split('/').all(is_ours) { text.parse().unwrap_or_default() } else { Self::default() }
    }
}

/// Whether a path's segment is a word, the id of a case or 32 bytes in base64.
fn is_ours(segment: &str) -> bool {
    let is_id = || uuid::Uuid::parse_str(segment).is_ok_and(|id| id.get_version() == Some(uuid::Version::SortRand));
    segment.bytes().all(|byte| byte.is_ascii_lowercase()) || segment.len() == TOKEN || is_id()
}

impl Default for SameSitePath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl FromStr for SameSitePath {
    type Err = NotSameSite;

    /// Takes only letters, digits, `-`, `_`, `.` and single slashes: whatever a browser reads in its own way (`//`,
    /// a backslash, a tab, an escape) is not in a path of ours.
    fn from_str(text: &str) -> Result<Self, NotSameSite> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
        let is_path = text.starts_with('/') && !text.contains("//") && text.len() <= 200 && text.bytes().all(is_plain);
        if is_path { Ok(Self(text.to_owned())) } else { Err(NotSameSite) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_ours_is_kept() {
        for path in ["/", "/cases", "/cases/0193a7f0-0000-7000-8000-000000000000", "/login/pin"] {
            assert_eq!(path.parse::<SameSitePath>().map(|path| path.0), Ok(path.to_owned()));
        }
    }

    #[test]
    fn what_the_desk_does_not_write_is_not_repeated() {
        let token = format!("/activate/{}", "aB3-_".repeat(9).split_at(TOKEN).0);
        for path in ["/", "/cases", "/cases/0193a7f0-0000-7000-8000-000000000000/close", "/login/pin", &token] {
            assert_eq!(SameSitePath::of_ours(path).as_str(), path);
        }
        for path in [
            "/cases/CUN-H17KZ6247A",
            "/cases/47135715",
            "/07-01-2021",
            "/59Y5QWWF4Z",
            "/cases/8b0a5f44-7a3e-4f0e-9a2b-3c1d5e6f7a80",
            "//cases",
            "cases",
        ] {
            assert_eq!(SameSitePath::of_ours(path).as_str(), "/", "{path}");
        }
    }

    #[test]
    fn an_address_elsewhere_is_refused() {
        let elsewhere = [
            "",
            "cases",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/%2f/evil.example",
            "/a//b",
            "/login?next=/x",
            "/#x",
            "/a b",
            "/è",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie:x",
        ];
        for text in elsewhere {
            assert_eq!(text.parse::<SameSitePath>(), Err(NotSameSite), "{text:?}");
        }
    }
}
