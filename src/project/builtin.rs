//! The packages embedded in the binary: the framework `nexus`, dbt's macros, and each adapter's.

/// Every file under `macros/` and `templates/` of the repository: (path there, text).
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Returns the embedded files of a built-in package as (path within the package, text).
///
/// `dbt` is `macros/dbt` without `adapters/`; `dbt_<adapter>` is `macros/dbt/adapters/<adapter>`; `nexus` is laid
/// out as `scripts/assemble_package.sh` does it.
pub fn builtin_files(package: &str) -> Vec<(String, &'static str)> {
    let place = |path: &str| -> Option<String> {
        match package {
            "dbt" => path
                .strip_prefix("macros/dbt/")
                .filter(|p| !p.starts_with("adapters/"))
                .map(|p| format!("macros/{p}")),
            "nexus" => framework_path(path),
            _ => {
                let adapter = package.strip_prefix("dbt_")?;
                path.strip_prefix("macros/dbt/adapters/")?
                    .strip_prefix(adapter)?
                    .strip_prefix('/')
                    .map(|p| format!("macros/{p}"))
            }
        }
    };
    EMBEDDED
        .iter()
        .filter_map(|(path, text)| place(path).map(|p| (p, *text)))
        .collect()
}

fn framework_path(path: &str) -> Option<String> {
    if let Some(rest) = path.strip_prefix("macros/nexus/") {
        return Some(format!("macros/{rest}"));
    }
    if let Some(rest) = path.strip_prefix("templates/framework/") {
        return Some(rest.to_owned());
    }
    path.strip_prefix("templates/sources/")
        .map(|rest| format!("models/sources/{rest}"))
}

/// Returns the files of a new project: (path, text), with its name filled in.
pub fn init_files(name: &str) -> Vec<(&'static str, String)> {
    EMBEDDED
        .iter()
        .filter_map(|(path, text)| {
            path.strip_prefix("templates/project/")
                .map(|p| (p, text.replace("__project__", name)))
        })
        .collect()
}
