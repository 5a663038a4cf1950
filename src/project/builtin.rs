//! The packages embedded in the binary: the framework `nexus`, dbt's macros, and each adapter's.

/// Returns the embedded files of a built-in package as (path within the package, text).
///
/// `dbt` is `macros/dbt` without `adapters/`; `dbt_<adapter>` is `macros/dbt/adapters/<adapter>`; `nexus` is laid
/// out as `scripts/assemble_package.sh` does it.
pub fn builtin_files(_package: &str) -> Vec<(&'static str, &'static str)> {
    todo!()
}
