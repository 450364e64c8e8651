//! SOAP 1.1, document/literal: one element out, one element in. Reading is strict: one Envelope, one Body, one answer
//! of the operation that was called, no field twice, no field of a foreign namespace, nothing that can grow in memory.

use std::io;

use quick_xml::{Writer, events::BytesText};
use roxmltree::{Document, Node, ParsingOptions};

use super::{
    call_center::{ERROR_FIELDS, ERROR_ITEM, ERRORS, Operation, TYPES_NAMESPACE},
    outcome::FailureReason,
};

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The most nodes of an answer; the widest of the contracts has a few dozen.
const MOST_NODES: u32 = 10_000;
/// The deepest element of an answer; the contracts need 7.
const MOST_DEPTH: usize = 32;

/// The fields of a request, in the order of its schema.
pub type Fields = Vec<(&'static str, String)>;

/// Writes the request of `operation`.
pub fn write(operation: &Operation, fields: &Fields) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new(br#"<?xml version="1.0" encoding="UTF-8"?>"#.to_vec());
    writer.create_element("soapenv:Envelope").with_attribute(("xmlns:soapenv", SOAP)).write_inner_content(
        |writer| {
            writer.create_element("soapenv:Body").write_inner_content(|writer| {
                let root = format!("r:{}", operation.request);
                writer
                    .create_element(root)
                    .with_attribute(("xmlns:r", operation.request_namespace))
                    .write_inner_content(|writer| {
                        fields.iter().try_for_each(|(name, value)| {
                            let element = writer.create_element(format!("r:{name}"));
                            element.write_text_content(BytesText::new(value)).map(drop)
                        })
                    })?;
                Ok(())
            })?;
            Ok(())
        },
    )?;
    Ok(writer.into_inner())
}

/// What stood in the Body.
pub enum Message {
    /// The answer of the operation.
    Answer(Answer),
    /// A fault.
    Fault(Fault),
}

/// The fields of an answer. Nothing of it is printed.
#[derive(Default)]
pub struct Answer {
    values: Vec<(String, String)>,
    /// `errori`, each with its own fields.
    pub errors: Vec<Answer>,
}

impl Answer {
    /// Its fields with a name of the contract, the list of errors apart.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A field's value; none where it is absent, blank or `xsi:nil`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).filter(|it| !it.is_empty())
    }
}

/// A SOAP fault. Nothing of it is printed.
#[derive(Default)]
pub struct Fault {
    /// `faultcode` without its prefix, such as `Client`.
    pub code: String,
    /// `faultstring`.
    pub text: String,
    /// All text of `detail`.
    pub detail: String,
}

/// Reads the answer to `operation`.
///
/// # Errors
/// Why the text is not a trustworthy answer.
pub fn read(xml: &str, operation: &Operation) -> Result<Message, FailureReason> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(xml, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached => FailureReason::TooLarge,
        _ => FailureReason::Malformed,
    })?;
    // A node's ancestors include itself and the document.
    if document.descendants().any(|node| node.ancestors().nth(MOST_DEPTH + 2).is_some()) {
        return Err(FailureReason::Malformed);
    }
    let content = content(body(document.root_element())?)?;
    if is(content, SOAP, "Fault") {
        return read_fault(content).map(Message::Fault);
    }
    match content.tag_name() {
        name if name.name() != operation.answer => Err(FailureReason::WrongOperation),
        name if name.namespace() != Some(operation.answer_namespace) => Err(FailureReason::WrongNamespace),
        _ => read_answer(content, operation).map(Message::Answer),
    }
}

fn body<'a>(root: Node<'a, 'a>) -> Result<Node<'a, 'a>, FailureReason> {
    match root.tag_name() {
        name if name.name().eq_ignore_ascii_case("html") => return Err(FailureReason::NotXml),
        name if name.name() != "Envelope" => return Err(FailureReason::WrongOperation),
        name if name.namespace() != Some(SOAP) => return Err(FailureReason::WrongNamespace),
        _ => {}
    }
    let bodies: Vec<_> = elements(root)?.filter(|node| is(*node, SOAP, "Body")).collect();
    match bodies.as_slice() {
        [body] => Ok(*body),
        [] => Err(FailureReason::Malformed),
        _ => Err(FailureReason::DuplicateField),
    }
}

fn content<'a>(body: Node<'a, 'a>) -> Result<Node<'a, 'a>, FailureReason> {
    let mut contents = elements(body)?;
    match (contents.next(), contents.next()) {
        (Some(content), None) => Ok(content),
        (None, _) => Err(FailureReason::Malformed),
        _ => Err(FailureReason::DuplicateField),
    }
}

fn read_answer(node: Node<'_, '_>, operation: &Operation) -> Result<Answer, FailureReason> {
    let namespace = operation.answer_namespace;
    let mut answer = Answer { values: values(node, namespace, operation.answer_fields)?, errors: Vec::new() };
    let mut lists = named(node, namespace, ERRORS)?;
    if let Some(list) = lists.next() {
        for item in named(list, TYPES_NAMESPACE, ERROR_ITEM)? {
            answer.errors.push(Answer { values: values(item, TYPES_NAMESPACE, ERROR_FIELDS)?, errors: Vec::new() });
        }
    }
    if lists.next().is_some() { Err(FailureReason::DuplicateField) } else { Ok(answer) }
}

/// The values of the `known` children of `node`; what is not known is passed over, so that a service may add to its
/// answer.
fn values(node: Node<'_, '_>, namespace: &str, known: &[&str]) -> Result<Vec<(String, String)>, FailureReason> {
    let mut values: Vec<(String, String)> = Vec::new();
    for name in known {
        let mut fields = named(node, namespace, name)?;
        if let Some(field) = fields.next() {
            values.push(((*name).to_owned(), value(field)?));
        }
        if fields.next().is_some() {
            return Err(FailureReason::DuplicateField);
        }
    }
    Ok(values)
}

/// The children called `name`, all of which must be of `namespace`.
fn named<'a>(
    node: Node<'a, 'a>,
    namespace: &str,
    name: &str,
) -> Result<impl Iterator<Item = Node<'a, 'a>>, FailureReason> {
    let found: Vec<_> = elements(node)?.filter(|child| child.tag_name().name() == name).collect();
    let is_foreign = found.iter().any(|child| child.tag_name().namespace() != Some(namespace));
    if is_foreign { Err(FailureReason::WrongNamespace) } else { Ok(found.into_iter()) }
}

/// The child elements of an element that has no text of its own.
fn elements<'a>(node: Node<'a, 'a>) -> Result<impl Iterator<Item = Node<'a, 'a>>, FailureReason> {
    let has_text = node.children().any(|child| child.is_text() && !child.text().unwrap_or_default().trim().is_empty());
    if has_text { Err(FailureReason::Malformed) } else { Ok(node.children().filter(Node::is_element)) }
}

/// The text of an element that has no elements: comments skipped, blanks around it dropped.
fn value(node: Node<'_, '_>) -> Result<String, FailureReason> {
    if node.children().any(|child| child.is_element()) {
        return Err(FailureReason::Malformed);
    }
    let text: String = node.children().filter(Node::is_text).filter_map(|child| child.text()).collect();
    let text = text.trim();
    let is_nil = matches!(node.attribute((SCHEMA_INSTANCE, "nil")), Some("true" | "1"));
    if is_nil && !text.is_empty() { Err(FailureReason::Malformed) } else { Ok(text.to_owned()) }
}

/// The children of a fault have no namespace; some stacks give them SOAP's.
fn read_fault(node: Node<'_, '_>) -> Result<Fault, FailureReason> {
    let child = |name: &str| {
        let is_it = |child: &Node<'_, '_>| {
            child.tag_name().name() == name && matches!(child.tag_name().namespace(), None | Some(SOAP))
        };
        let mut found = elements(node)?.filter(is_it);
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(FailureReason::DuplicateField),
            (child, None) => Ok(child),
        }
    };
    let text = |name: &str| Ok(child(name)?.map(value).transpose()?.unwrap_or_default());
    let code: String = text("faultcode")?;
    let detail = child("detail")?.map(all_text).unwrap_or_default();
    let code = code.rsplit_once(':').map_or(code.as_str(), |(_, local)| local).to_owned();
    Ok(Fault { code, text: text("faultstring")?, detail })
}

fn all_text(node: Node<'_, '_>) -> String {
    let texts = node.descendants().filter(Node::is_text).filter_map(|text| text.text());
    texts.collect::<Vec<_>>().join(" ")
}

fn is(node: Node<'_, '_>, namespace: &str, name: &str) -> bool {
    node.tag_name().name() == name && node.tag_name().namespace() == Some(namespace)
}
