//! `source add` and `source new`: the models of a source, as files of the project.

use std::path::{Path, PathBuf};

use super::scaffold;
use crate::cli::workspace::load;
use crate::cli::{Call, Outcome, exit};
use crate::diagnostic::{Code, Diagnostic};
use crate::events::{Event, Level};
use crate::project::{self, Project};

/// Embeds one file of `templates/new_source`.
macro_rules! new {
    ($folder:ident, $path:literal) => {
        (
            Folder::$folder,
            $path,
            include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/templates/new_source/",
                $path
            )),
        )
    };
}

/// Where the built-in package keeps its adapters.
const SHIPPED: &str = "models/sources/";

/// The files of a new source, under the folder of the project that each goes to. `__source__` is its name.
const NEW: &[(Folder, &str, &str)] = &[
    new!(Models, "base/base___source___records.sql"),
    new!(Models, "normalized/__source___records.sql"),
    new!(Models, "normalized/__source___contacts.sql"),
    new!(Models, "normalized/__source___rejects.sql"),
    new!(Models, "intermediate/__source___contact_events.sql"),
    new!(Models, "intermediate/__source___person_identifiers.sql"),
    new!(Models, "intermediate/__source___person_traits.sql"),
    new!(Models, "intermediate/__source___group_identifiers.sql"),
    new!(Models, "unioned/__source___events.sql"),
    new!(Models, "unioned/__source___entity_identifiers.sql"),
    new!(Models, "unioned/__source___entity_traits.sql"),
    new!(Models, "unioned/__source___relationship_declarations.sql"),
    new!(Models, "__source__.yml"),
    new!(Seeds, "raw___source___records.csv"),
    new!(Tests, "__source___accounts_for_every_record.sql"),
];

/// Which of the project's folders a file goes to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Folder {
    Models,
    Seeds,
    Tests,
}

/// Copies a shipped adapter into the project, calls and all, so that it can be changed there.
pub(super) fn add(call: &Call, name: &str) -> Outcome {
    let files = project::builtin_files("nexus");
    let folder = format!("{SHIPPED}{name}/");
    let copied: Vec<_> = files
        .iter()
        .filter_map(|(path, text)| Some((path.strip_prefix(&folder)?, *text)))
        .collect();
    if copied.is_empty() {
        return Err(unknown(name, files.iter().map(|(path, _)| path.as_str())).into());
    }
    let project = load(call)?;
    let models = Path::new(folder_of(&project, Folder::Models)).join(name);
    scaffold::refuse_to_overwrite(&project.root_dir.join(&models), &models)?;
    // The built-in models step aside by `shipped: false`; those of the project follow `enabled` alone.
    let files: Vec<_> = copied
        .iter()
        .map(|(path, text)| {
            let text = text.replace("nexus_source_shipped(", "nexus_source_enabled(");
            (models.join(path), text)
        })
        .collect();
    scaffold::write_all(&project.root_dir, &files)?;
    say(
        call,
        format!(
            "Wrote {} files to {}/. Next: let them take the place of the built-in ones, in dbt_project.yml:\n\n\
             vars:\n  nexus:\n    sources:\n      {name}: {{enabled: true, shipped: false}}\n",
            files.len(),
            models.display()
        ),
    );
    Ok(exit::OK)
}

/// Refuses a name that cannot begin a model's, or that a shipped source has.
pub(super) fn fitting_name(name: &str) -> Result<(), Diagnostic> {
    let fits = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && name.starts_with(|c: char| c.is_ascii_lowercase());
    if !fits {
        return Err(
            Diagnostic::error(Code::USAGE, format!("`{name}` cannot be the name of a source"))
                .hint("Use lower-case letters, digits and underscores, beginning with a letter."),
        );
    }
    let shipped = format!("{SHIPPED}{name}/");
    if project::builtin_files("nexus")
        .iter()
        .any(|(path, _)| path.starts_with(&shipped))
    {
        return Err(
            Diagnostic::error(Code::USAGE, format!("the source `{name}` is shipped with nexus")).hint(
                format!("Write `nexus source add {name}` to have its models in the project."),
            ),
        );
    }
    Ok(())
}

/// Writes a source in SQL that builds as it stands, to be changed into what is wanted.
pub(super) fn new(call: &Call, name: &str) -> Outcome {
    fitting_name(name)?;
    let project = load(call)?;
    let models = Path::new(folder_of(&project, Folder::Models)).join(name);
    scaffold::refuse_to_overwrite(&project.root_dir.join(&models), &models)?;
    let files: Vec<(PathBuf, String)> = NEW
        .iter()
        .map(|(folder, path, text)| {
            let place = match folder {
                Folder::Models => models.clone(),
                other => PathBuf::from(folder_of(&project, *other)),
            };
            (
                place.join(path.replace("__source__", name)),
                text.replace("__source__", name),
            )
        })
        .collect();
    scaffold::write_all(&project.root_dir, &files)?;
    say(
        call,
        format!(
            "Wrote {} files; the models stand in {}/. Next: switch the source on, in dbt_project.yml:\n\n\
             vars:\n  nexus:\n    sources:\n      {name}:\n        enabled: true\n        \
             models: [events, entity_identifiers, entity_traits, relationship_declarations, rejects]\n        \
             tables: {{records: {{ref: raw_{name}_records}}}}\n",
            files.len(),
            models.display()
        ),
    );
    Ok(exit::OK)
}

/// Returns the first of the project's folders for a kind of file.
pub(super) fn folder_of(project: &Project, folder: Folder) -> &str {
    let file = &project.root().project;
    let (paths, otherwise) = match folder {
        Folder::Models => (&file.model_paths, "models"),
        Folder::Seeds => (&file.seed_paths, "seeds"),
        Folder::Tests => (&file.test_paths, "tests"),
    };
    paths.first().map_or(otherwise, String::as_str)
}

/// Returns the error of a name that no shipped source has.
fn unknown<'a>(name: &str, paths: impl Iterator<Item = &'a str>) -> Diagnostic {
    let mut names: Vec<&str> = paths
        .filter_map(|path| path.strip_prefix(SHIPPED)?.split('/').next())
        .collect();
    names.dedup();
    Diagnostic::error(Code::USAGE, format!("nexus ships no source named `{name}`"))
        .did_you_mean(name, names.iter().copied())
        .hint(format!(
            "Choose one of {}, or write `nexus source new {name}` to start a source of your own.",
            names.join(", ")
        ))
}

pub(super) fn say(call: &Call, message: String) {
    call.sink.send(Event::Log {
        level: Level::Info,
        message,
        node: None,
    });
}
