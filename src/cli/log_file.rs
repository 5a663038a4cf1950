//! The log file `dbt.log`: appended to by each call, and set aside when it is full.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic, Result};
use crate::fs;

/// How many full files are kept: `dbt.log.1` is the youngest.
const KEPT: u32 = 5;

/// A file that starts anew once the next text would make it too long.
pub struct RotatingFile {
    path: PathBuf,
    file: File,
    length: u64,
    /// 0 for no limit.
    bytes_max: u64,
}

impl RotatingFile {
    /// Opens `dbt.log` in a folder, which is made where it is missing.
    ///
    /// # Errors
    /// `N0101` where folder or file cannot be written.
    pub fn open(folder: &Path, bytes_max: u64) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join("dbt.log");
        let opened = append_to(&path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let (length, file) = opened.map_err(|error| {
            Diagnostic::error(
                Code::FILE,
                format!("the log file `{}` cannot be written: {error}", path.display()),
            )
            .hint("Name another folder with --log-path, or write no log file: --log-level-file none.")
        })?;
        Ok(Self {
            path,
            file,
            length,
            bytes_max,
        })
    }

    fn rotate(&mut self) -> std::io::Result<()> {
        let numbered = |number: u32| PathBuf::from(format!("{}.{number}", self.path.display()));
        for number in (1..KEPT).rev() {
            if numbered(number).exists() {
                std::fs::rename(numbered(number), numbered(number + 1))?;
            }
        }
        std::fs::rename(&self.path, numbered(1))?;
        self.file = append_to(&self.path)?;
        self.length = 0;
        Ok(())
    }
}

fn append_to(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

impl Write for RotatingFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let added = bytes.len() as u64;
        if self.bytes_max > 0 && self.length > 0 && self.length + added > self.bytes_max {
            self.rotate()?;
        }
        let written = self.file.write(bytes)?;
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_file_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = RotatingFile::open(folder.path(), 10).unwrap();
        for text in ["one\n", "two\n", "three\n", "four\n"] {
            file.write_all(text.as_bytes()).unwrap();
        }
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("dbt.log"), "three\nfour\n".split_at(6).1);
        assert_eq!(read("dbt.log.1"), "three\n");
        assert_eq!(read("dbt.log.2"), "one\ntwo\n");
    }
}
