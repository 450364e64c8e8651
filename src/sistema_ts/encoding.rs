//! The bytes of an answer → text. The byte order mark rules, then the charset of the Content-Type, then the XML
//! declaration, then UTF-8; nothing is guessed, and nothing is replaced.

use super::reasons::FailureReason;

const MEDIA_TYPES: [&str; 3] = ["text/xml", "application/xml", "application/soap+xml"];
const LATIN_1: [&str; 4] = ["iso-8859-1", "iso8859-1", "iso_8859-1", "latin1"];
const UTF_8: [&str; 4] = ["utf-8", "utf8", "us-ascii", "ascii"];
const UTF_8_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];
/// An XML declaration ends well before.
const LONGEST_DECLARATION: usize = 256;

/// Reads `bytes`; `content_type` is the header, where there was one.
///
/// # Errors
/// [`FailureReason::NotXml`] for another media type, [`FailureReason::Encoding`] for an encoding other than UTF-8 and
/// ISO-8859-1 or for bytes that are not of it.
pub fn decode(bytes: &[u8], content_type: Option<&str>) -> Result<String, FailureReason> {
    let charset = content_type.map(charset_of).transpose()?.flatten();
    let (bytes, label) = match bytes.strip_prefix(UTF_8_MARK) {
        Some(rest) => (rest, None),
        None => (bytes, charset.or_else(|| declared(bytes))),
    };
    let label = label.unwrap_or_else(|| "utf-8".into());
    if LATIN_1.contains(&label.as_str()) {
        Ok(bytes.iter().copied().map(char::from).collect())
    } else if UTF_8.contains(&label.as_str()) {
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| FailureReason::Encoding)
    } else {
        Err(FailureReason::Encoding)
    }
}

/// The charset of a Content-Type that names XML.
fn charset_of(content_type: &str) -> Result<Option<String>, FailureReason> {
    let mut parts = content_type.split(';').map(|part| part.trim().to_ascii_lowercase());
    let media_type = parts.next().unwrap_or_default();
    if !MEDIA_TYPES.contains(&media_type.as_str()) {
        return Err(FailureReason::NotXml);
    }
    let charset = parts.find_map(|part| part.strip_prefix("charset=").map(str::to_owned));
    Ok(charset.map(|label| label.trim_matches(['"', '\'', ' ']).to_owned()).filter(|label| !label.is_empty()))
}

/// The encoding that the XML declaration names.
fn declared(bytes: &[u8]) -> Option<String> {
    let start = bytes.get(..bytes.len().min(LONGEST_DECLARATION))?;
    let start: String = start.iter().copied().map(char::from).collect();
    let declaration = start.strip_prefix("<?xml")?.split_once("?>")?.0;
    let (_, rest) = declaration.split_once("encoding")?;
    let value = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|symbol| matches!(symbol, '"' | '\''))?;
    value.get(1..)?.split_once(quote).map(|(label, _)| label.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATIN: &[u8] = b"<?xml version='1.0' encoding=\"ISO-8859-1\"?><a>\xE8</a>";

    #[test]
    fn the_encoding_is_taken_from_where_it_is_declared() {
        let ends_in = |bytes: &[u8], header: Option<&str>| decode(bytes, header).map(|text| text.contains('è'));
        assert_eq!(ends_in("<a>è</a>".as_bytes(), Some("text/xml")), Ok(true));
        assert_eq!(ends_in("<a>è</a>".as_bytes(), Some("text/xml; charset=\"UTF-8\"")), Ok(true));
        assert_eq!(ends_in("<a>è</a>".as_bytes(), None), Ok(true));
        assert_eq!(ends_in(b"<a>\xE8</a>", Some("text/xml;charset=ISO-8859-1")), Ok(true));
        assert_eq!(ends_in(LATIN, Some("Text/XML")), Ok(true));
        assert_eq!(
            ends_in("\u{FEFF}<a>è</a>".as_bytes(), Some("text/xml; charset=ISO-8859-1")),
            Ok(true),
            "the mark rules"
        );
    }

    #[test]
    fn what_is_not_declared_is_not_guessed() {
        assert_eq!(decode(b"<a>\xE8</a>", Some("text/xml")), Err(FailureReason::Encoding));
        assert_eq!(decode(LATIN, Some("text/xml; charset=utf-8")), Err(FailureReason::Encoding), "the header rules");
        assert_eq!(decode(b"<a/>", Some("text/xml; charset=utf-7")), Err(FailureReason::Encoding));
        assert_eq!(decode(b"\xFF\xFE<\0a\0/\0>\0", Some("text/xml")), Err(FailureReason::Encoding), "UTF-16");
        assert_eq!(decode(b"<html/>", Some("text/html; charset=utf-8")), Err(FailureReason::NotXml));
        assert_eq!(decode(b"<a/>", Some("multipart/related; type=\"text/xml\"")), Err(FailureReason::NotXml));
    }
}
