//! The page that shows a project to people: one file without anything from elsewhere.

use std::path::Path;

use crate::diagnostic::Result;
use crate::fs;

const PAGE: &str = include_str!("page.html");
const MANIFEST: &str = "/*manifest*/null";
const CATALOG: &str = "/*catalog*/null";

/// Writes the page. With the texts of manifest and catalog it needs no other file; without, it asks for them beside it.
///
/// # Errors
/// `N0101` where the file cannot be written.
pub fn write(path: &Path, artifacts: Option<(&str, &str)>) -> Result<()> {
    let page = match artifacts {
        // The catalog first: its place stands behind the manifest's, whose text may hold anything.
        Some((manifest, catalog)) => {
            PAGE.replacen(CATALOG, &inside_script(catalog), 1)
                .replacen(MANIFEST, &inside_script(manifest), 1)
        }
        None => PAGE.to_owned(),
    };
    fs::write_atomic(path, page.as_bytes())
}

/// Returns JSON that cannot end the script that it stands in: `<` only occurs inside of its strings.
fn inside_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_one_place_for_each_artifact() {
        assert_eq!(PAGE.matches(MANIFEST).count(), 1);
        assert_eq!(PAGE.matches(CATALOG).count(), 1);
        assert!(PAGE.find(MANIFEST) < PAGE.find(CATALOG));
    }

    #[test]
    fn a_description_cannot_end_the_script() {
        assert_eq!(inside_script("\"</script>\""), "\"\\u003c/script>\"");
    }
}
