//! The functions by name, with how many arguments they take.

/// A function of formulas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// `if(condition, then, else)`; the else may be left out.
    If,
    /// `round(x, places)`: half away from zero; places default to 0.
    Round,
    /// `min(a, b, …)`: the smallest that is not empty.
    Min,
    /// `max(a, b, …)`: the largest that is not empty.
    Max,
    /// `abs(x)`
    Abs,
    /// `coalesce(a, b, …)`: the first that is not empty.
    Coalesce,
    /// `concat(a, b, …)`: joined as text.
    Concat,
    /// `len(text)`: in characters as a reader counts them.
    Len,
    /// `upper(text)`
    Upper,
    /// `lower(text)`
    Lower,
    /// `left(text, n)`: the first n characters.
    Left,
    /// `right(text, n)`: the last n characters.
    Right,
    /// `year(date)`
    Year,
    /// `month(date)`
    Month,
    /// `day(date)`
    Day,
    /// `days(from, to)`: days from one day to another.
    Days,
    /// `date_add(date, n)`: n days later.
    DateAdd,
    /// `today()`
    Today,
    /// `contains(text, part)`: letter case aside.
    Contains,
    /// `empty(x)`: whether nothing is entered.
    Empty,
}

impl Function {
    /// Every function, for completion and help.
    pub const ALL: &'static [Function] = &[
        Self::If,
        Self::Round,
        Self::Min,
        Self::Max,
        Self::Abs,
        Self::Coalesce,
        Self::Concat,
        Self::Len,
        Self::Upper,
        Self::Lower,
        Self::Left,
        Self::Right,
        Self::Year,
        Self::Month,
        Self::Day,
        Self::Days,
        Self::DateAdd,
        Self::Today,
        Self::Contains,
        Self::Empty,
    ];

    /// Its name in formulas.
    pub fn name(self) -> &'static str {
        match self {
            Self::If => "if",
            Self::Round => "round",
            Self::Min => "min",
            Self::Max => "max",
            Self::Abs => "abs",
            Self::Coalesce => "coalesce",
            Self::Concat => "concat",
            Self::Len => "len",
            Self::Upper => "upper",
            Self::Lower => "lower",
            Self::Left => "left",
            Self::Right => "right",
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Days => "days",
            Self::DateAdd => "date_add",
            Self::Today => "today",
            Self::Contains => "contains",
            Self::Empty => "empty",
        }
    }

    /// The function of a name, letter case aside.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|function| function.name().eq_ignore_ascii_case(name))
    }

    /// Fewest and most arguments; `None` for any number.
    pub fn arguments(self) -> (usize, Option<usize>) {
        match self {
            Self::Today => (0, Some(0)),
            Self::If => (2, Some(3)),
            Self::Round => (1, Some(2)),
            Self::Min | Self::Max | Self::Coalesce | Self::Concat => (1, None),
            Self::Left | Self::Right | Self::Days | Self::DateAdd | Self::Contains => (2, Some(2)),
            Self::Abs | Self::Len | Self::Upper | Self::Lower | Self::Year | Self::Month | Self::Day | Self::Empty => {
                (1, Some(1))
            }
        }
    }
}
