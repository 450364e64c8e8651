//! A `MaxMind` database with a handful of networks, written by hand: the format is public.

use std::{collections::BTreeMap, net::Ipv4Addr};

/// A value of a record.
#[derive(Clone, Debug)]
pub enum Value {
    /// Text.
    Text(&'static str),
    /// A number with a fraction.
    Double(f64),
    /// By name.
    Map(Vec<(&'static str, Value)>),
    /// In order.
    Array(Vec<Value>),
    /// 16 bits.
    U16(u16),
    /// 32 bits.
    U32(u32),
    /// 64 bits.
    U64(u64),
}

impl Value {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Text(text) => {
                control(out, 2, text.len());
                out.extend(text.as_bytes());
            }
            Self::Double(number) => {
                control(out, 3, 8);
                out.extend(number.to_be_bytes());
            }
            Self::Map(pairs) => {
                control(out, 7, pairs.len());
                for (name, value) in pairs {
                    Self::Text(name).write(out);
                    value.write(out);
                }
            }
            Self::Array(values) => {
                control(out, 11, values.len());
                for value in values {
                    value.write(out);
                }
            }
            Self::U16(number) => {
                control(out, 5, 2);
                out.extend(number.to_be_bytes());
            }
            Self::U32(number) => {
                control(out, 6, 4);
                out.extend(number.to_be_bytes());
            }
            Self::U64(number) => {
                control(out, 9, 8);
                out.extend(number.to_be_bytes());
            }
        }
    }
}

/// The byte that tells type and size; types above 7 have a second one.
fn control(out: &mut Vec<u8>, kind: u8, size: usize) {
    let size_bits = u8::try_from(size.min(29)).expect("small");
    if kind <= 7 {
        out.push(kind << 5 | size_bits);
    } else {
        out.extend([size_bits, kind - 7]);
    }
    if size >= 29 {
        out.push(u8::try_from(size - 29).expect("small"));
    }
}

/// The record of a city as `GeoLite2` has it.
pub fn city(
    code: &'static str,
    country: &'static str,
    region: &'static str,
    city: &'static str,
    at: (f64, f64),
) -> Value {
    use Value::{Array, Double, Map, Text};
    let names = |name| Map(vec![("names", Map(vec![("en", Text(name))]))]);
    Map(vec![
        ("city", names(city)),
        ("country", Map(vec![("iso_code", Text(code)), ("names", Map(vec![("en", Text(country))]))])),
        ("subdivisions", Array(vec![names(region)])),
        ("postal", Map(vec![("code", Text("00118"))])),
        ("location", Map(vec![("latitude", Double(at.0)), ("longitude", Double(at.1))])),
    ])
}

/// The file with these networks: address, length of the prefix, record.
pub fn file(networks: &[(Ipv4Addr, u8, Value)]) -> Vec<u8> {
    // A node has two ends: another node, a record, or nothing.
    let mut nodes: Vec<[Option<End>; 2]> = vec![[None; 2]];
    let (mut data, mut offsets) = (Vec::new(), BTreeMap::new());
    for (number, (address, length, value)) in networks.iter().enumerate() {
        offsets.insert(number, data.len());
        value.write(&mut data);
        let mut node = 0;
        for bit in 0..*length {
            let side = usize::from(u32::from(*address) >> (31 - bit) & 1 == 1);
            if bit + 1 == *length {
                nodes[node][side] = Some(End::Record(number));
            } else if let Some(End::Node(next)) = nodes[node][side] {
                node = next;
            } else {
                nodes.push([None; 2]);
                nodes[node][side] = Some(End::Node(nodes.len() - 1));
                node = nodes.len() - 1;
            }
        }
    }
    let count = nodes.len();
    let mut file = Vec::new();
    for end in nodes.iter().flatten() {
        let value = match end {
            None => count,
            Some(End::Node(node)) => *node,
            Some(End::Record(number)) => count + 16 + offsets[number],
        };
        file.extend(&u32::try_from(value).expect("small").to_be_bytes()[1..]);
    }
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    Value::Map(vec![
        ("node_count", Value::U32(u32::try_from(count).expect("small"))),
        ("record_size", Value::U16(24)),
        ("ip_version", Value::U16(4)),
        ("database_type", Value::Text("Test-City")),
        ("languages", Value::Array(vec![Value::Text("en")])),
        ("binary_format_major_version", Value::U16(2)),
        ("binary_format_minor_version", Value::U16(0)),
        ("build_epoch", Value::U64(1_600_000_000)),
        ("description", Value::Map(vec![("en", Value::Text("a test"))])),
    ])
    .write(&mut file);
    file
}

#[derive(Clone, Copy)]
enum End {
    Node(usize),
    Record(usize),
}
