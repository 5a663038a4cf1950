//! A project of its own for a test, and the binary run on it with everything seeded: clock, id, no home, no colour.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::redact::redact;

/// The checkout.
pub const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A copy of a project in a temporary folder, which goes away with it.
pub struct Environment {
    folder: tempfile::TempDir,
}

/// What a run of the binary gave back, redacted for snapshots.
pub struct Output {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Environment {
    /// Copies a project: a path below the checkout, such as `tests/projects/selection/project`.
    pub fn of_project(path: &str) -> Self {
        let environment = Self::empty();
        copy(&Path::new(ROOT).join(path), environment.path());
        environment
    }

    /// Returns a folder without files.
    pub fn empty() -> Self {
        let folder = tempfile::Builder::new().prefix("nexus-it-").tempdir().unwrap();
        Self { folder }
    }

    /// Writes a file of the project, and the folders above it.
    pub fn write(&self, path: &str, text: &str) -> &Self {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs the binary in the project's folder.
    pub fn nexus(&self, arguments: &[&str]) -> Output {
        let mut command = self.command();
        command.args(arguments);
        self.output(command)
    }

    /// Runs a command made by [`Environment::command`].
    pub fn output(&self, mut command: Command) -> Output {
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| redact(&String::from_utf8_lossy(bytes), &self.real_path());
        Output {
            code: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    /// Returns the binary as a command with a clean environment.
    pub fn command(&self) -> Command {
        self.command_of(Path::new(env!("CARGO_BIN_EXE_nexus")))
    }

    /// Returns the binary under the name `dbt` as a command with a clean environment.
    pub fn command_as_dbt(&self) -> Command {
        let link = self.path().join("dbt");
        if !link.exists() {
            std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_nexus"), &link).unwrap();
        }
        self.command_of(&link)
    }

    fn command_of(&self, binary: &Path) -> Command {
        let mut command = Command::new(binary);
        command
            .current_dir(self.path())
            .env_clear()
            .env("NEXUS_NOW", "2026-01-02T03:04:05Z")
            .env("NEXUS_INVOCATION_ID", "00000000-0000-4000-8000-000000000000")
            .env("NO_COLOR", "1");
        // The shared library of the database may stand elsewhere than where the binary was linked.
        for name in ["LD_LIBRARY_PATH", "PATH"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    fn real_path(&self) -> PathBuf {
        self.path()
            .canonicalize()
            .unwrap_or_else(|_| self.path().to_path_buf())
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap_or_else(|e| panic!("{}: {e}", from.display())) {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
