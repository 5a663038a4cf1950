//! agate's table as HTML.

use minijinja::Error;

use super::print::{ELLIPSIS, Limits, cell_text, shorten};
use super::{Kind, TableValue, row_values};
use crate::jinja::args::Args;
use crate::jinja::python::str_of;

/// `table.print_html(...)`; texts come as they are, nothing is escaped, as in agate.
pub(super) fn text(table: &TableValue, args: Args) -> Result<String, Error> {
    let limits = Limits::of("print_html", args)?;
    let shown_rows = limits.rows.unwrap_or(usize::MAX).min(table.rows.len());
    let shown_columns = limits.columns.unwrap_or(usize::MAX).min(table.names.len());
    let columns_cut = shown_columns < table.names.len();
    let places: Vec<_> = (0..shown_columns)
        .map(|i| table.places(i, shown_rows, limits.precision))
        .collect();
    let more = |cells: &mut Vec<String>| {
        if columns_cut {
            cells.push(ELLIPSIS.to_owned());
        }
    };
    let mut heads: Vec<String> = table.names[..shown_columns].iter().map(str_of).collect();
    more(&mut heads);
    let mut out = "<table>\n<thead>\n<tr>\n".to_owned();
    for head in &heads {
        out.push_str(&format!("<th>{head}</th>\n"));
    }
    out.push_str("</tr>\n</thead>\n<tbody>\n");
    for row in &table.rows[..shown_rows] {
        let cells = row_values(row);
        let mut cells: Vec<String> = cells
            .iter()
            .zip(&places)
            .map(|(value, places)| shorten(cell_text(value, *places), limits.width))
            .collect();
        more(&mut cells);
        write_row(table, &cells, &mut out);
    }
    if shown_rows < table.rows.len() {
        write_row(table, &vec![ELLIPSIS.to_owned(); heads.len()], &mut out);
    }
    out.push_str("</tbody>\n</table>\n");
    Ok(out)
}

fn write_row(table: &TableValue, cells: &[String], out: &mut String) {
    out.push_str("<tr>\n");
    for (i, cell) in cells.iter().enumerate() {
        let side = match table.types.get(i) {
            Some(Kind::Text) => "left",
            _ => "right",
        };
        out.push_str(&format!("<td style=\"text-align: {side};\">{cell}</td>\n"));
    }
    out.push_str("</tr>\n");
}
