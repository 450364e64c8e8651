//! The rules of the field against oracles of their own, written from the documents and not from the code.

mod blind_spots;
mod codes;
mod dates;
mod fiscal_code;
mod health_card;
mod ids;
mod oracle;
