//! Files that a page gives: how they are declared, and tables as spreadsheets take them.

use std::{borrow::Cow, io};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::server::errors::AppError;

/// What Excel in Italy wants before a text, to read it as UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";
/// How a CSV file is declared.
pub const CSV: &str = "text/csv; charset=utf-8";

/// A file to be kept, under this name.
pub fn file(name: &str, media_type: &'static str, content: impl Into<Body>) -> Result<Response, AppError> {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(AppError::internal)?),
    ];
    Ok((headers, content.into()).into_response())
}

/// A cell that no spreadsheet takes for a formula: an apostrophe before it. Signs of full width count too, as they do in
/// some editions of Excel.
#[must_use]
pub fn neutral(cell: &str) -> Cow<'_, str> {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if is_formula { format!("'{cell}").into() } else { cell.into() }
}

/// Rows as Excel in Italy reads them: semicolons between the cells, none of them a formula, CR LF at the end.
pub fn rows<R, C>(rows: impl IntoIterator<Item = R>) -> io::Result<Vec<u8>>
where
    R: IntoIterator<Item = C>,
    C: AsRef<str>,
{
    let mut builder = csv::WriterBuilder::new();
    builder.delimiter(b';').terminator(csv::Terminator::CRLF).flexible(true);
    let mut writer = builder.from_writer(Vec::new());
    for row in rows {
        let cells: Vec<_> = row.into_iter().map(|cell| neutral(cell.as_ref()).into_owned()).collect();
        writer.write_record(cells)?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＠SUM(A1)"] {
            assert_eq!(neutral(formula), format!("'{formula}"));
        }
        for plain in ["", "m.rossi", "192.0.2.1", "a=b"] {
            assert_eq!(neutral(plain), plain);
        }
        let written = rows([["=1+1", "a;b"], ["è", ""]]).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), "'=1+1;\"a;b\"\r\nè;\r\n");
    }
}
