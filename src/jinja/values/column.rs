//! Columns as templates see them.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{DynObject, Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use crate::adapters::Column;
use crate::jinja::args::Args;
use crate::jinja::python::{Number, error, none, number, repr_of, str_of};
use crate::sql::Dialect;

use super::List;

/// A column.
#[derive(Debug, Clone)]
pub(crate) struct ColumnValue(pub Column, Option<String>, char, Option<Class>);

/// The name of dbt's class of columns, and the members that it is shown with.
type Class = (&'static str, &'static [&'static str]);

const STRINGS: &[&str] = &["text", "character varying", "character", "varchar"];
const FLOATS: &[&str] = &["real", "float", "float4", "float8", "double"];
const INTEGERS: &[&str] = &[
    "tinyint",
    "smallint",
    "integer",
    "bigint",
    "hugeint",
    "utinyint",
    "usmallint",
    "uinteger",
    "ubigint",
    "int1",
    "int2",
    "int4",
    "int8",
    "short",
    "int",
    "signed",
    "long",
];
const STRING_SIZE_DEFAULT: i64 = 256;

impl ColumnValue {
    pub fn value(column: Column) -> Value {
        Value::from_object(Self(column, None, '"', None))
    }

    /// As [`Self::value`], its type written as the database writes it.
    pub fn of(column: Column, dialect: Option<&dyn Dialect>) -> Value {
        let written = dialect.and_then(|d| d.column_type(&column.dtype, column.char_size));
        let quote = dialect.map_or('"', Dialect::quote_character);
        Value::from_object(Self(
            column,
            written,
            quote,
            dialect.and_then(Dialect::column_class),
        ))
    }

    /// The type that a column must get to hold the strings of another; none where it holds them.
    pub fn widened(self_: &Column, other: &Column) -> Option<String> {
        let (own, other) = (
            Self(self_.clone(), None, '"', None),
            Self(other.clone(), None, '"', None),
        );
        let size = other.string_size().ok()?;
        (own.string_size().ok()? < size).then(|| string_type(size))
    }

    fn is(&self, types: &[&str]) -> bool {
        let dtype = self.0.dtype.to_lowercase();
        types.contains(&&*dtype)
    }

    fn is_numeric(&self) -> bool {
        let dtype = self.0.dtype.to_lowercase();
        dtype == "numeric" || dtype == "decimal"
    }

    fn string_size(&self) -> Result<i64, Error> {
        if !self.is(STRINGS) {
            return Err(error("string_size() was called on a column that is not a string"));
        }
        Ok(match self.0.char_size {
            Some(size) if self.0.dtype != "text" => size,
            _ => STRING_SIZE_DEFAULT,
        })
    }

    pub fn data_type(&self) -> String {
        let column = &self.0;
        if let Some(written) = &self.1 {
            return written.clone();
        }
        if let Ok(size) = self.string_size() {
            return string_type(size);
        }
        match (column.numeric_precision, column.numeric_scale) {
            (Some(precision), Some(scale)) if self.is_numeric() => {
                format!("{}({precision},{scale})", column.dtype)
            }
            _ => column.dtype.clone(),
        }
    }

    fn member(&self, name: &str) -> Option<Value> {
        let size = |n: Option<i64>| n.map_or_else(none, Value::from);
        Some(match name {
            "name" | "column" => Value::from(&*self.0.name),
            "dtype" => Value::from(&*self.0.dtype),
            "data_type" | "expanded_data_type" => Value::from(self.data_type()),
            "quoted" => Value::from(format!("{}{}{}", self.2, self.0.name, self.2)),
            "char_size" => size(self.0.char_size),
            "numeric_precision" => size(self.0.numeric_precision),
            "numeric_scale" => size(self.0.numeric_scale),
            "fields" => List::value(
                self.fields()
                    .into_iter()
                    .map(|field| Value::from_object(Self(field, None, self.2, self.3)))
                    .collect(),
            ),
            _ => return None,
        })
    }
}

impl ColumnValue {
    fn is_struct(&self) -> bool {
        self.0.dtype.to_lowercase().starts_with("struct")
    }

    /// Returns the fields of a structure: the parts of its type between its outer commas.
    fn fields(&self) -> Vec<Column> {
        let dtype = &self.0.dtype;
        let inner = match (dtype.find('('), dtype.rfind(')')) {
            (Some(open), Some(close)) if self.is_struct() && open < close => &dtype[open + 1..close],
            _ => return Vec::new(),
        };
        let mut depth = 0usize;
        let parts = inner.split(|c: char| {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            c == ',' && depth == 0
        });
        parts
            .filter_map(|part| part.trim().split_once(' '))
            .map(|(name, dtype)| plain_column(name.to_owned(), dtype.to_owned()))
            .collect()
    }

    /// Returns the column, or the columns that its structure holds, named by their paths.
    fn flatten(&self) -> Vec<Column> {
        if !self.is_struct() {
            return vec![self.0.clone()];
        }
        let inner = self
            .fields()
            .into_iter()
            .flat_map(|field| Self(field, None, '"', None).flatten());
        inner
            .map(|field| plain_column(format!("{}.{}", self.0.name, field.name), field.dtype))
            .collect()
    }
}

fn plain_column(name: String, dtype: String) -> Column {
    Column {
        name,
        dtype,
        char_size: None,
        numeric_precision: None,
        numeric_scale: None,
    }
}

/// Reads a type with its sizes: `varchar(10)`, `numeric(10,2)`.
fn from_description(name: String, description: &str) -> Result<Value, Error> {
    let (dtype, sizes) = match description.split_once('(') {
        Some((dtype, rest)) => (dtype, rest.split(')').next().unwrap_or_default()),
        None => (description, ""),
    };
    let mut column = plain_column(name, dtype.to_owned());
    let sizes = sizes.split(',').map(str::trim).filter(|s| !s.is_empty());
    let sizes = sizes
        .map(|s| {
            s.parse::<i64>()
                .map_err(|_| error(format!("the type `{description}` has a size that is no integer")))
        })
        .collect::<Result<Vec<_>, _>>()?;
    match sizes.as_slice() {
        [size] => column.char_size = Some(*size),
        [precision, scale] => {
            column.numeric_precision = Some(*precision);
            column.numeric_scale = Some(*scale);
        }
        _ => {}
    }
    Ok(ColumnValue::value(column))
}

fn string_type(size: i64) -> String {
    format!("character varying({size})")
}

/// Makes a column of `Column(name, dtype, …)` or `Column.create(name, type)`.
pub(crate) fn create(args: Args, dialect: Option<&dyn Dialect>) -> Result<Value, Error> {
    let [name, dtype, char_size, numeric_precision, numeric_scale] = args.required(
        "Column",
        [
            "column",
            "dtype",
            "char_size",
            "numeric_precision",
            "numeric_scale",
        ],
        2,
    )?;
    let size = |value: Option<Value>| match value.as_ref().and_then(number) {
        Some(Number::Int(i)) => i64::try_from(i).ok(),
        _ => None,
    };
    let dtype = str_of(&dtype.unwrap_or_default());
    let column = Column {
        name: str_of(&name.unwrap_or_default()),
        dtype: match dialect {
            Some(dialect) => dialect.translated_type(&dtype).to_owned(),
            None if dtype.eq_ignore_ascii_case("string") => "TEXT".to_owned(),
            None => dtype,
        },
        char_size: size(char_size),
        numeric_precision: size(numeric_precision),
        numeric_scale: size(numeric_scale),
    };
    Ok(ColumnValue::of(column, dialect))
}

/// Answers the functions that the class `Column` has itself.
pub(crate) fn class_method(
    method: &str,
    args: Args,
    dialect: Option<&dyn Dialect>,
) -> Option<Result<Value, Error>> {
    Some(match method {
        "create" => create(args, dialect),
        "from_description" => args
            .exactly(method, ["name", "raw_data_type"])
            .and_then(|[name, kind]| from_description(str_of(&name), &str_of(&kind))),
        "translate_type" => args.exactly(method, ["dtype"]).map(|[t]| {
            let text = str_of(&t);
            Value::from(match dialect {
                Some(dialect) => dialect.translated_type(&text).to_owned(),
                None if text.eq_ignore_ascii_case("string") => "TEXT".to_owned(),
                None => text,
            })
        }),
        "string_type" => args
            .exactly(method, ["size"])
            .map(|[size]| Value::from(format!("character varying({})", str_of(&size)))),
        "numeric_type" => {
            args.required(method, ["dtype", "precision", "scale"], 1)
                .map(|[dtype, precision, scale]| {
                    let dtype = str_of(&dtype.unwrap_or_default());
                    match (precision.filter(|p| !p.is_none()), scale.filter(|s| !s.is_none())) {
                        (Some(p), Some(s)) => Value::from(format!("{dtype}({},{})", str_of(&p), str_of(&s))),
                        _ => Value::from(dtype),
                    }
                })
        }
        _ => return None,
    })
}

impl Object for ColumnValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.member(key.as_str()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }

    fn call_method(
        self: &Arc<Self>,
        _state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        let args = Args::new(args)?;
        Ok(match method {
            "is_string" => Value::from(self.is(STRINGS)),
            "is_numeric" => Value::from(self.is_numeric()),
            "is_integer" => Value::from(self.is(INTEGERS)),
            "is_float" => Value::from(self.is(FLOATS)),
            "is_number" => Value::from(self.is(INTEGERS) || self.is_numeric() || self.is(FLOATS)),
            "is_struct" => Value::from(self.is_struct()),
            "flatten" => List::value(self.flatten().into_iter().map(Self::value).collect()),
            "string_size" => Value::from(self.string_size()?),
            "can_expand_to" => {
                let [other] = args.exactly(method, ["other_column"])?;
                let Some(other) = other.downcast_object_ref::<Self>() else {
                    return Err(error("can_expand_to() needs a column"));
                };
                let both = self.is(STRINGS) && other.is(STRINGS);
                Value::from(both && other.string_size()? > self.string_size()?)
            }
            "literal" => {
                let [value] = args.exactly(method, ["value"])?;
                Value::from(format!("{}::{}", str_of(&value), self.data_type()))
            }
            _ => {
                return class_method(method, args, None)
                    .unwrap_or_else(|| Err(Error::from(ErrorKind::UnknownMethod)));
            }
        })
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<Self>()?;
        if self.0 == other.0 {
            return Some(Ordering::Equal);
        }
        Some(self.0.name.cmp(&other.0.name).then(Ordering::Less))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((class, members)) = self.3 else {
            return write!(f, "<Column {} ({})>", self.0.name, self.data_type());
        };
        let shown = members.iter().map(|name| {
            let value = self.member(name).unwrap_or_default();
            format!("{name}={}", repr_of(&value))
        });
        write!(f, "{class}({})", shown.collect::<Vec<String>>().join(", "))
    }
}
