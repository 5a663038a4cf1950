//! The declared form of a source: `source add --declared`, `source new`, and `source eject`, which ends it.

use std::path::{Path, PathBuf};

use super::scaffold;
use super::source::{Folder, fitting_name, folder_of, say};
use crate::cli::workspace::load;
use crate::cli::{Call, Outcome, exit};
use crate::diagnostic::{Code, Diagnostic};
use crate::fs;
use crate::project::{self, DECLARED_ENDING, DECLARED_FOLDER};

/// Embeds one file of `templates`.
macro_rules! template {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/", $path))
    };
}

/// The shipped sources that have a declared form.
const SHIPPED: &[(&str, &str)] = &[
    ("shopify", template!("declared_sources/shopify.nexus.yml")),
    ("stripe", template!("declared_sources/stripe.nexus.yml")),
];

const NEW: &str = template!("new_source.nexus.yml");
const NEW_SEED: &str = template!("new_source/raw___source___records.csv");

fn declaration_of(name: &str) -> PathBuf {
    Path::new(DECLARED_FOLDER).join(format!("{name}{DECLARED_ENDING}"))
}

/// Writes the declaration of a shipped source into the project.
pub(super) fn add(call: &Call, name: &str) -> Outcome {
    let Some((_, text)) = SHIPPED.iter().find(|(shipped, _)| *shipped == name) else {
        let names: Vec<&str> = SHIPPED.iter().map(|(shipped, _)| *shipped).collect();
        return Err(Diagnostic::error(
            Code::USAGE,
            format!("nexus ships no declaration of a source named `{name}`"),
        )
        .did_you_mean(name, names.iter().copied())
        .hint(format!(
            "Choose one of {}, or leave `--declared` out.",
            names.join(", ")
        ))
        .into());
    };
    let project = load(call)?;
    let place = declaration_of(name);
    scaffold::write_all(&project.root_dir, &[(place.clone(), (*text).to_owned())])?;
    say(
        call,
        format!(
            "Wrote {}, whose models take the place of the built-in ones. It is on where dbt_project.yml has:\n\n\
             vars:\n  nexus:\n    sources:\n      {name}: {{enabled: true}}\n",
            place.display()
        ),
    );
    Ok(exit::OK)
}

/// Writes a declaration and raw records that build as they stand.
pub(super) fn new(call: &Call, name: &str) -> Outcome {
    fitting_name(name)?;
    let project = load(call)?;
    let place = declaration_of(name);
    let fill = |text: &str| text.replace("__source__", name);
    let seed = Path::new(folder_of(&project, Folder::Seeds)).join(format!("raw_{name}_records.csv"));
    let files = [(place.clone(), fill(NEW)), (seed, fill(NEW_SEED))];
    scaffold::write_all(&project.root_dir, &files)?;
    say(
        call,
        format!(
            "Wrote {} and {}. Next: switch the source on, in dbt_project.yml:\n\n\
             vars:\n  nexus:\n    sources:\n      {name}:\n        enabled: true\n        \
             tables: {{records: {{ref: raw_{name}_records}}}}\n",
            place.display(),
            files[1].0.display()
        ),
    );
    Ok(exit::OK)
}

/// Writes the models of a declared source as files, and sets the declaration aside.
pub(super) fn eject(call: &Call, name: &str) -> Outcome {
    let project = load(call)?;
    let place = declaration_of(name);
    if !project.root_dir.join(&place).is_file() {
        return Err(Diagnostic::error(
            Code::USAGE,
            format!(
                "there is no declared source `{name}`: `{}` was not found",
                place.display()
            ),
        )
        .hint(format!(
            "Write `nexus source add {name}` for the models of a shipped source."
        ))
        .into());
    }
    let generated = project::load_declared_source(
        &project.root_dir,
        name,
        &[&project.root().project.vars, &project.vars],
    )?;
    let models = Path::new(folder_of(&project, Folder::Models)).to_path_buf();
    let folder = models.join(name);
    scaffold::refuse_to_overwrite(&project.root_dir.join(&folder), &folder)?;
    let aside = place.with_extension("yml.ejected");
    let declared = fs::read(&project.root_dir.join(&place))?;
    let mut files: Vec<(PathBuf, String)> = generated
        .files
        .into_iter()
        .map(|(path, text)| (models.join(path), text))
        .collect();
    files.push((aside.clone(), declared));
    scaffold::write_all(&project.root_dir, &files)?;
    fs::remove(&project.root_dir.join(&place))?;
    say(
        call,
        format!(
            "Wrote {} files to {}/ and renamed the declaration to {}. Next: say in dbt_project.yml which parts there are:\n\n\
             vars:\n  nexus:\n    sources:\n      {name}: {{enabled: true, {}models: [{}]}}\n",
            files.len() - 1,
            folder.display(),
            aside.display(),
            if SHIPPED.iter().any(|(shipped, _)| *shipped == name) {
                "shipped: false, "
            } else {
                ""
            },
            generated.parts.join(", ")
        ),
    );
    Ok(exit::OK)
}
