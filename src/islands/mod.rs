//! The only code that reaches the browser. Props are serialised into the page: never a caller's data.
