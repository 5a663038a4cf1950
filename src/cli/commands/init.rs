//! `init`: writes a small project that runs as it stands.

use crate::cli::args::InitArgs;
use crate::cli::{Call, Outcome, exit};
use crate::diagnostic::{Code, Diagnostic};
use crate::events::{Event, Level};
use crate::{fs, project};

pub(super) fn run(call: &Call, args: &InitArgs) -> Outcome {
    let Some(name) = &args.name else {
        return Err(
            Diagnostic::error(Code::USAGE, "`init` needs a name for the project")
                .hint("Write `nexus init my_project`.")
                .into(),
        );
    };
    let fits = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if !fits || name.is_empty() {
        return Err(
            Diagnostic::error(Code::USAGE, format!("`{name}` cannot be the name of a project"))
                .hint("Use letters, digits and underscores, not beginning with a digit.")
                .into(),
        );
    }
    let folder = call.invocation.cwd.join(name);
    if folder.exists() {
        return Err(
            Diagnostic::error(Code::FILE, format!("`{}` exists already", folder.display()))
                .hint("Choose another name, or delete the folder.")
                .into(),
        );
    }
    for (path, text) in project::init_files(name) {
        fs::write_atomic(&folder.join(path), text.as_bytes())?;
    }
    let message = format!("Your project stands in {name}/. Next: cd {name} && nexus build");
    call.sink.send(Event::Log {
        level: Level::Info,
        message,
        node: None,
    });
    Ok(exit::OK)
}
