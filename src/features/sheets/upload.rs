//! A file that is sent, or the same as a text that is pasted.

use axum::{
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::server::errors::AppError;

/// What the form of an import sends.
#[derive(Default)]
pub struct Upload {
    /// What is in the file; nothing where none was chosen.
    pub file: Vec<u8>,
    /// What was pasted.
    pub text: String,
    /// What was typed as the PIN.
    pub pin: String,
    /// Whether the file's name ends as that of something else than a table of text.
    pub is_named_otherwise: bool,
}

/// How the names of such files end.
const ENDINGS: [&str; 2] = [".csv", ".txt"];

impl Upload {
    /// The file, else what was pasted.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        if self.file.is_empty() { self.text.as_bytes() } else { &self.file }
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let unreadable = || AppError::BadRequest("the form can't be read").into_response();
        let mut form = Multipart::from_request(request, state).await.map_err(|_| unreadable())?;
        let mut upload = Self::default();
        while let Some(field) = form.next_field().await.map_err(|error| refused(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            let file_name = field.file_name().unwrap_or_default().to_ascii_lowercase();
            let content = field.bytes().await.map_err(|error| refused(&error))?;
            let text = || String::from_utf8(content.to_vec());
            match name.as_str() {
                "file" => {
                    let is_named_so = ENDINGS.iter().any(|ending| file_name.ends_with(ending));
                    upload.is_named_otherwise = !content.is_empty() && !is_named_so;
                    upload.file = content.to_vec();
                }
                "text" => upload.text = text().map_err(|_| unreadable())?,
                "pin" => upload.pin = text().map_err(|_| unreadable())?,
                _ => (),
            }
        }
        Ok(upload)
    }
}

/// Without a word of what was sent.
fn refused(error: &MultipartError) -> Response {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return error.status().into_response();
    }
    AppError::BadRequest("the form can't be read").into_response()
}
