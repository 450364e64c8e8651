//! A request to Sistema TS, the same at every desk: written before it leaves, sent once for each form, told as one of
//! four outcomes, carried in sealed cookies and nowhere else.

mod about;
pub mod act;
pub mod act_page;
pub mod answer;
pub mod at;
pub mod countdown;
pub mod errand;
pub mod fields;
pub mod in_flight;
pub mod inquiry;
pub mod memory;
pub mod outcome;
pub mod question;
pub mod sealed;
pub mod silence;
pub mod submit;
pub mod unrecorded;
pub mod unsettled;
