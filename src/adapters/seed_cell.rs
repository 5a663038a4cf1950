//! A cell of a seed's file as agate reads it, for tables in templates and for the databases whose dbt adapters load seeds by agate. Where an adapter
//! lets the database read the file itself, the database's own rule for null holds instead.

/// Returns a row's value: empty, blank, the word `null` and what a short row lacks are null, whatever the column's type.
pub fn seed_cell(record: &csv::StringRecord, index: usize) -> Option<&str> {
    let value = record.get(index)?;
    let bare = value.trim();
    (!bare.is_empty() && !bare.eq_ignore_ascii_case("null")).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_cells_the_word_null_and_what_is_missing_are_null() {
        let record = csv::StringRecord::from(vec!["", "  ", "null", " NULL ", "nullable", " a "]);
        let cells: Vec<_> = (0..7).map(|index| seed_cell(&record, index)).collect();
        assert_eq!(
            cells,
            [None, None, None, None, Some("nullable"), Some(" a "), None]
        );
    }
}
