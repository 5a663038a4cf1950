use super::check;
use crate::diagnostic::{SourceFile, render_text};

fn checked(text: &str) -> Result<bool, String> {
    check(&SourceFile::new("seeds/s.csv", text), b',')
        .map_err(|found| found.0.iter().map(|d| render_text(d, false)).collect())
}

#[test]
fn quotes_line_ends_and_a_byte_order_mark_are_no_faults() {
    assert_eq!(
        checked("\u{feff}id,\"a \"\"b\"\"\",c\r\n1,\"x,\ny\",\r\n\r\n2,,z"),
        Ok(false)
    );
}

#[test]
fn short_rows_are_no_fault() {
    assert_eq!(checked("id,name\n1\n2,b\n"), Ok(true));
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
