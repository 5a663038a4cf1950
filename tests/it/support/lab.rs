//! Engines of tests/lab that stand in for databases, each started once for all tests that ask for it.
//!
//! Tests run in processes of their own, so the engine is known by its folder. It ends itself when nobody has asked it
//! anything for a while.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value as Json;

use super::environment::ROOT;

/// Seconds without a request after which an engine ends.
const IDLE_SECONDS: &str = "90";

/// A running engine.
pub struct Lab {
    folder: PathBuf,
    /// Bytes of the engine's files that were there before this test.
    earlier: HashMap<String, usize>,
    /// The output for profiles.yml.
    pub output: Json,
}

impl Lab {
    /// Returns the engine of this name, started where it does not run. `postgres-tls` is `postgres` started with `tls`.
    pub fn of(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("lab-{name}"));
        std::fs::create_dir_all(&folder).unwrap();
        let lock = File::create(folder.join("lock")).unwrap();
        lock.lock().unwrap();
        let kept = folder.join("output.json");
        let running = std::fs::read_to_string(&kept)
            .ok()
            .and_then(|text| serde_json::from_str::<Json>(&text).ok())
            .filter(answers);
        let output = running.unwrap_or_else(|| {
            let output = start(name, &folder);
            std::fs::write(&kept, output.to_string()).unwrap();
            output
        });
        let files = std::fs::read_dir(&folder).unwrap().map(Result::unwrap);
        let earlier = files
            .filter_map(|file| {
                let length = usize::try_from(file.metadata().ok()?.len()).ok()?;
                Some((file.file_name().to_string_lossy().into_owned(), length))
            })
            .collect();
        Self {
            folder,
            earlier,
            output,
        }
    }

    /// Returns the whole lines that a file of the engine got since this test began.
    pub fn lines(&self, name: &str) -> Vec<String> {
        let text = std::fs::read(self.file(name)).unwrap_or_default();
        let start = self.earlier.get(name).copied().unwrap_or(0);
        let end = text.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
        let new = text.get(start..end).unwrap_or_default();
        String::from_utf8_lossy(new).lines().map(str::to_owned).collect()
    }

    /// Returns a file that the engine writes or reads.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

fn answers(output: &Json) -> bool {
    let address = output["api_endpoint"]
        .as_str()
        .and_then(|at| at.rsplit(':').next());
    let port = output["port"]
        .as_u64()
        .and_then(|port| u16::try_from(port).ok())
        .or_else(|| address.and_then(|port| port.parse().ok()));
    port.is_some_and(|port| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok())
}

fn start(name: &str, folder: &Path) -> Json {
    let (script, way) = name.split_once('-').unwrap_or((name, ""));
    let script = Path::new(ROOT).join(format!("tests/lab/{script}.sh"));
    let call = |arguments: &[&str]| {
        // A server that stays behind would hold a pipe open, so what the script says goes to files.
        let (out, err) = (folder.join("start.out"), folder.join("start.err"));
        let status = Command::new(&script)
            .args(arguments)
            .env("NEXUS_LAB_IDLE", IDLE_SECONDS)
            .stdin(Stdio::null())
            .stdout(File::create(&out).unwrap())
            .stderr(File::create(&err).unwrap())
            .status()
            .unwrap();
        let said = std::fs::read_to_string(err).unwrap();
        assert!(status.success(), "{} {arguments:?}: {said}", script.display());
        std::fs::read_to_string(out).unwrap()
    };
    let path = folder.to_str().unwrap();
    call(&["setup"]);
    call(&["stop", path]);
    let arguments: &[&str] = if way.is_empty() {
        &["start", path]
    } else {
        &["start", path, way]
    };
    let said = call(arguments);
    serde_json::from_str(said.trim().lines().last().unwrap()).unwrap()
}
