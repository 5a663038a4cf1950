//! The stable codes of all diagnostics; `docs/errors.md` documents each and a test holds the two equal.

use std::fmt;

/// A stable code such as `N0203`: the first two digits name the room, the last two the fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub &'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A code with what it means, for the reference.
pub struct CodeInfo {
    pub code: Code,
    pub title: &'static str,
}

macro_rules! codes {
    ($($name:ident $code:literal $title:literal;)*) => {
        impl Code { $(#[doc = $title] pub const $name: Code = Code($code);)* }
        /// Every code, in order.
        pub const CODES: &[CodeInfo] = &[$(CodeInfo { code: Code::$name, title: $title }),*];
    };
}

codes! {
    // 01 project, profiles, packages, files
    FILE "N0101" "a file could not be read or written";
    YAML_SYNTAX "N0102" "a YAML file does not parse";
    YAML_SHAPE "N0103" "a YAML value has another type than expected";
    NO_PROJECT "N0104" "no dbt_project.yml was found";
    PROJECT_KEY "N0105" "dbt_project.yml lacks a key or has one that is not known";
    PROFILE "N0106" "a profile or target was not found or does not fit";
    ENV_VAR "N0107" "an environment variable is not set";
    PACKAGE "N0108" "a package is missing or could not be installed";
    VARS "N0109" "the value of --vars is not a dictionary";
    SELECTORS "N0110" "selectors.yml is not well formed";
    CSV "N0111" "a CSV file is malformed";
    CONFIG_PATH "N0112" "a configuration path in dbt_project.yml applies to no resource";
    YAML_KEY_TWICE "N0113" "a key appears twice in one YAML mapping";
    ARTIFACT "N0114" "an artifact of an earlier run could not be read";
    DECLARED_SOURCE "N0115" "a declared source of the framework is not well formed";
    DBT_VERSION "N0116" "a project asks for another version of dbt";
    // 02 manifest
    UNKNOWN_REF "N0203" "a model depends on a node that was not found";
    DISABLED_REF "N0204" "a model depends on a node that is disabled";
    UNKNOWN_SOURCE "N0205" "a model depends on a source that was not found";
    DUPLICATE "N0206" "two resources have the same name";
    DUPLICATE_RELATION "N0207" "two resources would build the same relation";
    CONFIG "N0208" "a configuration value is not one that is known";
    CYCLE "N0209" "the graph has a cycle";
    PROPERTY_TARGET "N0210" "properties name a resource that was not found";
    GENERIC_TEST "N0211" "a generic test is not well formed";
    AMBIGUOUS_REF "N0212" "a ref fits more than one node";
    DOC "N0213" "a docs block was not found";
    DEPRECATED "N0214" "a form is deprecated";
    ACCESS "N0215" "a model may not be referenced from here";
    VERSION "N0216" "a model version was not found";
    UNIT_TEST "N0217" "a unit test is not well formed";
    SEMANTIC "N0218" "a semantic model, metric or saved query is not well formed";
    PYTHON_MODEL "N0219" "a model in Python is not well formed";
    // 03 jinja
    JINJA_SYNTAX "N0301" "a Jinja template does not parse";
    JINJA_UNDEFINED "N0302" "a name or macro is not defined";
    JINJA_CALL "N0303" "a call has arguments that do not fit";
    JINJA_RAISED "N0304" "a macro raised a compiler error";
    JINJA_RUNTIME "N0305" "a Jinja expression failed";
    UNKNOWN_VAR "N0306" "a required var is not set";
    DISPATCH "N0307" "no macro was found to dispatch to";
    MATERIALIZATION "N0308" "a materialization was not found or did its work wrongly";
    JINJA_DATABASE "N0309" "a macro asked for the database where there is none";
    JINJA_RAISED_DATABASE "N0310" "a macro raised a database error";
    // 04 selection
    SELECTOR_SYNTAX "N0401" "a selection expression does not parse";
    SELECTOR_METHOD "N0402" "a selection method is not known";
    SELECTOR_NAME "N0403" "a selector is not defined";
    NOTHING_SELECTED "N0404" "the selection fits no node";
    STATE "N0405" "there is no earlier run to compare with or to defer to";
    CONTRACT_BROKEN "N0406" "a contract changed in a way that breaks its readers";
    // 05 database
    DATABASE "N0501" "the database refused a statement";
    CONNECTION "N0502" "the database could not be reached or refused the login";
    UNSUPPORTED "N0503" "the database or this version cannot do this";
    CANCELLED "N0504" "the statement was cancelled";
    PYTHON "N0505" "a model in Python failed";
    // 06 run
    TEST_FAILED "N0601" "a data test failed";
    INTERRUPTED "N0602" "the run was interrupted";
    OPERATION "N0603" "an operation failed";
    FRESHNESS "N0604" "the freshness of a source cannot be told";
    KEYS "N0605" "rows to bring into a table have null or duplicate keys";
    // 07 usage
    USAGE "N0701" "the command line is not understood";
    NOT_YET "N0702" "a flag or feature is not built";
    // 99
    INTERNAL "N9901" "a fault in nexus itself";
}
