//! Values on their way to PostgreSQL and back, as `rusqlite` knows them.

use super::{Error, Params, Result};
use ::postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};

/// A value to bind.
#[derive(Debug)]
pub(super) struct Bound(pub(super) Value);

/// A value as it stands in a row.
pub(super) struct Stored<'r>(pub(super) ValueRef<'r>);

/// All values of a statement.
pub(super) fn values_of(params: impl Params) -> Result<Vec<Bound>> {
    let mut values = Vec::new();
    params.each(&mut |value| {
        values.push(bound(value)?);
        Ok(())
    })?;
    Ok(values)
}

/// A value to bind.
pub(super) fn bound(value: &dyn rusqlite::ToSql) -> Result<Bound> {
    let value = match value.to_sql()? {
        ToSqlOutput::Borrowed(value) => value.try_into()?,
        ToSqlOutput::Owned(value) => value,
        other => return Err(Error::Unwritable(format!("{other:?}"))),
    };
    Ok(Bound(value))
}

/// Values as the client takes them.
pub(super) fn as_params(values: &[Bound]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

type Failure = Box<dyn std::error::Error + Sync + Send>;

impl ToSql for Bound {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut ::postgres::types::private::BytesMut,
    ) -> std::result::Result<IsNull, Failure> {
        match (&self.0, ty) {
            (Value::Null, _) => return Ok(IsNull::Yes),
            (Value::Integer(number), &Type::INT8) => return number.to_sql(ty, out),
            (Value::Integer(number), &Type::INT4) => return i32::try_from(*number)?.to_sql(ty, out),
            (Value::Integer(number), &Type::INT2) => return i16::try_from(*number)?.to_sql(ty, out),
            (Value::Integer(number), &Type::BOOL) => return (*number != 0).to_sql(ty, out),
            (Value::Integer(number), _) => out.extend_from_slice(number.to_string().as_bytes()),
            (Value::Real(number), _) => return number.to_sql(ty, out),
            (Value::Text(text), &Type::INT8) => return text.parse::<i64>()?.to_sql(ty, out),
            (Value::Text(text), _) => out.extend_from_slice(text.as_bytes()),
            (Value::Blob(bytes), _) => out.extend_from_slice(bytes),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'r> FromSql<'r> for Stored<'r> {
    fn from_sql(ty: &Type, raw: &'r [u8]) -> std::result::Result<Stored<'r>, Failure> {
        Ok(Stored(match *ty {
            Type::INT8 => ValueRef::Integer(i64::from_sql(ty, raw)?),
            Type::INT4 => ValueRef::Integer(i64::from(i32::from_sql(ty, raw)?)),
            Type::INT2 => ValueRef::Integer(i64::from(i16::from_sql(ty, raw)?)),
            Type::BOOL => ValueRef::Integer(i64::from(bool::from_sql(ty, raw)?)),
            Type::FLOAT8 => ValueRef::Real(f64::from_sql(ty, raw)?),
            Type::BYTEA => ValueRef::Blob(raw),
            _ => ValueRef::Text(raw),
        }))
    }

    fn from_sql_null(_: &Type) -> std::result::Result<Stored<'r>, Failure> {
        Ok(Stored(ValueRef::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
