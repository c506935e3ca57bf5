# config
config-no-file = there is no such file
config-io = can't be read: { $reason }
config-utf8 = not UTF-8 from here on; save the file as UTF-8
config-syntax = Not valid TOML: { $reason }
config-unknown = There is no setting "{ $name }"
config-unknown-near = There is no setting "{ $name }". Did you mean "{ $near }"?
config-type = This takes { $wanted ->
    [table] a section
    [boolean] true or false
    [number] a whole number
    [text] a text in quotes
   *[keys] keys in quotes
}, not { $given ->
    [string] a text
    [integer] a number
    [float] a fraction
    [boolean] true or false
    [datetime] a date
    [array] a list
   *[table] a section
}
config-range = This takes a number from { $least } to { $most }
config-choice = "{ $value }" is none of: { $choices }
config-choice-near = "{ $value }" is none of: { $choices }. Did you mean "{ $near }"?
config-zone = "{ $name }" is no time zone; write one such as "Asia/Shanghai"
config-currency = "{ $name }" is no currency; write three capital letters such as "CNY"
config-profile = There is no profile "{ $name }" in the configuration. There are: { $known }
config-keep-near = There is no object “{ $object }”; did you mean “{ $near }”?
config-keep-filter = The filter of { $object }: { $what }
config-keep-filter-near = The filter of { $object }: { $what }; did you mean “{ $near }”?
config-secret-command = secret = "command" takes the command: token_command = "…"
config-secret-twice = token_command gives the secret already: leave one of the two out
config-secret-file = token_file is where the secret stands then: leave one of the two out
