//! A bound on the attributes of one element, looked at before an answer is read: the reader compares each of them with
//! every other, so that a large answer of nothing else would keep a core busy for minutes.

/// More than any contract has, declarations of namespaces included.
const MOST: usize = 64;

/// Whether some element has more attributes than an answer may have.
pub(super) fn are_too_many(xml: &str) -> bool {
    let mut rest = xml;
    while let Some((_, markup)) = rest.split_once('<') {
        let no_element = [("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>")];
        let no_element = no_element.into_iter().find(|(start, _)| markup.starts_with(start));
        rest = if let Some((start, end)) = no_element {
            let inside = markup.get(start.len()..).unwrap_or_default();
            inside.split_once(end).map_or("", |(_, after)| after)
        } else {
            let Some(after) = after_tag(markup) else { return true };
            after
        };
    }
    false
}

/// What follows a tag; none if it has too many attributes. Every attribute has a value between quotes.
fn after_tag(tag: &str) -> Option<&str> {
    let mut rest = tag;
    for _ in 0..=MOST {
        let Some(place) = rest.find(['"', '\'', '>']) else { return Some("") };
        let (quote, after) = rest.split_at_checked(place)?.1.split_at_checked(1)?;
        if quote == ">" {
            return Some(after);
        }
        rest = after.split_once(quote).map_or("", |(_, after)| after);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(attributes: usize) -> String {
        let attributes: Vec<_> = (0..attributes).map(|nth| format!(" a{nth}='>'")).collect();
        format!("<a{}>b</a>", attributes.concat())
    }

    #[test]
    fn as_many_as_any_contract_has_are_taken() {
        for few in [element(0), element(1), element(MOST), element(MOST).repeat(50), String::new(), "<".into()] {
            assert!(!are_too_many(&few), "{few}");
        }
        assert!(are_too_many(&element(MOST + 1)));
        assert!(are_too_many(&format!("<r>{}<b c=\"'\"/>{}</r>", element(2), element(20_000))));
    }

    #[test]
    fn what_is_no_tag_neither_counts_nor_hides_one() {
        let text = "\"'".repeat(1_000);
        for (start, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?pi ", "?>"), ("<a>", "</a>")] {
            assert!(!are_too_many(&format!("<r>{start}{text}{end}</r>")), "{start}");
            let hidden = format!("<r>{start}<x ' {end}{}</r>", element(MOST + 1));
            assert!(start == "<a>" || are_too_many(&hidden), "{start}");
        }
    }
}
