//! What an entry of each section of a properties file must look like.
//!
//! What dbt refuses is refused. Sections of the semantic layer have checks of their own.

use crate::diagnostic::{Code, Diagnostic};
use crate::yaml::{Document, Fields, Node, Shape, misfits};

use Shape::{Anything, Either, List, Mapping, Null, Number, Text, Truth, WholeNumber, Word};

const MAYBE_TEXT: Shape = Either(&[Text, Null]);
const MAYBE_TRUTH: Shape = Either(&[Truth, Null]);
const MAYBE_DATE: Shape = Either(&[Shape::Date, Text, Null]);
const VERSION: Shape = Either(&[Text, Number]);
const MAYBE_VERSIONS: Shape = Either(&[List(&VERSION), Null]);
const TEXTS: Shape = List(&Text);
const MAPPINGS: Shape = List(&Mapping);
const TESTS: Shape = List(&Either(&[Mapping, Text]));
const MAYBE_TESTS: Shape = Either(&[TESTS, Null]);

const DOCS: Shape = Shape::Fields(&Fields {
    what: "the value of `docs`",
    required: &[],
    known: &[&[("show", Truth), ("node_color", MAYBE_TEXT)]],
    open: false,
});

/// What all that is described may have.
const DESCRIBED: &[(&str, Shape)] = &[
    ("name", Text),
    ("description", Text),
    ("meta", Mapping),
    ("data_type", MAYBE_TEXT),
    ("constraints", MAPPINGS),
    ("docs", DOCS),
    ("config", Mapping),
];

const COLUMN: Shape = Shape::Fields(&Fields {
    what: "a column",
    required: &["name"],
    known: &[
        DESCRIBED,
        &[
            ("data_tests", TESTS),
            ("tests", TESTS),
            ("quote", MAYBE_TRUTH),
            ("tags", TEXTS),
            ("granularity", MAYBE_TEXT),
        ],
    ],
    open: true,
});

/// A column of an analysis: it has no tests.
const PLAIN_COLUMN: Shape = Shape::Fields(&Fields {
    what: "a column",
    required: &["name"],
    known: &[DESCRIBED],
    open: true,
});

const COLUMNS_TAKEN_OVER: Shape = Shape::Fields(&Fields {
    what: "an entry with `include`",
    required: &["include"],
    known: &[&[("include", Either(&[Text, TEXTS])), ("exclude", TEXTS)]],
    open: false,
});

const MODEL_VERSION: Shape = Shape::Fields(&Fields {
    what: "a version of a model",
    required: &["v"],
    known: &[&[
        ("v", VERSION),
        ("defined_in", MAYBE_TEXT),
        ("description", Text),
        ("access", MAYBE_TEXT),
        ("config", Mapping),
        ("constraints", MAPPINGS),
        ("docs", DOCS),
        ("data_tests", MAYBE_TESTS),
        ("tests", MAYBE_TESTS),
        ("columns", List(&Either(&[COLUMNS_TAKEN_OVER, COLUMN]))),
        ("deprecation_date", MAYBE_DATE),
    ]],
    open: false,
});

const TIME_SPINE: Shape = Shape::Fields(&Fields {
    what: "a time spine",
    required: &["standard_granularity_column"],
    known: &[&[
        ("standard_granularity_column", Text),
        ("custom_granularities", List(&CUSTOM_GRANULARITY)),
    ]],
    open: false,
});

const CUSTOM_GRANULARITY: Shape = Shape::Fields(&Fields {
    what: "a custom granularity",
    required: &["name"],
    known: &[&[("name", Text), ("column_name", MAYBE_TEXT)]],
    open: false,
});

const MODEL: Shape = Shape::Fields(&Fields {
    what: "a model",
    required: &["name"],
    known: &[
        DESCRIBED,
        &[
            ("data_tests", TESTS),
            ("tests", TESTS),
            ("columns", List(&COLUMN)),
            ("quote_columns", MAYBE_TRUTH),
            ("access", Text),
            ("latest_version", Either(&[Text, Number, Null])),
            ("versions", List(&MODEL_VERSION)),
            ("deprecation_date", MAYBE_DATE),
            ("time_spine", Either(&[TIME_SPINE, Null])),
        ],
    ],
    open: true,
});

/// A seed or a snapshot.
const TESTABLE: Shape = Shape::Fields(&Fields {
    what: "a seed or snapshot",
    required: &["name"],
    known: &[
        DESCRIBED,
        &[
            ("data_tests", TESTS),
            ("tests", TESTS),
            ("columns", List(&COLUMN)),
            ("quote_columns", MAYBE_TRUTH),
            ("access", MAYBE_TEXT),
        ],
    ],
    open: true,
});

const ANALYSIS: Shape = Shape::Fields(&Fields {
    what: "an analysis",
    required: &["name"],
    known: &[
        DESCRIBED,
        &[("columns", List(&PLAIN_COLUMN)), ("access", MAYBE_TEXT)],
    ],
    open: true,
});

const SINGULAR_TEST: Shape = Shape::Fields(&Fields {
    what: "a data test",
    required: &["name"],
    known: &[DESCRIBED],
    open: true,
});

const MACRO_ARGUMENT: Shape = Shape::Fields(&Fields {
    what: "an argument of a macro",
    required: &["name"],
    known: &[&[("name", Text), ("type", MAYBE_TEXT), ("description", Text)]],
    open: false,
});

const MACRO: Shape = Shape::Fields(&Fields {
    what: "a macro",
    required: &["name"],
    known: &[DESCRIBED, &[("arguments", List(&MACRO_ARGUMENT))]],
    open: true,
});

const RETURNED: Shape = Shape::Fields(&Fields {
    what: "the value of `returns`",
    required: &["data_type"],
    known: &[&[("data_type", Text), ("description", MAYBE_TEXT)]],
    open: false,
});

const FUNCTION_ARGUMENT: Shape = Shape::Fields(&Fields {
    what: "an argument of a function",
    required: &["name", "data_type"],
    known: &[&[
        ("name", Text),
        ("data_type", Text),
        ("description", MAYBE_TEXT),
        ("default_value", Anything),
    ]],
    open: false,
});

const FUNCTION: Shape = Shape::Fields(&Fields {
    what: "a function",
    required: &["name", "returns"],
    known: &[
        DESCRIBED,
        &[
            ("returns", RETURNED),
            ("access", MAYBE_TEXT),
            ("arguments", List(&FUNCTION_ARGUMENT)),
        ],
    ],
    open: true,
});

const QUOTING: Shape = Shape::Fields(&Fields {
    what: "the value of `quoting`",
    required: &[],
    known: &[&[
        ("database", MAYBE_TRUTH),
        ("schema", MAYBE_TRUTH),
        ("identifier", MAYBE_TRUTH),
        ("column", MAYBE_TRUTH),
    ]],
    open: false,
});

const AGE: Shape = Either(&[
    Shape::Fields(&Fields {
        what: "a limit of freshness",
        required: &[],
        known: &[&[
            ("count", Either(&[WholeNumber, Null])),
            ("period", Either(&[Word(&["minute", "hour", "day"]), Null])),
        ]],
        open: false,
    }),
    Null,
]);

pub(super) const FRESHNESS: Shape = Either(&[
    Shape::Fields(&Fields {
        what: "the value of `freshness`",
        required: &[],
        known: &[&[("warn_after", AGE), ("error_after", AGE), ("filter", MAYBE_TEXT)]],
        open: false,
    }),
    Null,
]);

const PARTITION: Shape = Shape::Fields(&Fields {
    what: "a partition of an external table",
    required: &[],
    known: &[&[
        ("name", Text),
        ("description", Text),
        ("data_type", Text),
        ("meta", Mapping),
    ]],
    open: true,
});

const EXTERNAL: Shape = Either(&[
    Shape::Fields(&Fields {
        what: "the value of `external`",
        required: &[],
        known: &[&[
            ("location", MAYBE_TEXT),
            ("file_format", MAYBE_TEXT),
            ("row_format", MAYBE_TEXT),
            ("tbl_properties", MAYBE_TEXT),
            ("partitions", Either(&[TEXTS, List(&PARTITION), Null])),
        ]],
        open: true,
    }),
    Null,
]);

const TABLE: Shape = Shape::Fields(&Fields {
    what: "a table of a source",
    required: &["name"],
    known: &[
        DESCRIBED,
        &[
            ("data_tests", TESTS),
            ("tests", TESTS),
            ("columns", List(&COLUMN)),
            ("loaded_at_field", MAYBE_TEXT),
            ("loaded_at_query", MAYBE_TEXT),
            ("identifier", MAYBE_TEXT),
            ("quoting", QUOTING),
            ("freshness", FRESHNESS),
            ("external", EXTERNAL),
            ("tags", TEXTS),
        ],
    ],
    open: true,
});

const SOURCE: Shape = Shape::Fields(&Fields {
    what: "a source",
    required: &["name"],
    known: &[&[
        ("name", Text),
        ("description", Text),
        ("meta", Mapping),
        ("database", MAYBE_TEXT),
        ("schema", MAYBE_TEXT),
        ("loader", Text),
        ("quoting", QUOTING),
        ("freshness", FRESHNESS),
        ("loaded_at_field", MAYBE_TEXT),
        ("loaded_at_query", MAYBE_TEXT),
        ("tables", List(&TABLE)),
        ("tags", TEXTS),
        ("config", Mapping),
    ]],
    open: false,
});

const TABLE_OVERRIDE: Shape = Shape::Fields(&Fields {
    what: "a table of a source that overrides another",
    required: &["name"],
    known: &[&[
        ("name", Text),
        ("description", MAYBE_TEXT),
        ("meta", Either(&[Mapping, Null])),
        ("data_type", MAYBE_TEXT),
        ("docs", Either(&[DOCS, Null])),
        ("loaded_at_field", MAYBE_TEXT),
        ("loaded_at_query", MAYBE_TEXT),
        ("identifier", MAYBE_TEXT),
        ("quoting", QUOTING),
        ("freshness", FRESHNESS),
        ("external", EXTERNAL),
        ("tags", Either(&[TEXTS, Null])),
        ("data_tests", MAYBE_TESTS),
        ("tests", MAYBE_TESTS),
        ("columns", Either(&[List(&COLUMN), Null])),
    ]],
    open: false,
});

const SOURCE_OVERRIDE: Shape = Shape::Fields(&Fields {
    what: "a source that overrides another",
    required: &["name", "overrides"],
    known: &[&[
        ("name", Text),
        ("overrides", Text),
        ("config", Mapping),
        ("description", MAYBE_TEXT),
        ("meta", Either(&[Mapping, Null])),
        ("database", MAYBE_TEXT),
        ("schema", MAYBE_TEXT),
        ("loader", MAYBE_TEXT),
        ("quoting", Either(&[QUOTING, Null])),
        ("freshness", FRESHNESS),
        ("loaded_at_field", MAYBE_TEXT),
        ("loaded_at_query", MAYBE_TEXT),
        ("tables", Either(&[List(&TABLE_OVERRIDE), Null])),
        ("tags", Either(&[TEXTS, Null])),
    ]],
    open: false,
});

const OWNER: Shape = Shape::Fields(&Fields {
    what: "an owner",
    required: &[],
    known: &[&[("email", Either(&[Text, TEXTS, Null])), ("name", MAYBE_TEXT)]],
    open: true,
});

const EXPOSURE: Shape = Shape::Fields(&Fields {
    what: "an exposure",
    required: &["name", "type", "owner"],
    known: &[&[
        ("name", Text),
        (
            "type",
            Word(&["dashboard", "notebook", "analysis", "ml", "application"]),
        ),
        ("owner", OWNER),
        ("description", Text),
        ("label", MAYBE_TEXT),
        ("maturity", Either(&[Word(&["low", "medium", "high"]), Null])),
        ("meta", Mapping),
        ("tags", TEXTS),
        ("url", MAYBE_TEXT),
        ("depends_on", TEXTS),
        ("config", Mapping),
    ]],
    open: false,
});

const GROUP: Shape = Shape::Fields(&Fields {
    what: "a group",
    required: &["name", "owner"],
    known: &[&[
        ("name", Text),
        ("owner", OWNER),
        ("description", MAYBE_TEXT),
        ("config", Mapping),
    ]],
    open: false,
});

const ROWS: Shape = Either(&[Text, MAPPINGS, Null]);
const FORMAT: Shape = Word(&["csv", "dict", "sql"]);

const GIVEN: Shape = Shape::Fields(&Fields {
    what: "an entry of `given`",
    required: &["input"],
    known: &[&[
        ("input", Text),
        ("rows", ROWS),
        ("format", FORMAT),
        ("fixture", MAYBE_TEXT),
    ]],
    open: false,
});

const EXPECTED: Shape = Shape::Fields(&Fields {
    what: "the value of `expect`",
    required: &[],
    known: &[&[("rows", ROWS), ("format", FORMAT), ("fixture", MAYBE_TEXT)]],
    open: false,
});

const OVERRIDES: Shape = Shape::Fields(&Fields {
    what: "the value of `overrides`",
    required: &[],
    known: &[&[("macros", Mapping), ("vars", Mapping), ("env_vars", Mapping)]],
    open: false,
});

const VERSIONS_TESTED: Shape = Shape::Fields(&Fields {
    what: "the value of `versions`",
    required: &[],
    known: &[&[("include", MAYBE_VERSIONS), ("exclude", MAYBE_VERSIONS)]],
    open: false,
});

const UNIT_TEST: Shape = Shape::Fields(&Fields {
    what: "a unit test",
    required: &["name", "model", "given", "expect"],
    known: &[&[
        ("name", Text),
        ("model", Text),
        ("given", List(&GIVEN)),
        ("expect", EXPECTED),
        ("description", Text),
        ("overrides", Either(&[OVERRIDES, Null])),
        ("config", Mapping),
        ("versions", VERSIONS_TESTED),
    ]],
    open: false,
});

/// Returns what is wrong with an entry of a section, each fault at its place.
pub(super) fn check(section: &str, name: &str, document: &Document, entry: &Node) -> Vec<Diagnostic> {
    if let Some(number) = entry.first_beyond_64_bits() {
        let message = format!("the whole number {} does not fit into 64 bits", number.key_text());
        let fault = document.error(number, Code::YAML_SHAPE, message);
        return vec![fault.hint("Put it in quotes to make it a string.")];
    }
    let (word, shape) = match section {
        "models" => ("model", MODEL),
        "seeds" => ("seed", TESTABLE),
        "snapshots" => ("snapshot", TESTABLE),
        "analyses" => ("analysis", ANALYSIS),
        "data_tests" => ("data test", SINGULAR_TEST),
        "macros" => ("macro", MACRO),
        "functions" => ("function", FUNCTION),
        "sources" if entry.get("overrides").is_some() => ("source", SOURCE_OVERRIDE),
        "sources" => ("source", SOURCE),
        "exposures" => ("exposure", EXPOSURE),
        "groups" => ("group", GROUP),
        "unit_tests" => ("unit test", UNIT_TEST),
        _ => return Vec::new(),
    };
    let what = format!("{word} `{name}`");
    let found = misfits(document, entry, &shape, &what, Code::YAML_SHAPE);
    if found.is_empty() {
        super::entry_rules::check(section, &what, document, entry)
    } else {
        found
    }
}
