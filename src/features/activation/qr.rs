//! The QR code that an authenticator app scans.

use qrcode::{QrCode, render::svg, types::QrError};

/// The code as SVG, to be put into the page: no address of it exists that could be fetched or kept.
pub fn svg(text: &str) -> Result<String, QrError> {
    let code = QrCode::new(text)?;
    let image = code
        .render::<svg::Color<'_>>()
        .min_dimensions(232, 232)
        .dark_color(svg::Color("#000"))
        .light_color(svg::Color("#fff"))
        .build();
    Ok(image.find("<svg").and_then(|start| image.get(start..)).unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_code_is_one_picture() {
        let picture = super::svg("otpauth://totp/Centralino:m.rossi?secret=GEZDGNBVGY3TQOJQ").unwrap();
        assert!(picture.starts_with("<svg") && picture.ends_with("</svg>"), "{picture}");
    }
}
