//! A declared source as it was read: every name in it stands for something that is there.

/// A source: what is read from its tables, and what that means.
#[derive(Debug)]
pub(super) struct Declaration {
    pub name: String,
    pub description: String,
    pub tables: Vec<Table>,
    pub records: Vec<Record>,
    pub events: Vec<Event>,
    pub entities: Vec<Entity>,
    pub relationships: Vec<Relationship>,
    pub states: Vec<State>,
}

/// A raw table, row by row.
#[derive(Debug)]
pub(super) struct Table {
    pub name: String,
    pub description: String,
    pub columns: Vec<String>,
    /// The column that holds a record as JSON text.
    pub json: Option<String>,
    pub fields: Vec<Field>,
    pub key: Vec<String>,
    pub keep: Keep,
    pub order: Option<String>,
}

/// A business object, made of the rows of a table or of another object.
#[derive(Debug)]
pub(super) struct Record {
    pub name: String,
    pub description: String,
    pub from: String,
    pub filter: Option<String>,
    pub json: Option<String>,
    pub fields: Vec<Field>,
    pub key: Vec<String>,
    pub keep: Keep,
    pub order: Option<String>,
    /// Other objects, with the condition of the join.
    pub joins: Vec<(String, String)>,
    pub derived: Vec<Field>,
    pub derived_filter: Option<String>,
    /// Whether values that cannot be read are listed among the rejects.
    pub is_reported: bool,
    /// All columns it has in the end.
    pub columns: Vec<(String, Kind)>,
    pub carried: Vec<String>,
    /// The key of the table that it comes from, and that table.
    pub table_key: Vec<String>,
    pub table: String,
}

/// Which of several rows with one key counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    All,
    First,
    Latest,
}

#[derive(Debug, Clone)]
pub(super) struct Field {
    pub name: String,
    pub origin: Origin,
    pub kind: Kind,
    pub is_required: bool,
    /// What messages about its values call it.
    pub label: String,
}

#[derive(Debug, Clone)]
pub(super) enum Origin {
    Path(String),
    Column(String),
    Sql(String),
    /// Paths, each with the condition under which it is the one; the first that holds counts.
    Choose(Vec<(Option<String>, String)>),
}

/// How the text of a field is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Json,
    Number,
    Boolean,
    Date,
    Timestamp,
    Epoch,
    EpochMs,
    Email,
    Phone,
    Domain,
}

impl Kind {
    pub const ALL: &[(&str, Self)] = &[
        ("text", Self::Text),
        ("json", Self::Json),
        ("number", Self::Number),
        ("boolean", Self::Boolean),
        ("date", Self::Date),
        ("timestamp", Self::Timestamp),
        ("epoch", Self::Epoch),
        ("epoch_ms", Self::EpochMs),
        ("email", Self::Email),
        ("phone", Self::Phone),
        ("domain", Self::Domain),
    ];

    /// Returns whether a text may fail to be one.
    pub fn is_read(self) -> bool {
        !matches!(self, Self::Text | Self::Json)
    }

    /// Returns the framework's name of its type.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Timestamp | Self::Epoch | Self::EpochMs => "timestamp",
            Self::Text | Self::Json | Self::Email | Self::Phone | Self::Domain => "text",
        }
    }
}

/// A constant or an expression.
#[derive(Debug, Clone)]
pub(super) enum Term {
    Constant(String),
    Sql(String),
}

#[derive(Debug)]
pub(super) struct Event {
    pub name: String,
    pub description_of_model: String,
    pub from: String,
    pub filter: Option<String>,
    pub id: Vec<String>,
    pub occurred_at: String,
    pub event_name: Term,
    pub event_type: Term,
    pub description: Term,
    pub significance: Term,
    pub source_table: String,
    /// Name, value, unit.
    pub measurements: Vec<(String, String, Option<Term>)>,
    pub dimensions: Vec<(String, String)>,
    pub columns: Vec<(String, Kind)>,
}

/// Rows of one or more events.
#[derive(Debug)]
pub(super) struct Selection {
    pub events: Vec<String>,
    pub filter: Option<String>,
    pub fields: Vec<(String, String)>,
}

#[derive(Debug)]
pub(super) struct Entity {
    pub name: String,
    pub selection: Selection,
    pub entity_type: String,
    pub role: Term,
    pub edge: Option<String>,
    /// Type and column.
    pub identifiers: Vec<(String, String)>,
    /// Identifier type, and its traits as name and column.
    pub traits: Vec<(String, Vec<(String, String)>)>,
}

#[derive(Debug)]
pub(super) struct End {
    pub entity_type: String,
    pub identifier_type: String,
    pub identifier: String,
    pub role: String,
}

#[derive(Debug)]
pub(super) struct Relationship {
    pub selection: Selection,
    pub relationship_type: String,
    pub direction: String,
    pub is_active: Term,
    pub a: End,
    pub b: End,
}

#[derive(Debug)]
pub(super) struct State {
    pub name: String,
    pub selection: Selection,
    pub entity_type: String,
    pub identifier_type: String,
    pub identifier: String,
    pub value: String,
}
