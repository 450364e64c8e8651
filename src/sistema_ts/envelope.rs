//! SOAP 1.1, document/literal: one element out, one element in. Reading is strict: one Envelope, one Body, one answer
//! of the operation that was called, no field twice, no field of a foreign namespace, nothing that can grow in memory.

use std::io;

use quick_xml::{Writer, events::BytesText};
use roxmltree::{Document, Node, ParsingOptions};

use super::{
    attributes,
    operation::{ERROR_FIELDS, ERROR_ITEM, ERRORS, List, Operation, PIN_CODE, TYPES_NAMESPACE},
    reasons::FailureReason,
};

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The deepest element of an answer; the contracts need 7.
const MOST_DEPTH: usize = 32;

/// The fields of a request, in the order of its schema. Nothing of it is printed.
#[derive(Default)]
pub struct Fields {
    sent: Vec<(&'static str, Content)>,
    /// What is not sent, but the service knows.
    known: Vec<(&'static str, String)>,
    is_unqualified: bool,
}

enum Content {
    Text(String),
    /// Fields of the shared types.
    Parts(Vec<(&'static str, String)>),
}

impl Fields {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a field more.
    #[must_use]
    pub fn with(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.sent.push((name, Content::Text(text.into())));
        self
    }

    /// With a field more, if there is a text for it.
    #[must_use]
    pub fn with_some(self, name: &'static str, text: Option<impl Into<String>>) -> Self {
        match text {
            Some(text) => self.with(name, text),
            None => self,
        }
    }

    /// With a field more that has fields of the shared types.
    #[must_use]
    pub fn with_parts(mut self, name: &'static str, parts: Vec<(&'static str, String)>) -> Self {
        self.sent.push((name, Content::Parts(parts)));
        self
    }

    /// With a value that is not sent, but that the service knows and may repeat.
    #[must_use]
    pub fn knowing(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.known.push((name, text.into()));
        self
    }

    /// With its fields in no namespace, or in that of the request, as is usual.
    #[must_use]
    pub const fn unqualified(mut self, is_unqualified: bool) -> Self {
        self.is_unqualified = is_unqualified;
        self
    }

    /// Every text in it, by name, what the service knows without being told included.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        let texts = self.sent.iter().flat_map(|(name, content)| match content {
            Content::Text(text) => vec![(*name, text.as_str())],
            Content::Parts(parts) => parts.iter().map(|(name, text)| (*name, text.as_str())).collect(),
        });
        texts.chain(self.known.iter().map(|(name, text)| (*name, text.as_str())))
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
        for (name, content) in &self.sent {
            let name = if self.is_unqualified { (*name).to_owned() } else { format!("r:{name}") };
            let element = writer.create_element(name);
            match content {
                Content::Text(text) => drop(element.write_text_content(BytesText::new(text))?),
                Content::Parts(parts) => {
                    let element = element.with_attribute(("xmlns:t", TYPES_NAMESPACE));
                    element.write_inner_content(|writer| {
                        parts.iter().try_for_each(|(name, text)| {
                            let part = writer.create_element(format!("t:{name}"));
                            part.write_text_content(BytesText::new(text)).map(drop)
                        })
                    })?;
                }
            }
        }
        Ok(())
    }
}

/// Writes the request of `operation`, with the encrypted pincode of a structure first.
pub fn write(operation: &Operation, pincode: Option<&str>, fields: &Fields) -> io::Result<Vec<u8>> {
    let pincode = Fields::new().with_some(PIN_CODE, pincode);
    let mut writer = Writer::new(br#"<?xml version="1.0" encoding="UTF-8"?>"#.to_vec());
    writer.create_element("soapenv:Envelope").with_attribute(("xmlns:soapenv", SOAP)).write_inner_content(
        |writer| {
            writer.create_element("soapenv:Body").write_inner_content(|writer| {
                let root = format!("r:{}", operation.request);
                let element = writer.create_element(root).with_attribute(("xmlns:r", operation.request_namespace));
                element.write_inner_content(|writer| {
                    pincode.write(writer)?;
                    fields.write(writer)
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
    /// The items of the operation's list, each with its own fields; none: the answer has no such list.
    pub items: Option<Vec<Answer>>,
}

impl Answer {
    /// Its fields with a name of the contract and those of its items, the list of errors apart.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let items = self.items.iter().flatten().flat_map(|item| &item.values);
        self.values.iter().chain(items).map(|(name, value)| (name.as_str(), value.as_str()))
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
    if attributes::are_too_many(xml) {
        return Err(FailureReason::TooLarge);
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: operation.most_nodes, ..ParsingOptions::default() };
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
    let namespace = (!operation.by_local_name).then_some(operation.answer_namespace);
    let mut answer = Answer { values: values(node, namespace, operation.answer_fields)?, ..Answer::default() };
    if let Some(list) = only(named(node, namespace, ERRORS)?)? {
        for item in named(list, Some(TYPES_NAMESPACE), ERROR_ITEM)? {
            answer.errors.push(of_types(item, ERROR_FIELDS)?);
        }
    }
    if let Some(wanted) = &operation.list
        && let Some(list) = only(named(node, namespace, wanted.name)?)?
    {
        let items = named(list, namespace, wanted.item)?.map(|item| read_item(item, namespace, wanted));
        answer.items = Some(items.collect::<Result<_, _>>()?);
    }
    Ok(answer)
}

fn read_item(node: Node<'_, '_>, namespace: Option<&str>, list: &List) -> Result<Answer, FailureReason> {
    let mut item = Answer { values: values(node, namespace, list.fields)?, ..Answer::default() };
    if let Some(group) = only(named(node, namespace, list.group)?)? {
        item.values.extend(of_types(group, list.group_fields)?.values);
    }
    Ok(item)
}

/// The fields of an element of the shared types.
fn of_types(node: Node<'_, '_>, known: &[&str]) -> Result<Answer, FailureReason> {
    Ok(Answer { values: values(node, Some(TYPES_NAMESPACE), known)?, ..Answer::default() })
}

/// The one of several, if there is any.
fn only<'a>(mut nodes: impl Iterator<Item = Node<'a, 'a>>) -> Result<Option<Node<'a, 'a>>, FailureReason> {
    match (nodes.next(), nodes.next()) {
        (_, Some(_)) => Err(FailureReason::DuplicateField),
        (node, None) => Ok(node),
    }
}

/// The values of the `known` children of `node`; what is not known is passed over, so that a service may add to its
/// answer.
fn values(node: Node<'_, '_>, namespace: Option<&str>, known: &[&str]) -> Result<Vec<(String, String)>, FailureReason> {
    let mut values: Vec<(String, String)> = Vec::new();
    for name in known {
        if let Some(field) = only(named(node, namespace, name)?)? {
            values.push(((*name).to_owned(), value(field)?));
        }
    }
    Ok(values)
}

/// The children called `name`, all of which must be of `namespace`, where one is given.
fn named<'a>(
    node: Node<'a, 'a>,
    namespace: Option<&str>,
    name: &str,
) -> Result<impl Iterator<Item = Node<'a, 'a>> + use<'a>, FailureReason> {
    let found: Vec<_> = elements(node)?.filter(|child| child.tag_name().name() == name).collect();
    let is_foreign = |child: &Node<'_, '_>| namespace.is_some() && child.tag_name().namespace() != namespace;
    if found.iter().any(is_foreign) { Err(FailureReason::WrongNamespace) } else { Ok(found.into_iter()) }
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
        only(elements(node)?.filter(is_it))
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
