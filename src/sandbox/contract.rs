//! The contracts in `contracts/`: what each WSDL says of its service, and the files as they are served.

use std::borrow::Cow;

use roxmltree::{Document, Node};

use super::schema::{Element, Reader, SchemaError, qualified};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const WSDL_SOAP: &str = "http://schemas.xmlsoap.org/wsdl/soap/";

macro_rules! files {
    ($($name:literal),+ $(,)?) => { &[$(($name, include_str!(concat!("../../contracts/", $name)))),+] };
}

/// The schemas of the services, by name.
const SCHEMAS: &[(&str, &str)] = files![
    "tipodati.xsd",
    "verificapositivitarichiesta.xsd",
    "verificapositivitaricevuta.xsd",
    "sbloccocodiceimmunirichiesta.xsd",
    "sbloccocodiceimmuniricevuta.xsd",
    "confermasbloccoimmunirichiesta.xsd",
    "confermasbloccoimmuniricevuta.xsd",
    "tamponirichiesta.xsd",
    "tamponiricevuta.xsd",
    "inviocodiceotp.xsd",
    "chiusuracertrequest.xsd",
    "chiusuracertresponse.xsd",
];

/// Whether the elements within a message stand in its namespace, or in none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Children {
    /// As the schemas say: in the namespace.
    Qualified,
    /// In none.
    Unqualified,
}

impl Children {
    /// A schema that says so.
    fn of(self, schema: &str) -> Cow<'_, str> {
        match self {
            Self::Qualified => schema.into(),
            Self::Unqualified => {
                schema.replace("elementFormDefault=\"qualified\"", "elementFormDefault=\"unqualified\"").into()
            }
        }
    }
}

/// What a WSDL says of the one operation of its service.
#[derive(Debug)]
pub(super) struct Contract {
    /// The path of the service's address, from the first slash.
    pub(super) path: String,
    /// The `SOAPAction`, without quotes.
    pub(super) action: String,
    /// The element of the request, with all it may contain.
    pub(super) request: Element,
    /// The element of the answer.
    pub(super) answer: Element,
    wsdl: &'static str,
    children: Children,
}

/// A file of `contracts/` that can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// Not XML.
    #[error("a contract is not XML: {0}")]
    Xml(#[from] roxmltree::Error),
    /// A schema that says more than this reader understands, or less than it needs.
    #[error("a schema can't be read: {0}")]
    Schema(#[from] SchemaError),
    /// A WSDL without something that it must have.
    #[error("a WSDL lacks {0}")]
    Lacks(&'static str),
}

impl Contract {
    /// Reads `wsdl` and the schemas that it names.
    pub(super) fn read(wsdl: &'static str, children: Children) -> Result<Self, ContractError> {
        let document = Document::parse(wsdl)?;
        let find = |namespace: &str, name: &str, what| {
            let found = document.descendants().find(|node| node.has_tag_name((namespace, name)));
            found.ok_or(ContractError::Lacks(what))
        };
        let location = attribute(find(WSDL_SOAP, "address", "soap:address")?, "location")?;
        let texts: Vec<_> = SCHEMAS.iter().map(|(_, text)| children.of(text)).collect();
        let schemas = texts.iter().map(|text| Document::parse(text)).collect::<Result<Vec<_>, _>>()?;
        let reader = Reader::new(&schemas);
        let element_of = |direction: &str| -> Result<Element, ContractError> {
            let operation = find(WSDL, "operation", "wsdl:operation")?;
            let message = operation.children().find(|node| node.has_tag_name((WSDL, direction)));
            let message = attribute(message.ok_or(ContractError::Lacks("wsdl:input or output"))?, "message")?;
            let local = message.rsplit(':').next().unwrap_or(message);
            let part = document
                .descendants()
                .filter(|node| node.has_tag_name((WSDL, "message")) && node.attribute("name") == Some(local))
                .find_map(|node| node.first_element_child())
                .ok_or(ContractError::Lacks("wsdl:message"))?;
            let (namespace, name) = qualified(part, attribute(part, "element")?);
            Ok(reader.element(namespace, name)?)
        };
        Ok(Self {
            path: location.splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap_or_default(),
            action: attribute(find(WSDL_SOAP, "operation", "soap:operation")?, "soapAction")?.to_owned(),
            request: element_of("input")?,
            answer: element_of("output")?,
            wsdl,
            children,
        })
    }

    /// The WSDL with the addresses of this server, which is reached at `base`.
    pub(super) fn wsdl(&self, base: &str) -> String {
        let address = format!("{base}{}", self.path);
        let here = relocated(self.wsdl, &address);
        let Some((before, rest)) = here.split_once("<soap:address location=\"") else { return here };
        let Some((_, after)) = rest.split_once('"') else { return here };
        format!("{before}<soap:address location=\"{address}\"{after}")
    }

    /// A schema by the name of its file; none if it is not of these services.
    pub(super) fn schema(&self, name: &str, base: &str) -> Option<String> {
        let (_, text) = SCHEMAS.iter().find(|(known, _)| *known == name)?;
        Some(relocated(&self.children.of(text), &format!("{base}{}", self.path)))
    }
}

/// With its schemas served beside it.
fn relocated(text: &str, address: &str) -> String {
    text.replace("schemaLocation=\"", &format!("schemaLocation=\"{address}?xsd="))
}

fn attribute<'a>(node: Node<'a, '_>, name: &'static str) -> Result<&'a str, ContractError> {
    node.attribute(name).ok_or(ContractError::Lacks(name))
}
