//! What `dbt_project.yml` is called and which keys it has in dbt 1.11.

use crate::yaml::{Fields, Shape};

/// The name of the file.
pub(super) const FILE_NAME: &str = "dbt_project.yml";

/// The configuration trees, by the names they have in dbt.
pub(super) const SECTIONS: &[&str] = &[
    "models",
    "seeds",
    "snapshots",
    "analyses",
    "sources",
    "tests",
    "data_tests",
    "unit_tests",
    "metrics",
    "semantic-models",
    "saved-queries",
    "exposures",
    "functions",
];

pub(super) const KEYS: &[&str] = &[
    "name",
    "config-version",
    "version",
    "project-root",
    "source-paths",
    "model-paths",
    "macro-paths",
    "data-paths",
    "seed-paths",
    "test-paths",
    "analysis-paths",
    "docs-paths",
    "asset-paths",
    "function-paths",
    "target-path",
    "snapshot-paths",
    "clean-targets",
    "profile",
    "log-path",
    "packages-install-path",
    "quoting",
    "on-run-start",
    "on-run-end",
    "require-dbt-version",
    "dispatch",
    "vars",
    "packages",
    "query-comment",
    "restrict-access",
    "dbt-cloud",
    "flags",
];

/// The keys of `quoting`.
pub(super) const QUOTING: [&str; 4] = ["database", "schema", "identifier", "project"];
/// How the one more key of `quoting` ends, which begins with the name of a database.
pub(super) const QUOTING_SUFFIX: &str = "_ignore_case";

const MAYBE_TRUTH: Shape = Shape::Either(&[Shape::Truth, Shape::Null]);

/// What the values of some keys must be: of those that are read only where they are needed.
pub(super) const SHAPES: &[(&str, Shape)] = &[
    (
        "quoting",
        Shape::Either(&[
            Shape::Fields(&Fields {
                what: "the value of `quoting`",
                required: &[],
                known: &[&[
                    ("database", MAYBE_TRUTH),
                    ("schema", MAYBE_TRUTH),
                    ("identifier", MAYBE_TRUTH),
                    ("project", MAYBE_TRUTH),
                ]],
                // See `QUOTING_SUFFIX`.
                open: true,
            }),
            Shape::Null,
        ]),
    ),
    (
        "query-comment",
        Shape::Either(&[
            Shape::Text,
            Shape::Fields(&Fields {
                what: "the value of `query-comment`",
                required: &[],
                known: &[&[
                    ("comment", Shape::Text),
                    ("append", MAYBE_TRUTH),
                    ("job-label", Shape::Truth),
                ]],
                open: false,
            }),
            Shape::Null,
        ]),
    ),
    ("packages", Shape::List(&Shape::Mapping)),
    ("dbt-cloud", Shape::Either(&[Shape::Mapping, Shape::Null])),
    (
        "require-dbt-version",
        Shape::Either(&[Shape::Text, Shape::List(&Shape::Text), Shape::Null]),
    ),
];

/// Names that a project cannot have, because templates use them.
pub(super) const RESERVED: &[&str] = &[
    "_sql_results",
    "adapter",
    "api",
    "column",
    "config",
    "context",
    "database",
    "env",
    "env_var",
    "exceptions",
    "execute",
    "flags",
    "fromjson",
    "fromyaml",
    "graph",
    "invocation_id",
    "load_agate_table",
    "load_result",
    "log",
    "model",
    "modules",
    "post_hooks",
    "pre_hooks",
    "ref",
    "render",
    "return",
    "run_started_at",
    "schema",
    "source",
    "sql",
    "sql_now",
    "store_result",
    "store_raw_result",
    "target",
    "this",
    "tojson",
    "toyaml",
    "try_or_compiler_error",
    "var",
    "write",
];
