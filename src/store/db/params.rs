//! The values of a statement, in the order of its marks.

use super::Result;
use rusqlite::ToSql;

/// Values to bind: arrays, slices and tuples of them, or what [`params_from_iter`] makes.
pub(in crate::store) trait Params {
    /// Gives each value in turn.
    fn each(self, take: &mut dyn FnMut(&dyn ToSql) -> Result<()>) -> Result<()>;
}

/// Values out of an iterator.
pub(in crate::store) struct FromIter<I>(I);

/// Values out of an iterator.
pub(in crate::store) fn params_from_iter<I>(values: I) -> FromIter<I> {
    FromIter(values)
}

impl<I: IntoIterator<Item: ToSql>> Params for FromIter<I> {
    fn each(self, take: &mut dyn FnMut(&dyn ToSql) -> Result<()>) -> Result<()> {
        self.0.into_iter().try_for_each(|value| take(&value))
    }
}

impl Params for &[&dyn ToSql] {
    fn each(self, take: &mut dyn FnMut(&dyn ToSql) -> Result<()>) -> Result<()> {
        self.iter().try_for_each(|value| take(value))
    }
}

impl Params for [&dyn ToSql; 0] {
    fn each(self, _: &mut dyn FnMut(&dyn ToSql) -> Result<()>) -> Result<()> {
        Ok(())
    }
}

macro_rules! arrays {
    ($($number:literal)+) => {$(
        impl<T: ToSql> Params for [T; $number] {
            fn each(self, take: &mut dyn FnMut(&dyn ToSql) -> Result<()>) -> Result<()> {
                self.iter().try_for_each(|value| take(value))
            }
        }
    )+};
}

macro_rules! tuples {
    ($($($name:ident)+,)+) => {$(
        impl<$($name: ToSql),+> Params for ($($name,)+) {
            fn each(self, take: &mut dyn FnMut(&dyn ToSql) -> Result<()>) -> Result<()> {
                #[expect(non_snake_case, reason = "a value is named as its type")]
                let ($($name,)+) = self;
                $(take(&$name)?;)+
                Ok(())
            }
        }
    )+};
}

arrays!(1 2 3 4);
tuples!(
    A B, A B C, A B C D, A B C D E, A B C D E F, A B C D E F G, A B C D E F G H, A B C D E F G H I,
    A B C D E F G H I J, A B C D E F G H I J K, A B C D E F G H I J K L,
);
