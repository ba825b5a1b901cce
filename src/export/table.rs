//! A table for other programs: CSV, and Parquet, which keeps the kinds of its columns and is read by data frames of all sorts.

use std::sync::Arc;

use parquet::{
    basic::{LogicalType, Repetition, Type as Physical},
    data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type},
    errors::ParquetError,
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::types::{Type, TypePtr},
};

/// The values of a column, one a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Words.
    Text(Vec<String>),
    /// Whole numbers; `None`: there is none.
    Whole(Vec<Option<i64>>),
    /// Numbers; `None`: there is none.
    Number(Vec<Option<f64>>),
}

/// Columns of equal length, by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table(Vec<(&'static str, Values)>);

impl Table {
    /// Adds a column on the right. What is longer than the first one is left out.
    pub fn add(&mut self, name: &'static str, mut values: Values) {
        let rows = self.0.first().map(|(_, first)| first.len());
        match (&mut values, rows) {
            (Values::Text(v), Some(n)) => v.resize(n, String::new()),
            (Values::Whole(v), Some(n)) => v.resize(n, None),
            (Values::Number(v), Some(n)) => v.resize(n, None),
            (_, None) => {}
        }
        self.0.push((name, values));
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.0.first().map_or(0, |(_, values)| values.len())
    }

    /// As CSV (RFC 4180), with a head.
    pub fn csv(&self) -> String {
        let mut text = self.0.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",");
        text.push('\n');
        for row in 0..self.rows() {
            let cells: Vec<String> = self.0.iter().map(|(_, values)| values.cell(row)).collect();
            text.push_str(&cells.join(","));
            text.push('\n');
        }
        text
    }

    /// As Parquet, uncompressed, in one group of rows.
    pub fn parquet(&self) -> Result<Vec<u8>, ParquetError> {
        let fields = self.0.iter().map(|(name, values)| values.field(name)).collect::<Result<Vec<_>, _>>()?;
        let schema = Arc::new(Type::group_type_builder("schema").with_fields(fields).build()?);
        let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(WriterProperties::builder().build()))?;
        let mut group = writer.next_row_group()?;
        for (_, values) in &self.0 {
            let Some(mut column) = group.next_column()? else { break };
            match values {
                Values::Text(v) => {
                    let bytes: Vec<ByteArray> = v.iter().map(|s| ByteArray::from(s.as_str())).collect();
                    column.typed::<ByteArrayType>().write_batch(&bytes, None, None)?;
                }
                Values::Whole(v) => {
                    let there: Vec<i64> = v.iter().flatten().copied().collect();
                    column.typed::<Int64Type>().write_batch(&there, Some(&levels(v)), None)?;
                }
                Values::Number(v) => {
                    let there: Vec<f64> = v.iter().flatten().copied().collect();
                    column.typed::<DoubleType>().write_batch(&there, Some(&levels(v)), None)?;
                }
            }
            column.close()?;
        }
        group.close()?;
        writer.into_inner()
    }
}

/// Which of them are there, as Parquet tells it.
fn levels<T>(values: &[Option<T>]) -> Vec<i16> {
    values.iter().map(|v| i16::from(v.is_some())).collect()
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Self::Text(v) => v.len(),
            Self::Whole(v) => v.len(),
            Self::Number(v) => v.len(),
        }
    }

    fn cell(&self, row: usize) -> String {
        match self {
            Self::Text(v) => v.get(row).map_or_else(String::new, |text| field(text)),
            Self::Whole(v) => v.get(row).copied().flatten().map_or_else(String::new, |n| n.to_string()),
            Self::Number(v) => v.get(row).copied().flatten().map_or_else(String::new, |n| format!("{n:.6}")),
        }
    }

    fn field(&self, name: &str) -> Result<TypePtr, ParquetError> {
        let (kind, logical, repetition) = match self {
            Self::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String), Repetition::REQUIRED),
            Self::Whole(_) => (Physical::INT64, None, Repetition::OPTIONAL),
            Self::Number(_) => (Physical::DOUBLE, None, Repetition::OPTIONAL),
        };
        let field = Type::primitive_type_builder(name, kind).with_repetition(repetition).with_logical_type(logical);
        Ok(Arc::new(field.build()?))
    }
}

/// A field of CSV (RFC 4180). One that a spreadsheet would take for a formula begins with a quote.
pub fn field(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use parquet::{
        file::reader::{FileReader, SerializedFileReader},
        record::RowAccessor,
    };

    use super::*;

    fn table() -> Table {
        let mut table = Table::default();
        table.add("who", Values::Text(vec!["Ada, Countess".into(), "=1+1".into(), "说得对".into()]));
        table.add("turns", Values::Whole(vec![Some(12), None, Some(-3)]));
        table.add("value", Values::Number(vec![None, Some(0.5), Some(1e-9)]));
        table
    }

    #[test]
    fn csv_quotes_what_it_must_and_leaves_out_what_is_not_there() {
        assert_eq!(table().csv(), "who,turns,value\n\"Ada, Countess\",12,\n'=1+1,,0.500000\n说得对,-3,0.000000\n");
        assert_eq!(Table::default().csv(), "\n");
    }

    #[test]
    fn parquet_gives_back_what_was_put_in() {
        let bytes = table().parquet().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.parquet");
        std::fs::write(&path, bytes).unwrap();
        let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
        let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 3);
        assert_eq!((rows[0].get_string(0).unwrap().as_str(), rows[0].get_long(1).unwrap()), ("Ada, Countess", 12));
        assert!(rows[0].get_double(2).is_err() && rows[1].get_long(1).is_err(), "what is not there is null");
        assert_eq!((rows[1].get_double(2).unwrap(), rows[2].get_string(0).unwrap().as_str()), (0.5, "说得对"));
    }

    #[test]
    fn a_table_without_rows_is_a_whole_file_too() {
        let mut table = Table::default();
        table.add("who", Values::Text(Vec::new()));
        assert_eq!((table.rows(), table.csv().as_str()), (0, "who\n"));
        assert!(table.parquet().unwrap().starts_with(b"PAR1"));
    }
}
