//! Hands the rows of a query to the union-find in memory, and the components back as a table function, which DuckDB reads with all its
//! threads and writes as it writes any table.

use std::error::Error;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use duckdb::arrow::record_batch::RecordBatch;
use duckdb::core::{DataChunkHandle, Inserter, LogicalTypeHandle, LogicalTypeId};
use duckdb::vtab::{BindInfo, InitInfo, TableFunctionInfo, VTab};

use super::connection::DuckConnection;
use super::dialect::DuckDialect;
use crate::adapters::components::{ComponentCounts, Resolved, Sightings, resolve};
use crate::adapters::{AdapterError, ErrorKind, Relation};
use crate::sql::Dialect;

/// How the columns kind, name, value and component are stored. Looking for the best way takes DuckDB longer than all else that is done
/// here, and finds none for values and components, which hardly repeat within a block.
const COMPRESSION: [&str; 4] = ["dictionary", "dictionary", "uncompressed", "uncompressed"];

/// The table function that gives the rows of a [`Ticket`]: class (a number, as text), value, component.
const FUNCTION: &str = "nexus_components_in_memory";

/// Threads that may read the components at once; DuckDB takes as many of them as it has.
const READERS_MAX: u64 = 64;

/// Reads `(group, kind, name, value)` rows and makes a table of `(kind, name, value, component)`. The rows stand in no order.
pub(super) fn fill(
    connection: &DuckConnection,
    sql: &str,
    into: &Relation,
    columns: &[String; 4],
) -> Result<ComponentCounts, AdapterError> {
    let resolved = Arc::new(read(connection, sql)?);
    let catalog = into.database.as_deref().unwrap_or_default();
    let is_own = connection.is_own_format(catalog)?;
    let columns: Vec<String> = columns
        .iter()
        .zip(COMPRESSION)
        .map(|(column, compression)| {
            let name = DuckDialect.quote_identifier(column);
            match is_own {
                true => format!("{name} varchar using compression {compression}"),
                false => format!("{name} varchar"),
            }
        })
        .collect();
    let create = format!("create table {} ({})", into.path(), columns.join(", "));
    connection.run(&create, |inner| inner.execute_batch(&create))?;
    if resolved.len() == 0 {
        return Ok(resolved.counts);
    }
    let text = |text: &str| DuckDialect.string_literal(text);
    let classes: Vec<String> = resolved
        .classes()
        .enumerate()
        .map(|(class, (kind, name))| format!("('{class}', {}, {})", text(kind), text(name)))
        .collect();
    let ticket = Ticket::of(resolved.clone());
    // What comes out of a join has no order that DuckDB would keep, so that all threads may write.
    let insert = format!(
        "insert into {} select classes.kind, classes.name, members.value, members.component \
         from {FUNCTION}({}) as members inner join (values {}) as classes(class, kind, name) on members.class = classes.class",
        into.path(),
        ticket.number,
        classes.join(", "),
    );
    connection.run(&insert, |inner| inner.execute_batch(&insert))?;
    Ok(resolved.counts)
}

fn read(connection: &DuckConnection, sql: &str) -> Result<Resolved, AdapterError> {
    connection.run(sql, |inner| {
        let mut statement = inner.prepare(sql)?;
        drop(statement.stream_arrow([])?);
        let (answer, resolved) = resolve(|take| -> duckdb::Result<Result<(), AdapterError>> {
            while let Some(rows) = statement.step()? {
                if connection.is_cancelled() {
                    return Ok(Err(AdapterError::cancelled()));
                }
                let Some(batch) = Sightings::of(&RecordBatch::from(&rows)) else {
                    return Ok(Err(AdapterError::new(
                        ErrorKind::Unsupported,
                        "components are made of four text columns: group, kind, name, value",
                    )));
                };
                if !take(batch) {
                    break;
                }
            }
            Ok(Ok(()))
        });
        Ok(answer?.and_then(|()| {
            resolved.ok_or_else(|| {
                AdapterError::new(
                    ErrorKind::Limit,
                    "there are more identifiers than can be resolved in memory",
                )
            })
        }))
    })?
}

/// Makes the table function known to a database.
pub(super) fn register(connection: &duckdb::Connection) -> duckdb::Result<()> {
    connection.register_table_function::<ComponentRows>(FUNCTION)
}

/// What the table function can be asked for, by number: DuckDB hands it texts and numbers only.
static OFFERED: Mutex<Vec<(u64, Arc<Resolved>)>> = Mutex::new(Vec::new());

/// Offers components for as long as it lives.
struct Ticket {
    number: u64,
}

impl Ticket {
    fn of(resolved: Arc<Resolved>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut offered = OFFERED.lock().unwrap_or_else(PoisonError::into_inner);
        offered.push((number, resolved));
        Self { number }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut offered = OFFERED.lock().unwrap_or_else(PoisonError::into_inner);
        offered.retain(|(number, _)| *number != self.number);
    }
}

/// Components, and how their classes are written.
struct Bound {
    resolved: Arc<Resolved>,
    classes: Vec<String>,
}

struct ComponentRows;

impl VTab for ComponentRows {
    /// The first member that nobody has read yet.
    type InitData = AtomicU32;
    type BindData = Bound;

    fn bind(bind: &BindInfo) -> Result<Self::BindData, Box<dyn Error>> {
        let number = u64::try_from(bind.get_parameter(0).to_int64())?;
        let offered = OFFERED.lock().unwrap_or_else(PoisonError::into_inner);
        let resolved = offered.iter().find(|(n, _)| *n == number);
        let resolved = resolved
            .ok_or("only nexus itself can call this function")?
            .1
            .clone();
        for name in ["class", "value", "component"] {
            bind.add_result_column(name, LogicalTypeHandle::from(LogicalTypeId::Varchar));
        }
        bind.set_cardinality(u64::from(resolved.len()), true);
        let classes = (0..resolved.classes().count()).map(|n| n.to_string()).collect();
        Ok(Bound { resolved, classes })
    }

    fn init(init: &InitInfo) -> Result<Self::InitData, Box<dyn Error>> {
        init.set_max_threads(READERS_MAX);
        Ok(AtomicU32::new(0))
    }

    fn func(function: &TableFunctionInfo<Self>, output: &mut DataChunkHandle) -> Result<(), Box<dyn Error>> {
        let Bound {
            resolved,
            classes: names,
        } = function.get_bind_data();
        let [classes, values, components] = [0, 1, 2].map(|column| output.flat_vector(column));
        let rows = u32::try_from(classes.capacity())?;
        let next = function.get_init_data();
        // Past the end nothing is added any more, so that the number cannot run over.
        let start = next
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |at| {
                (at < resolved.len()).then(|| at.saturating_add(rows))
            })
            .unwrap_or(resolved.len());
        let members = start..start.saturating_add(rows).min(resolved.len());
        for (row, member) in members.clone().enumerate() {
            classes.insert(row, names[resolved.class(member) as usize].as_str());
            values.insert(row, resolved.value(member));
            components.insert(row, resolved.component(member).as_slice());
        }
        output.set_len(members.len());
        Ok(())
    }

    fn parameters() -> Option<Vec<LogicalTypeHandle>> {
        Some(vec![LogicalTypeHandle::from(LogicalTypeId::Bigint)])
    }
}
