//! SOAP 1.1, in and out: a request becomes its fields once it keeps to the contract; an answer is written in the
//! order that the contract gives.

use roxmltree::{Document, Node, ParsingOptions};

use super::{
    check::{Violation, check, text_of},
    contract::Contract,
    schema::Element,
};

const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The pincode of a structure.
pub(super) const PINCODE: &str = "pinCode";
/// Far more than the longest message that keeps to a contract.
const MOST_NODES: u32 = 2_000;

/// The values of a request that keeps to its contract, those within a group among them: personal data, so nothing
/// prints them.
#[derive(Default)]
pub(super) struct Request(Vec<(String, String)>);

impl Request {
    /// The value of a field; none if it is absent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A SOAP fault.
pub(super) struct Fault {
    /// Without prefix: `Client`, `Server`, `MustUnderstand` or `VersionMismatch`.
    pub(super) code: &'static str,
    pub(super) text: String,
}

impl Fault {
    /// The fault of whoever called.
    pub(super) fn client(text: impl Into<String>) -> Self {
        Self { code: "Client", text: text.into() }
    }

    /// The envelope in which it travels.
    pub(super) fn render(&self) -> String {
        let (code, text) = (self.code, escape(&self.text));
        format!(
            "<env:Envelope xmlns:env=\"{ENVELOPE}\"><env:Body><env:Fault><faultcode>env:{code}</faultcode>\
             <faultstring>{text}</faultstring></env:Fault></env:Body></env:Envelope>"
        )
    }
}

/// Why a message is not a request of the contract.
pub(super) enum Unread {
    /// Not a SOAP message of one body.
    Envelope(Fault),
    /// A body that breaks the contract, and the pincode that stands in it all the same.
    Body { violation: Violation, pincode: Option<String> },
}

/// Reads the request of `contract` from a message; none: one in an encoding that can't be read.
pub(super) fn read(contract: &Contract, message: Option<&str>) -> Result<Request, Unread> {
    let client = |text: &str| Unread::Envelope(Fault::client(text));
    let text = message.ok_or_else(|| client("Invalid encoding of the message"))?;
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|_| client("Error reading XMLStreamReader."))?;
    let body = body(document.root_element()).map_err(Unread::Envelope)?;
    check(&contract.request, body).map_err(|violation| Unread::Body { violation, pincode: pincode_in(body) })?;
    let leaves = body.descendants().filter(|node| node.is_element() && node.first_element_child().is_none());
    Ok(Request(leaves.map(|leaf| (leaf.tag_name().name().to_owned(), text_of(leaf).trim().to_owned())).collect()))
}

/// Who calls is judged before what is said.
fn pincode_in(body: Node<'_, '_>) -> Option<String> {
    let pincode = body.children().find(|node| node.tag_name().name() == PINCODE)?;
    Some(text_of(pincode).trim().to_owned())
}

fn body<'a>(envelope: Node<'a, 'a>) -> Result<Node<'a, 'a>, Fault> {
    if !envelope.has_tag_name((ENVELOPE, "Envelope")) {
        let text = "A SOAP 1.1 envelope was expected.".to_owned();
        let is_other_version = envelope.tag_name().name() == "Envelope";
        return Err(Fault { code: if is_other_version { "VersionMismatch" } else { "Client" }, text });
    }
    let mut header = envelope.children().filter(|node| node.has_tag_name((ENVELOPE, "Header")));
    let must_understand = |node: Node<'_, '_>| node.attribute((ENVELOPE, "mustUnderstand")) == Some("1");
    if header.any(|header| header.children().any(must_understand)) {
        return Err(Fault { code: "MustUnderstand", text: "MustUnderstand headers are not understood.".to_owned() });
    }
    let mut bodies = envelope.children().filter(|node| node.has_tag_name((ENVELOPE, "Body")));
    let (Some(body), None) = (bodies.next(), bodies.next()) else {
        return Err(Fault::client("One body was expected."));
    };
    let mut parts = body.children().filter(Node::is_element);
    match (parts.next(), parts.next()) {
        (Some(part), None) => Ok(part),
        _ => Err(Fault::client("One element was expected in the body.")),
    }
}

/// An entry of the list of errors.
pub(super) struct ServiceError {
    pub(super) kind: &'static str,
    pub(super) code: &'static str,
    pub(super) text: &'static str,
}

/// What stands in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Fields(Fields),
}

/// Fields, in any order: the contract has it.
pub(super) type Fields = Vec<(&'static str, Value)>;

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Value {
    /// The text; empty where there are fields.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Fields(_) => "",
        }
    }
}

/// What a service answers: its fields and its list of errors.
pub(super) struct Answer {
    pub(super) fields: Fields,
    pub(super) errors: Vec<ServiceError>,
}

/// How an answer is written. The contract allows all of it; clients are known to stumble.
pub(super) struct Style {
    /// The prefix of the answer's namespace; none: it is the default namespace.
    pub(super) prefix: Option<&'static str>,
    pub(super) in_cdata: bool,
    /// What stands around each value.
    pub(super) around: &'static str,
    /// A comment between elements.
    pub(super) comment: &'static str,
    /// Fields sent as `xsi:nil`.
    pub(super) nil: &'static [&'static str],
    pub(super) declaration: &'static str,
}

impl Default for Style {
    fn default() -> Self {
        Self { prefix: Some("ns2"), in_cdata: false, around: "", comment: "", nil: &[], declaration: "" }
    }
}

impl Answer {
    /// The envelope in which it travels.
    pub(super) fn render(&self, contract: &Contract, style: &Style) -> String {
        let element = &contract.answer;
        let mut fields = self.fields.clone();
        if !self.errors.is_empty() {
            fields.push(("errori", Value::Fields(self.errors.iter().map(ServiceError::to_field).collect())));
        }
        let name = style.tag(&element.name);
        let pen = Pen { style, namespace: &element.namespace, default: "" };
        let pen = if style.prefix.is_none() { Pen { default: &element.namespace, ..pen } } else { pen };
        let mut written = String::new();
        pen.write_all(element, &fields, &mut written);
        let declared = style.prefix.map_or_else(|| "xmlns".to_owned(), |prefix| format!("xmlns:{prefix}"));
        let (declaration, comment, namespace) = (style.declaration, style.comment, &element.namespace);
        format!(
            "{declaration}<env:Envelope xmlns:env=\"{ENVELOPE}\">{comment}<env:Body><{name} {declared}=\"{namespace}\" \
             xmlns:xsi=\"{XSI}\">{written}</{name}></env:Body></env:Envelope>"
        )
    }
}

/// Writes fields in the order of the contract.
#[derive(Clone, Copy)]
struct Pen<'a> {
    style: &'a Style,
    /// The answer's namespace, which has the style's prefix.
    namespace: &'a str,
    /// The namespace of names without a prefix.
    default: &'a str,
}

impl<'a> Pen<'a> {
    fn write_all(self, parent: &'a Element, fields: &[(&'static str, Value)], to: &mut String) {
        for child in parent.children() {
            if self.style.nil.contains(&child.name.as_str()) {
                let (name, declared, _) = self.begin(child);
                to.extend(["<", &name, &declared, " xsi:nil=\"true\"/>"]);
                continue;
            }
            for (_, value) in fields.iter().filter(|(name, _)| *name == child.name) {
                self.write(child, value, to);
            }
        }
    }

    fn write(self, element: &'a Element, value: &Value, to: &mut String) {
        let (name, declared, within) = self.begin(element);
        to.extend([self.style.comment, "<", &name, &declared, ">"]);
        match value {
            Value::Text(text) => to.push_str(&self.style.value(text)),
            Value::Fields(fields) => within.write_all(element, fields, to),
        }
        to.extend(["</", &name, ">"]);
    }

    /// The name of an element, what has to be declared with it, and the pen for what is within.
    fn begin(self, element: &'a Element) -> (String, String, Self) {
        let namespace = element.namespace.as_str();
        if namespace == self.namespace && self.style.prefix.is_some() {
            return (self.style.tag(&element.name), String::new(), self);
        }
        let declared = if namespace == self.default { String::new() } else { format!(" xmlns=\"{namespace}\"") };
        (element.name.clone(), declared, Self { default: namespace, ..self })
    }
}

impl ServiceError {
    fn to_field(&self) -> (&'static str, Value) {
        let fields =
            vec![("tipoErrore", self.kind.into()), ("codEsito", self.code.into()), ("descrEsito", self.text.into())];
        ("errore", Value::Fields(fields))
    }
}

impl Style {
    fn tag(&self, name: &str) -> String {
        self.prefix.map_or_else(|| name.to_owned(), |prefix| format!("{prefix}:{name}"))
    }

    fn value(&self, text: &str) -> String {
        let around = self.around;
        if self.in_cdata {
            format!("{around}<![CDATA[{text}]]>{around}")
        } else {
            format!("{around}{}{around}", escape(text))
        }
    }
}

fn escape(text: &str) -> std::borrow::Cow<'_, str> {
    quick_xml::escape::escape(text)
}
