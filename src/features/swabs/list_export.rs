//! A list as CSV that an Italian Excel opens with a double click.

use std::{io, iter};

use axum::body::{Body, Bytes};
use futures::stream;

use super::list_table::{COLUMNS, GROUP, result, texts};
use crate::{
    domain::code::Cun,
    features::download,
    server::{language::Language, state::AppState},
    sistema_ts::answers::ListedTest,
};

/// The file, a piece at a time.
pub fn csv(tests: Vec<ListedTest>, state: AppState, language: Language) -> Body {
    let head = iter::once_with(move || {
        let row = download::rows([COLUMNS.map(|key| language.text(&format!("swab_list.{key}")))])?;
        Ok([download::BYTE_ORDER_MARK.as_bytes(), &row].concat())
    });
    let starts = (0..tests.len()).step_by(GROUP);
    let rows = starts.map(move |start| {
        let group = tests.iter().skip(start).take(GROUP);
        download::rows(group.map(|test| cells(test, &state, language)))
    });
    Body::from_stream(stream::iter(head.chain(rows).map(|piece: io::Result<Vec<u8>>| piece.map(Bytes::from))))
}

fn cells(test: &ListedTest, state: &AppState, language: Language) -> [String; 6] {
    let [sampled, communicated, site, kind] = texts(test, state, language);
    let cun = test.cun.as_ref().map_or_else(|| language.text("swab_list.wrong_cun"), Cun::to_wire);
    [sampled, communicated, site, result(test.result, language), kind, cun]
}
