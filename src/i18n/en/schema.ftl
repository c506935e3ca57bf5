# schema
schema-did-you-mean = (did you mean `{ $name }`?)
schema-syntax = Not valid TOML: { $what }
schema-unknown-key = Unknown key `{ $key }`
schema-key-not-for-type = `{ $key }` makes no sense for the type { $type }
schema-wants-text = `{ $key }` must be a text in quotes
schema-wants-boolean = `{ $key }` must be true or false
schema-wants-integer = `{ $key }` must be a whole number
schema-wants-number = `{ $key }` must be a number
schema-wants-table = `{ $key }` must be a table
schema-wants-list = `{ $key }` must be a list of texts
schema-wants-condition = `{ $key }` must be true, false or a filter in quotes
schema-unknown-type = Unknown type `{ $name }`
schema-unknown-object = Unknown object `{ $name }`
schema-unknown-field = { $object } has no field `{ $name }`
schema-unknown-dictionary = Unknown dictionary `{ $name }`
schema-unknown-number = Unknown number rule `{ $name }`
schema-unknown-group = { $object } has no group `{ $name }`
schema-unknown-item = Dictionary { $dictionary } has no item `{ $name }`
schema-missing-key = The key `{ $key }` is missing
schema-missing-label = `{ $name }` has no label: give `zh`, `en` or both
schema-missing-type = `{ $name }` is a new field and has no `type`
schema-missing-title = { $object } has no `title`: name the text field that stands for a record
schema-title-type = `{ $name }` can't be the title: it must be a text or a code
schema-name-long = The name `{ $name }` is longer than { $max } characters
schema-name-reserved = The name `{ $name }` is reserved
schema-name-form = The name `{ $name }` must start with a lower-case letter and hold only a-z, 0-9 and _
schema-object-name-taken = `{ $name }` also names the object { $object }
schema-label-taken = The label `{ $label }` also names the field { $field }
schema-item-taken = `{ $name }` also names the item { $item }
schema-item-key = An item's key has 1 to { $max } characters, no comma, semicolon or bar, no blanks around: `{ $name }`
schema-twice = `{ $name }` stands here twice
schema-text-long = Longer than { $max } characters: { $text }
schema-text-control = Control characters in `{ $text }`
schema-on-delete = Unknown `{ $text }`: on_delete is restrict, clear or cascade
schema-out-of-range = `{ $key }` must be from { $min } to { $max }
schema-min-over-max = `min` { $min } is greater than `max` { $max }
schema-column-width = `{ $text }`: the width behind the colon is 1 to { $max } cells
schema-currency = `{ $text }` is no currency: three capital letters, such as CNY
schema-number-digits = A serial has 1 to { $max } digits
schema-number-serial-last = The serial must be the last part
schema-number-serial-missing = A number rule needs a serial: end it with {"{"}seq:4{"}"}
schema-number-brace = A brace or control character that belongs to no part
schema-number-field = { $object } has no field `{ $name }`
schema-number-field-type = `{ $name }` of type { $type } can't be a part of a number: only text, select and region fields

value-attachment = Files are attached by their own command
value-computed = This field is computed from others
value-wrong-form = Not a value of type { $type }
value-long = { $count } characters; at most { $max } fit
value-many = { $count } entries; at most { $max } fit
value-control = Control characters can't stand here
value-pattern = Must have the form { $pattern } (* any characters, ? one)
value-number = “{ $text }” is no number that fits here
value-whole = “{ $text }” is not a whole number
value-number-range = The number is too large
value-min = At least { $min }
value-max = At most { $max }
value-scale = { $scale ->
    [0] No digits after the point
    [one] At most one digit after the point
   *[other] At most { $scale } digits after the point
}
value-currency = “{ $text }” is no currency: three capital letters, such as CNY
value-boolean = “{ $text }” is neither yes nor no
value-choice = “{ $text }” is not one of the choices
value-choice-nearest = “{ $text }” is not one of the choices; did you mean “{ $nearest }”?
value-tag = A tag holds no comma and is not blank: “{ $text }”
value-phone-character = “{ $found }” can't stand there in a phone number
value-phone-extension = The extension “{ $text }” must be digits
value-phone-digits = A phone number has 3 to 20 digits, this one { $count }
value-phone-mobile = A mobile number has 11 digits, this one { $count }
value-email = “{ $text }” is no e-mail address (name@example.com)
value-url = “{ $text }” is no web address (www.example.com)
value-url-scheme = Only http:// and https:// addresses
value-region = A region is a path such as 广东/深圳: “{ $text }”
value-no-me = Nobody is logged in: “me” has no meaning here

bind-unknown-field = { $object } has no field “{ $name }”
bind-operator = { $field } ({ $type }) can't be asked with { $op }
bind-choice = “{ $text }” is not one of the choices of { $field }
bind-range = { $field } ({ $type }) has no ranges
bind-no-reference = “{ $field }” refers to no other record
bind-one-hop = Only one step into another record
bind-id = “{ $text }” is no record id

schema-condition-own = A condition looks at fields of its own record only
schema-formula-circle = The formula of `{ $name }` needs itself
schema-rule = { $en }
value-required = Must be filled in

diff-object-added = { $object }: new object
diff-object-removed = { $object }: the object is removed with all its records
diff-field-added = { $object }.{ $field }: new field
diff-field-removed = { $object }.{ $field }: the field is removed with all its values
diff-type-changed = { $object }.{ $field }: new type; all values are kept
diff-type-incompatible = { $object }.{ $field }: new type; values that don't fit it are lost
diff-formula-changed = { $object }.{ $field }: computed anew in every record
diff-unique-added = { $object }.{ $field }: must be unique; records with the same value are in its way
diff-unique-removed = { $object }.{ $field }: need not be unique any more
diff-index-added = { $object }: index on { $fields }
diff-index-removed = { $object }: no index on { $fields } any more
diff-search-changed = { $object }.{ $field }: the search index is built anew
diff-dictionary-added = { $dictionary }: new dictionary
diff-dictionary-removed = { $dictionary }: the dictionary is removed
diff-item-added = { $dictionary }: new item { $item }
diff-item-removed = { $dictionary }: item { $item } is removed; records that have it lose their label
diff-object-changed = { $object }: labels, layout, conditions or rules
diff-dictionary-changed = { $dictionary }: labels, order or colours
diff-settings-changed = number rules or currency, for new records

schema-new-field = { $object } has no field `{ $name }`; a new one needs a label and a `type`
schema-new-object = There is no object `{ $name }`; a new one needs a label
schema-rollup-of = `{ $text }` must name an object and its field that refers here: `line.quote`
schema-rollup-one = A roll-up has one of `count = true`, `sum`, `min` and `max`
schema-rollup-by = { $object }.{ $field } must be a single reference to { $target }
schema-rollup-type = `{ $field }` of type { $type } can't be rolled up like this
schema-rollup-where = `where` of a roll-up may depend on the record alone: not on today, the user, other records or words
