//! Whether a message keeps to its contract, in the words of the validator that the sibling services use: they echo
//! the value, and a client has to cope with that.

use jiff::civil::Date;
use roxmltree::Node;

use super::schema::{Content, Element, TextType};

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// How a message breaks its contract.
pub(super) struct Violation {
    /// The element whose value breaks a facet; none where it is the structure that is wrong.
    pub(super) element: Option<String>,
    /// Whether the value is not in its list.
    pub(super) is_choice: bool,
    /// In the validator's words, the value included.
    pub(super) text: String,
}

type Checked = Result<(), Violation>;

fn violation(text: String) -> Checked {
    Err(Violation { element: None, is_choice: false, text })
}

/// Checks `node` against `element`, names included.
pub(super) fn check(element: &Element, node: Node<'_, '_>) -> Checked {
    if !is_named(node, element) {
        return violation(format!("cvc-elt.1: Cannot find the declaration of element '{}'.", shown(node)));
    }
    check_attributes(element, node)?;
    match &element.content {
        Content::Elements(children) => check_elements(children, node),
        Content::Text(text) => check_text(text, node).map_err(|violation| {
            let element = Some(node.tag_name().name().to_owned());
            Violation { element, ..violation }
        }),
    }
}

fn is_named(node: Node<'_, '_>, element: &Element) -> bool {
    let name = node.tag_name();
    name.name() == element.name && name.namespace().unwrap_or_default() == element.namespace
}

fn shown(node: Node<'_, '_>) -> String {
    let name = node.tag_name();
    let prefix = name.namespace().and_then(|namespace| node.lookup_prefix(namespace));
    prefix.map_or_else(|| name.name().to_owned(), |prefix| format!("{prefix}:{}", name.name()))
}

fn check_attributes(element: &Element, node: Node<'_, '_>) -> Checked {
    for attribute in node.attributes() {
        match (attribute.namespace(), attribute.name()) {
            (Some(XSI), "schemaLocation" | "noNamespaceSchemaLocation") => {}
            (Some(XSI), "nil") if element.nillable => {}
            (Some(XSI), "nil") => {
                let name = shown(node);
                return violation(format!(
                    "cvc-elt.3.1: Attribute '{XSI},nil' must not appear on element '{name}', because the {{nillable}} \
                     property of '{name}' is false."
                ));
            }
            (_, name) => {
                let element = shown(node);
                return violation(format!(
                    "cvc-complex-type.3.2.2: Attribute '{name}' is not allowed to appear in element '{element}'."
                ));
            }
        }
    }
    Ok(())
}

fn check_elements(expected: &[Element], node: Node<'_, '_>) -> Checked {
    if node.children().any(|child| child.text().is_some_and(|text| child.is_text() && !text.trim().is_empty())) {
        let name = shown(node);
        return violation(format!(
            "cvc-complex-type.2.3: Element '{name}' cannot have character [children], because the type's content type \
             is element-only."
        ));
    }
    let mut found = node.children().filter(Node::is_element).peekable();
    let mut possible: Vec<&Element> = Vec::new();
    for element in expected {
        possible.push(element);
        let mut times = 0;
        while element.most.is_none_or(|most| times < most) {
            let Some(child) = found.next_if(|child| is_named(*child, element)) else { break };
            check(element, child)?;
            times += 1;
        }
        if times < element.least {
            return unexpected(found.next(), &possible, node);
        }
        if times > 0 {
            possible.clear();
        }
    }
    found.next().map_or(Ok(()), |child| unexpected(Some(child), &possible, node))
}

fn unexpected(child: Option<Node<'_, '_>>, possible: &[&Element], parent: Node<'_, '_>) -> Checked {
    let names: Vec<String> = possible.iter().map(|one| format!("\"{}\":{}", one.namespace, one.name)).collect();
    let names = names.join(", ");
    violation(match child.map(shown) {
        Some(child) if names.is_empty() => format!(
            "cvc-complex-type.2.4.d: Invalid content was found starting with element '{child}'. No child element is \
             expected at this point."
        ),
        Some(child) => format!(
            "cvc-complex-type.2.4.a: Invalid content was found starting with element '{child}'. One of '{{{names}}}' \
             is expected."
        ),
        None => format!(
            "cvc-complex-type.2.4.b: The content of element '{}' is not complete. One of '{{{names}}}' is expected.",
            shown(parent)
        ),
    })
}

/// The text of an element, comments left out.
pub(super) fn text_of(node: Node<'_, '_>) -> String {
    node.children().filter(Node::is_text).filter_map(|child| child.text()).collect()
}

fn check_text(expected: &TextType, node: Node<'_, '_>) -> Checked {
    if node.first_element_child().is_some() {
        let name = shown(node);
        return violation(format!(
            "cvc-type.3.1.2: Element '{name}' is a simple type, so it must have no element information item \
             [children]."
        ));
    }
    let value = text_of(node);
    let name = &expected.name;
    if expected.is_date && read_date(&value).is_none() {
        return violation(format!("cvc-datatype-valid.1.2.1: '{value}' is not a valid value for '{name}'."));
    }
    if let Some((pattern, machine)) = &expected.pattern
        && !machine.is_match(&value)
    {
        return violation(format!(
            "cvc-pattern-valid: Value '{value}' is not facet-valid with respect to pattern '{pattern}' for type \
             '{name}'."
        ));
    }
    check_length(expected, &value)?;
    if expected.values.is_empty() || expected.values.contains(&value) {
        return Ok(());
    }
    let text = format!(
        "cvc-enumeration-valid: Value '{value}' is not facet-valid with respect to enumeration '[{}]'. It must be a \
         value from the enumeration.",
        expected.values.join(", ")
    );
    Err(Violation { element: None, is_choice: true, text })
}

fn check_length(expected: &TextType, value: &str) -> Checked {
    let length = value.chars().count();
    let (facet, bound) = match (expected.shortest, expected.longest) {
        (Some(shortest), _) if length < shortest => ("minLength", shortest),
        (_, Some(longest)) if length > longest => ("maxLength", longest),
        _ => return Ok(()),
    };
    violation(format!(
        "cvc-{facet}-valid: Value '{value}' with length = '{length}' is not facet-valid with respect to {facet} \
         '{bound}' for type '{}'.",
        expected.name
    ))
}

/// An `xs:date`, whose zone is allowed and left aside.
pub(super) fn read_date(text: &str) -> Option<Date> {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let (day, zone) = text.split_at_checked(10)?;
    let digits_only = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let zone_fits = match zone.as_bytes() {
        [] | [b'Z'] => true,
        [b'+' | b'-', hours @ .., b':', _, _] => hours.len() == 2 && digits_only(&zone.get(1..)?.replace(':', "")),
        _ => false,
    };
    let shape_fits = day.bytes().enumerate().all(|(index, byte)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if zone_fits && shape_fits { day.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use roxmltree::Document;

    use super::*;
    use crate::sandbox::schema::Reader;

    const NAMESPACE: &str = "http://sbloccocodiceimmunirichiesta.xsd.immuni.sanita.finanze.it";

    fn judged(body: &str) -> Result<(), String> {
        let files = [
            include_str!("../../contracts/tipodati.xsd"),
            include_str!("../../contracts/sbloccocodiceimmunirichiesta.xsd"),
        ];
        let schemas = files.map(|text| Document::parse(text).expect("a schema"));
        let element = Reader::new(&schemas).element(NAMESPACE, "SbloccoCodiceImmuniRichiesta").expect("an element");
        let types = "http://tipodati.xsd.immuni.sanita.finanze.it";
        let text = format!(
            "<s:SbloccoCodiceImmuniRichiesta xmlns:s=\"{NAMESPACE}\" xmlns:t=\"{types}\">{body}\
             </s:SbloccoCodiceImmuniRichiesta>"
        );
        let document = Document::parse(&text).expect("XML");
        check(&element, document.root_element()).map_err(|violation| violation.text)
    }

    const OTP: &str = "<s:codiceOtp>59Y5QWWF4Z</s:codiceOtp>";
    const REST: &str = "<s:dataInizioSintomi>2021-01-06</s:dataInizioSintomi>\
                        <s:cfOperatore>RSSMRA80A01H501U</s:cfOperatore>";
    const ID: &str = "<s:idVerificaTampone>8b0a5f44-7a3e-4f0e-9a2b-3c1d5e6f7a80</s:idVerificaTampone>";

    #[test]
    fn what_keeps_to_the_contract_passes() {
        let option = "<t:opzione><t:chiave>a</t:chiave><t:valore>b</t:valore></t:opzione>";
        for tail in [String::new(), format!("<s:opzioni>{}</s:opzioni>", option.repeat(10))] {
            assert_eq!(judged(&format!("{OTP}{REST}{ID}{tail}")), Ok(()));
        }
        assert_eq!(
            judged(&format!("{OTP}<!-- a -->{REST}<s:tipoAutenticazione>CIE</s:tipoAutenticazione>{ID}")),
            Ok(())
        );
        assert_eq!(judged(&format!("{OTP}{REST}{ID}").replace("01-06<", "01-06+01:00<")), Ok(()));
    }

    #[test]
    fn each_breach_is_named() {
        let option = "<t:opzione><t:chiave>a</t:chiave><t:valore>b</t:valore></t:opzione>";
        let cases = [
            (format!("{OTP}{REST}"), "cvc-complex-type.2.4.b"),
            (format!("{REST}{OTP}{ID}"), "cvc-complex-type.2.4.a"),
            (format!("{OTP}{OTP}{REST}{ID}"), "cvc-complex-type.2.4.a"),
            (format!("{OTP}{REST}{ID}{ID}"), "cvc-complex-type.2.4.a"),
            (format!("{OTP}{REST}{ID}<s:opzioni>{}</s:opzioni>", option.repeat(11)), "cvc-complex-type.2.4.d"),
            (format!("{OTP}{REST}{ID}<s:opzioni>{}</s:opzioni>", option.replace("t:", "s:")), "cvc-complex-type.2.4.a"),
            (format!("{OTP}{REST}{ID}text"), "cvc-complex-type.2.3"),
            (format!("{OTP}{REST}{ID}").replace("59Y5QWWF4Z", "59Y5QWWF0Z"), "cvc-pattern-valid: Value '59Y5QWWF0Z'"),
            (format!("{OTP}{REST}{ID}").replace("01-06", "02-30"), "cvc-datatype-valid.1.2.1"),
            (format!("{OTP}{REST}<s:tipoAutenticazione>PIN</s:tipoAutenticazione>{ID}"), "cvc-enumeration-valid"),
            (format!("{OTP}{REST}{ID}").replace("<s:codiceOtp>", "<s:codiceOtp a=\"1\">"), "cvc-complex-type.3.2.2"),
            (
                format!(
                    "{OTP}{REST}{ID}<s:opzioni>{}</s:opzioni>",
                    option.replace(">a<", &format!(">{}<", "à".repeat(257)))
                ),
                "cvc-maxLength-valid",
            ),
        ];
        for (body, reason) in cases {
            let text = judged(&body).expect_err(reason);
            assert!(text.starts_with(reason), "{text}");
        }
    }
}
