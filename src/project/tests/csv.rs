//! CSV files: the header, and where one is malformed.

use super::*;
use crate::diagnostic::SourceFile;

fn checked(text: &str) -> Result<CsvHeader, String> {
    check_csv(&SourceFile::new("seeds/s.csv", text), b',')
        .map_err(|found| found.0.iter().map(|d| render_text(d, false)).collect())
}

#[test]
fn a_header_is_read_and_rows_are_counted() {
    let header = checked("\u{feff}id,\"a \"\"b\"\"\",c\r\n1,\"x,\ny\",\r\n\r\n2,,z").unwrap();
    assert_eq!(header.columns, ["id", "a \"b\"", "c"]);
    assert_eq!(header.rows, 2);
}

#[test]
fn every_fault_has_its_place() {
    insta::assert_snapshot!(
        checked("id,name,id,\n1,a,b,c\n2,b\n3,a,b,c,d,e\n4,\"a\"b,c,d\n5,\"open,c\n").unwrap_err()
    );
}

#[test]
fn an_empty_file_has_no_header() {
    insta::assert_snapshot!(checked("\n\n").unwrap_err());
}
