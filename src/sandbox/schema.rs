//! The part of XML Schema that the contracts use: read from the files themselves, so that a message is judged by
//! what they say and by nothing else.

use regex::Regex;
use roxmltree::{Document, Node};

const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// An element and what it may contain.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) least: usize,
    /// None: without bound.
    pub(super) most: Option<usize>,
    pub(super) nillable: bool,
    pub(super) content: Content,
}

/// What an element contains.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// Elements in this order.
    Elements(Vec<Element>),
    /// Text.
    Text(TextType),
}

/// The facets of a text.
#[derive(Clone, Debug, Default)]
pub(super) struct TextType {
    /// The name of the type; empty when it has none.
    pub(super) name: String,
    pub(super) is_date: bool,
    /// As written, and as a machine that matches the whole text.
    pub(super) pattern: Option<(String, Regex)>,
    pub(super) values: Vec<String>,
    pub(super) shortest: Option<usize>,
    pub(super) longest: Option<usize>,
}

impl Element {
    /// The elements that it contains, in order; none if it contains text.
    pub(super) fn children(&self) -> &[Self] {
        match &self.content {
            Content::Elements(children) => children,
            Content::Text(_) => &[],
        }
    }
}

/// What of a schema can't be read.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// Something that is named but nowhere defined.
    #[error("{0} is not defined")]
    Undefined(String),
    /// Something beyond the part that is understood here.
    #[error("{0} is not understood")]
    Unknown(String),
}

/// Reads definitions from a set of schemas.
pub(super) struct Reader<'a> {
    schemas: &'a [Document<'a>],
}

impl<'a> Reader<'a> {
    /// Over `schemas`, which may refer to one another.
    pub(super) const fn new(schemas: &'a [Document<'a>]) -> Self {
        Self { schemas }
    }

    /// A global element.
    pub(super) fn element(&self, namespace: &str, name: &str) -> Result<Element, SchemaError> {
        self.read_element(self.global(namespace, name, &["element"])?)
    }

    fn global(&self, namespace: &str, name: &str, kinds: &[&str]) -> Result<Node<'a, 'a>, SchemaError> {
        self.schemas
            .iter()
            .map(Document::root_element)
            .filter(|schema| schema.attribute("targetNamespace") == Some(namespace))
            .flat_map(|schema| schema.children())
            .find(|node| kinds.contains(&node.tag_name().name()) && node.attribute("name") == Some(name))
            .ok_or_else(|| SchemaError::Undefined(format!("{{{namespace}}}{name}")))
    }

    fn read_element(&self, node: Node<'a, 'a>) -> Result<Element, SchemaError> {
        let content = match node.attribute("type") {
            Some(named) => self.named_type(node, named)?,
            None => self.read_type(node.first_element_child().ok_or_else(|| unknown(node))?, String::new())?,
        };
        Ok(Element {
            namespace: if is_qualified(node) { target_namespace(node).to_owned() } else { String::new() },
            name: node.attribute("name").ok_or_else(|| unknown(node))?.to_owned(),
            least: number(node, "minOccurs")?.unwrap_or(1),
            most: match node.attribute("maxOccurs") {
                Some("unbounded") => None,
                _ => Some(number(node, "maxOccurs")?.unwrap_or(1)),
            },
            nillable: node.attribute("nillable") == Some("true"),
            content,
        })
    }

    fn named_type(&self, node: Node<'a, 'a>, named: &str) -> Result<Content, SchemaError> {
        match qualified(node, named) {
            (XSD, "string") => Ok(Content::Text(TextType { name: "string".to_owned(), ..TextType::default() })),
            (XSD, "date") => {
                Ok(Content::Text(TextType { name: "date".to_owned(), is_date: true, ..TextType::default() }))
            }
            (XSD, other) => Err(SchemaError::Unknown(other.to_owned())),
            (namespace, name) => {
                self.read_type(self.global(namespace, name, &["simpleType", "complexType"])?, name.to_owned())
            }
        }
    }

    fn read_type(&self, node: Node<'a, 'a>, name: String) -> Result<Content, SchemaError> {
        let inner = node.first_element_child().ok_or_else(|| unknown(node))?;
        match (node.tag_name().name(), inner.tag_name().name()) {
            ("complexType", "sequence") => Ok(Content::Elements(self.sequence(inner)?)),
            ("simpleType", "restriction") => self.restriction(inner, name),
            _ => Err(unknown(inner)),
        }
    }

    fn sequence(&self, node: Node<'a, 'a>) -> Result<Vec<Element>, SchemaError> {
        let mut elements = Vec::new();
        for part in node.children().filter(Node::is_element) {
            match (part.tag_name().name(), part.attribute("ref")) {
                ("element", None) => elements.push(self.read_element(part)?),
                ("group", Some(named)) => {
                    let (namespace, name) = qualified(part, named);
                    let group = self.global(namespace, name, &["group"])?;
                    elements.extend(self.sequence(group.first_element_child().ok_or_else(|| unknown(group))?)?);
                }
                _ => return Err(unknown(part)),
            }
        }
        Ok(elements)
    }

    fn restriction(&self, node: Node<'a, 'a>, name: String) -> Result<Content, SchemaError> {
        let Content::Text(base) = self.named_type(node, node.attribute("base").unwrap_or_default())? else {
            return Err(unknown(node));
        };
        let mut text = TextType { name, ..base };
        for facet in node.children().filter(Node::is_element) {
            let value = facet.attribute("value").ok_or_else(|| unknown(facet))?;
            match facet.tag_name().name() {
                "pattern" => {
                    let machine = Regex::new(&format!("^(?:{value})$")).map_err(|_| unknown(facet))?;
                    text.pattern = Some((value.to_owned(), machine));
                }
                "enumeration" => text.values.push(value.to_owned()),
                "minLength" => text.shortest = number(facet, "value")?,
                "maxLength" => text.longest = number(facet, "value")?,
                "length" => {
                    text.shortest = number(facet, "value")?;
                    text.longest = text.shortest;
                }
                _ => return Err(unknown(facet)),
            }
        }
        Ok(Content::Text(text))
    }
}

/// A prefixed name of an attribute's value as its namespace and local name.
pub(super) fn qualified<'a, 'b>(node: Node<'a, '_>, name: &'b str) -> (&'a str, &'b str) {
    let (prefix, local) = name.split_once(':').map_or((None, name), |(prefix, local)| (Some(prefix), local));
    (node.lookup_namespace_uri(prefix).unwrap_or_default(), local)
}

fn target_namespace<'a>(node: Node<'a, 'a>) -> &'a str {
    node.document().root_element().attribute("targetNamespace").unwrap_or_default()
}

/// Whether an element stands in its schema's namespace: a global one does, a local one where the schema says so.
fn is_qualified(node: Node<'_, '_>) -> bool {
    let schema = node.document().root_element();
    node.parent() == Some(schema) || schema.attribute("elementFormDefault") == Some("qualified")
}

fn number(node: Node<'_, '_>, name: &str) -> Result<Option<usize>, SchemaError> {
    node.attribute(name).map(|text| text.parse().map_err(|_| SchemaError::Unknown(text.to_owned()))).transpose()
}

fn unknown(node: Node<'_, '_>) -> SchemaError {
    SchemaError::Unknown(format!("<{}>", node.tag_name().name()))
}
