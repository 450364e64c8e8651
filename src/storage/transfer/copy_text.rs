//! Rows as PostgreSQL's `COPY` writes and reads them in its text format: a line each, tabs between, backslashes before
//! what would be mistaken.

use super::{Kind, Table, TransferError, Value, hexadecimal};

/// Appends a row.
pub(super) fn write(row: &[Value], out: &mut Vec<u8>) {
    for (at, value) in row.iter().enumerate() {
        if at > 0 {
            out.push(b'\t');
        }
        match value {
            Value::Null => out.extend_from_slice(b"\\N"),
            Value::Integer(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Value::Bytes(bytes) => {
                out.extend_from_slice(b"\\\\x");
                out.extend_from_slice(hexadecimal(bytes).as_bytes());
            }
            Value::Text(text) => text.bytes().for_each(|byte| write_byte(byte, out)),
        }
    }
    out.push(b'\n');
}

fn write_byte(byte: u8, out: &mut Vec<u8>) {
    let escaped = match byte {
        b'\\' => b'\\',
        b'\t' => b't',
        b'\n' => b'n',
        b'\r' => b'r',
        byte => return out.push(byte),
    };
    out.extend_from_slice(&[b'\\', escaped]);
}

/// Reads a line, without its end.
pub(super) fn read(line: &[u8], table: &Table) -> Result<Vec<Value>, TransferError> {
    let foreign = || TransferError::Foreign { table: table.name.clone() };
    let fields: Vec<&[u8]> = line.split(|byte| *byte == b'\t').collect();
    if fields.len() != table.columns.len() {
        return Err(foreign());
    }
    let values = fields.into_iter().zip(&table.columns);
    values.map(|(field, (_, kind))| read_value(field, *kind).ok_or_else(foreign)).collect()
}

fn read_value(field: &[u8], kind: Kind) -> Option<Value> {
    if field == b"\\N" {
        return Some(Value::Null);
    }
    let text = String::from_utf8(unescape(field)?).ok()?;
    Some(match kind {
        Kind::Integer => Value::Integer(text.parse().ok()?),
        Kind::Text => Value::Text(text),
        Kind::Bytes => Value::Bytes(bytes_of(text.strip_prefix("\\x")?)?),
    })
}

fn unescape(field: &[u8]) -> Option<Vec<u8>> {
    let (mut plain, mut bytes) = (Vec::with_capacity(field.len()), field.iter());
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'\\' => match bytes.next()? {
                b'b' => 8,
                b't' => b'\t',
                b'n' => b'\n',
                b'v' => 11,
                b'f' => 12,
                b'r' => b'\r',
                other => *other,
            },
            byte => *byte,
        });
    }
    Some(plain)
}

fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = digits.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    digits.chunks(2).map(|pair| u8::try_from(pair.iter().fold(0, |byte, digit| byte << 4 | digit)).ok()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table() -> Table {
        let columns = [("a", Kind::Text), ("b", Kind::Integer), ("c", Kind::Bytes)];
        let columns = columns.map(|(name, kind)| (name.to_owned(), kind)).to_vec();
        Table { name: "t".to_owned(), columns, key: vec!["a".to_owned()] }
    }

    proptest! {
        #[test]
        fn a_row_comes_back_as_it_was(text in any::<Option<String>>(), number in any::<Option<i64>>(), bytes in any::<Option<Vec<u8>>>()) {
            let row = vec![
                text.map_or(Value::Null, Value::Text),
                number.map_or(Value::Null, Value::Integer),
                bytes.map_or(Value::Null, Value::Bytes),
            ];
            let mut line = Vec::new();
            write(&row, &mut line);
            prop_assert_eq!(line.iter().position(|byte| *byte == b'\n'), Some(line.len() - 1));
            prop_assert_eq!(read(&line[..line.len() - 1], &table()).unwrap(), row);
        }
    }

    #[test]
    fn what_is_no_row_of_the_table_is_refused() {
        for line in ["", "a\t1", "a\tx\t\\\\x00", "a\t1\t\\\\x0g", "a\t1\t00", "a\t1\t\\\\x00\tb"] {
            assert!(read(line.as_bytes(), &table()).is_err(), "{line}");
        }
        let row = read(b"\\\\N\\b\t-1\t\\N", &table()).unwrap();
        assert_eq!(row, [Value::Text("\\N\u{8}".to_owned()), Value::Integer(-1), Value::Null]);
    }
}
