//! Makes the binary anew when what it embeds changes: the site, the migrations, the texts.

fn main() {
    for path in ["build.rs", "centralino.toml", "contracts", "locales", "migrations", "target/site"] {
        println!("cargo:rerun-if-changed={path}");
    }
}
