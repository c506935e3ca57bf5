# domain: what is typed in one line

filter-unexpected-end = The filter is not finished
filter-unexpected = “{ $found }” cannot stand here
filter-unclosed-paren = This parenthesis is not closed
filter-unclosed-quote = This quotation mark is not closed
filter-too-deep = Nested deeper than { $limit } levels
filter-too-long = The filter is longer than { $limit } bytes
filter-expected-condition = a word or a condition
filter-expected-value = a value
filter-expected-close-paren = a closing parenthesis
filter-expected-close-quote = a closing quotation mark

when-empty = No date is given
when-unknown = “{ $text }” is not a date or time
when-ambiguous = “{ $text }” may be read in several ways: write the year first, as in 2026-11-22
when-no-such-date = There is no day { $date }
when-no-such-time = There is no time “{ $text }”
when-skipped = The clock change skips { $time }
when-not-a-day = Only a day can stand here, without a time
when-reversed = The range ends before it begins
when-out-of-range = The date is out of range

amount-empty = No number is given
amount-unknown = “{ $text }” is not a number
amount-grouping = The commas in “{ $text }” do not part thousands: write a decimal point as “.”
amount-currencies = { $first } and { $second } cannot both be the currency
amount-too-long = The number has too many digits

formula-unexpected-end = The formula ends where a value is missing
formula-unexpected = “{ $found }” cannot stand here
formula-unclosed-paren = This parenthesis is not closed
formula-unclosed-quote = This quotation mark is not closed
formula-bad-number = “{ $text }” is not a number
formula-unknown-function = There is no function “{ $name }”
formula-argument-count = “{ $name }” takes { $takes } arguments, not { $given }
formula-chained-comparison = Comparisons cannot be chained: join them with “and”
formula-too-deep = Nested deeper than { $limit } levels
formula-too-long = The formula is longer than { $limit } bytes
formula-wrong-kind = “{ $what }” cannot take { $found ->
    [formula-kind-text] text
    [formula-kind-number] a number
    [formula-kind-date] a date
    [formula-kind-datetime] a time
    [formula-kind-bool] yes or no
   *[other] nothing
 }
formula-mismatch = “{ $what }” cannot take these two kinds of value together
formula-out-of-range = An argument of “{ $what }” is out of range
formula-overflow = The result of “{ $what }” is too large
formula-kind-empty = nothing
formula-kind-text = text
formula-kind-number = a number
formula-kind-date = a date
formula-kind-datetime = a time
formula-kind-bool = yes or no
