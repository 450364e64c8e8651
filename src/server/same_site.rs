//! Where a visitor is sent back to: a path of this site, never another's.

use std::str::FromStr;

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
