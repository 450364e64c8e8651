//! The bytes of a request as text: UTF-8, UTF-16 and ISO-8859-1, as the stacks of the sibling services read them. The
//! byte order mark rules, then the charset of the Content-Type, then the XML declaration, then UTF-8.

/// An XML declaration ends well before.
const LONGEST_DECLARATION: usize = 200;

/// Reads `message`; none if its encoding is another, or if it is not of its encoding.
pub(super) fn decode(message: &[u8], content_type: &str) -> Option<String> {
    if let Some(rest) = message.strip_prefix(b"\xEF\xBB\xBF") {
        return String::from_utf8(rest.to_vec()).ok();
    }
    match message {
        [0xFF, 0xFE, rest @ ..] => return utf_16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => return utf_16(rest, u16::from_be_bytes),
        _ => {}
    }
    let encoding = charset(content_type).or_else(|| declared(message)).unwrap_or_else(|| "utf-8".to_owned());
    match (encoding.as_str(), message) {
        ("utf-8" | "utf8" | "us-ascii", _) => String::from_utf8(message.to_vec()).ok(),
        ("iso-8859-1" | "latin1", _) => Some(message.iter().copied().map(char::from).collect()),
        ("utf-16le", _) | ("utf-16", [b'<', 0, ..]) => utf_16(message, u16::from_le_bytes),
        ("utf-16be", _) | ("utf-16", [0, b'<', ..]) => utf_16(message, u16::from_be_bytes),
        _ => None,
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().copied().map(unit).collect();
    String::from_utf16(&units).ok().filter(|_| rest.is_empty())
}

fn charset(content_type: &str) -> Option<String> {
    let parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut charsets = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    charsets.next().map(|(_, value)| value.trim().trim_matches(['"', '\'']).to_ascii_lowercase())
}

fn declared(message: &[u8]) -> Option<String> {
    let start: String = message.iter().take(LONGEST_DECLARATION).copied().map(char::from).collect();
    let (_, rest) = start.strip_prefix("<?xml")?.split_once("?>")?.0.split_once("encoding")?;
    let value = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|symbol| ['"', '\''].contains(symbol))?;
    value.get(1..)?.split_once(quote).map(|(label, _)| label.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "<a>è</a>";

    fn wide(order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        TEXT.encode_utf16().flat_map(order).collect()
    }

    #[test]
    fn a_message_is_read_in_the_encoding_that_it_declares() {
        let latin1 = b"<a>\xE8</a>".to_vec();
        let declared = [b"<?xml version='1.0' encoding='ISO-8859-1'?>", latin1.as_slice()].concat();
        for (message, content_type) in [
            (TEXT.as_bytes().to_vec(), "text/xml"),
            (TEXT.as_bytes().to_vec(), "text/xml; charset=\"UTF-8\""),
            (format!("\u{feff}{TEXT}").into_bytes(), "text/xml;charset=iso-8859-1"),
            (latin1, "text/xml; action=\"x\"; Charset=ISO-8859-1"),
            (declared, "text/xml"),
            (wide(u16::to_le_bytes), "text/xml; charset=utf-16"),
            (wide(u16::to_be_bytes), "text/xml; charset=UTF-16BE"),
            ([b"\xFF\xFE", wide(u16::to_le_bytes).as_slice()].concat(), "text/xml"),
            ([b"\xFE\xFF", wide(u16::to_be_bytes).as_slice()].concat(), "text/xml; charset=utf-16"),
        ] {
            let read = decode(&message, content_type).unwrap_or_else(|| panic!("{content_type}"));
            assert!(read.ends_with(TEXT) && !read.contains('\u{feff}'), "{content_type}: {read}");
        }
    }

    #[test]
    fn what_is_not_of_its_encoding_is_not_read() {
        for (message, content_type) in [
            (b"<a>\xE8</a>".as_slice(), "text/xml"),
            (b"<a>\xE8</a>", "text/xml; charset=windows-1252"),
            (b"\xFF\xFE<", "text/xml"),
            (b"<\0a\0/\0>\0\xD8\0", "text/xml; charset=utf-16be"),
        ] {
            assert_eq!(decode(message, content_type), None, "{content_type}");
        }
    }
}
