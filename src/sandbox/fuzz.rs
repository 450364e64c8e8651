//! Requests to the simulated services, whatever comes (`crate::fuzz`).

use std::sync::LazyLock;

use roxmltree::{Document, Node, ParsingOptions};

use super::{
    contract::Contract,
    profile::{ClosureChildren, Profile},
    services::{self, Service},
    soap::{Fault, Unread, read},
    text::decode,
};

static SERVICES: LazyLock<Vec<Service>> = LazyLock::new(|| services::all().unwrap_or_default());
const TYPES: [&str; 4] = ["text/xml", "text/xml; charset=ISO-8859-1", "text/xml;charset=utf-16", "application/json"];
const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// Service and content type, a byte each; then the message.
pub fn requests(data: &[u8]) {
    let [service, content_type, body @ ..] = data else { return };
    assert_eq!(SERVICES.len(), 8, "the contracts can be read");
    let (Some(service), Some(content_type)) =
        (SERVICES.get(usize::from(*service) % 8), TYPES.get(usize::from(*content_type) % 4))
    else {
        return;
    };
    let text = decode(body, content_type);
    for closure_children in [ClosureChildren::Qualified, ClosureChildren::Unqualified] {
        let contract = service.contract(&Profile { closure_children, ..Profile::default() });
        match read(contract, text.as_deref()) {
            Ok(_) => written_by_another_hand(contract, text.as_deref().unwrap_or_default()),
            Err(Unread::Envelope(fault)) => can_be_read(&fault),
            Err(Unread::Body { violation, .. }) => can_be_read(&Fault::client(violation.text)),
        }
    }
}

/// A fault quotes what was sent, and is XML nevertheless.
fn can_be_read(fault: &Fault) {
    assert!(Document::parse(&fault.render()).is_ok(), "a fault that nobody can read");
}

/// With other prefixes, without comments and sections of characters it is the same request.
fn written_by_another_hand(contract: &Contract, text: &str) {
    let options = ParsingOptions { nodes_limit: 2_000, ..ParsingOptions::default() };
    let Ok(document) = Document::parse_with_options(text, options) else { return };
    let body = document.descendants().find(|node| node.has_tag_name((ENVELOPE, "Body")));
    let Some(content) = body.and_then(|body| body.first_element_child()) else { return };
    let mut written = format!("<e:Envelope xmlns:e=\"{ENVELOPE}\"><e:Body>");
    write(content, &mut written);
    written.push_str("</e:Body></e:Envelope>");
    let (one, other) = (read(contract, Some(text)), read(contract, Some(&written)));
    assert!(other.is_ok(), "refused when another hand writes it: {written}");
    let (Ok(one), Ok(other)) = (one, other) else { return };
    for node in content.descendants().filter(Node::is_element) {
        assert_eq!(one.get(node.tag_name().name()), other.get(node.tag_name().name()));
    }
}

fn write(node: Node<'_, '_>, to: &mut String) {
    let (name, namespace) = (node.tag_name().name(), node.tag_name().namespace().unwrap_or_default());
    to.extend(["<", name, " xmlns=\"", &quick_xml::escape::escape(namespace), "\">"]);
    for child in node.children() {
        if child.is_element() {
            write(child, to);
        } else if child.is_text() {
            // A bare carriage return would be read as the end of a line.
            to.push_str(&quick_xml::escape::escape(child.text().unwrap_or_default()).replace('\r', "&#13;"));
        }
    }
    to.extend(["</", name, ">"]);
}
