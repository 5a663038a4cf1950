//! Tables of expected and actual rows as daff, and so dbt, writes them.

use super::*;

fn rows(rows: &[&[&str]]) -> Vec<Row> {
    let cell = |text: &str| match text {
        "~" => Cell::default(),
        text => Cell::plain(text),
    };
    rows.iter()
        .map(|row| row.iter().map(|t| cell(t)).collect())
        .collect()
}

#[test]
fn equal_tables_have_no_difference() {
    let table = || rows(&[&["1"], &["2"]]);
    assert_eq!(difference(&["a"], table(), table()), None);
    assert_eq!(difference(&["a"], Vec::new(), Vec::new()), None);
}

#[test]
fn changed_new_and_missing_rows_have_their_marks() {
    let expected = rows(&[&["1", "a"], &["2", "bb"], &["4", "c"], &["5", "e"]]);
    let actual = rows(&[&["1", "a"], &["2", "b"], &["3", "c"], &["4", "~"]]);
    let drawn = difference(&["id", "s"], expected, actual).unwrap_or_default();
    assert_eq!(
        drawn,
        "@@ ,id,s\r\n   ,1 ,a\r\n→  ,2 ,bb→b\r\n+++,3 ,c\r\n→  ,4 ,c→NULL\r\n---,5 ,e\r\n"
    );
}
