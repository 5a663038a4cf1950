//! Cases made by agate in the oracle environment: expected type, tab, values of one column separated by `|`.

use std::fmt::Write;

use super::{SeedType, infer, read_seed};
use crate::diagnostic::SourceFile;

fn word(kind: SeedType) -> &'static str {
    match kind {
        SeedType::Integer | SeedType::BigInteger => "integer",
        SeedType::Float => "float8",
        SeedType::Date => "date",
        SeedType::Timestamp => "timestamp",
        SeedType::Boolean => "boolean",
        SeedType::Text => "text",
    }
}

#[test]
fn types_are_those_that_agate_finds() {
    let mut wrong = String::new();
    let mut count = 0;
    for line in include_str!("cases.txt").lines() {
        let (expected, values) = line.split_once('\t').expect("each case has a tab");
        let found = word(infer(1, values.split('|').map(|v| [v]))[0]);
        count += 1;
        if found != expected {
            let _ = writeln!(wrong, "{values:?}: {found}, agate says {expected}");
        }
    }
    assert!(count > 90);
    assert_eq!(wrong, "");
}

#[test]
fn whole_numbers_past_32_bits_get_the_wide_type() {
    let kind = |value: &str| infer(1, [[value]])[0];
    assert_eq!(kind("2147483647"), SeedType::Integer);
    assert_eq!(kind("2147483648"), SeedType::BigInteger);
    assert_eq!(kind("-2147483648"), SeedType::Integer);
    assert_eq!(kind("-2147483649"), SeedType::BigInteger);
    assert_eq!(kind("3e9"), SeedType::BigInteger);
    assert_eq!(kind("10000000000.0"), SeedType::BigInteger);
}

#[test]
fn a_column_without_rows_is_integer() {
    assert_eq!(
        infer(2, Vec::<Vec<&str>>::new()),
        [SeedType::Integer, SeedType::Integer]
    );
}

#[test]
fn header_gives_unique_names_after_a_byte_order_mark() {
    let file = SourceFile::new("s.csv", "\u{feff}id,,id,Name\n1,2,3,x\n\n4,5,6,\"a,\nb\"\n");
    let shape = read_seed(&file, ',').expect("the file is well formed");
    assert_eq!(shape.rows, 2);
    let columns = shape.columns;
    let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["id", "b", "id_2", "Name"]);
    assert_eq!(columns[3].kind, SeedType::Text);
    assert_eq!(columns[0].kind, SeedType::Integer);
}

#[test]
fn a_row_of_another_length_is_shown_at_its_line() {
    let file = SourceFile::new("seeds/s.csv", "a,b\n1,2\n3,4,5\n");
    let error = read_seed(&file, ',')
        .expect_err("the third line is too long")
        .into_one();
    assert_eq!(error.code().0, "N0111");
    let span = error.span().expect("the place is known");
    assert_eq!(span.line_column(), (3, 5));
    assert_eq!(error.message(), "this row has 3 values, the header has 2 columns");
}

#[test]
fn an_empty_file_has_no_header() {
    let error = read_seed(&SourceFile::new("s.csv", ""), ',').expect_err("there is nothing");
    assert_eq!(error.into_one().message(), "the file has no header");
}
