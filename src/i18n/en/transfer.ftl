# transfer
transfer-no-file = { $path }: there is no such file
transfer-no-folder = There is no folder { $path }. Make it first (mkdir -p { $path }), or name another place
transfer-io = { $path }: { $reason }
transfer-directory = { $path } is a folder; name a file
transfer-binary = This is no text file (it looks like { $what }). Save it as CSV and import that
transfer-empty = The file is empty: the first line must name the columns
transfer-encoding-unknown = Encoding "{ $name }" is not known. Try utf-8, gb18030, big5, utf-16le, utf-16be
transfer-delimiter-unknown = "{ $name }" can't separate columns. Use comma, semicolon, tab, pipe or one punctuation character
transfer-no-header = No column of the first line is a field of { $object }. It reads: { $first }. Name columns with --map FIELD=COLUMN; add --no-header if the first line is data and give column numbers
transfer-map-field = --map: { $object } has no field "{ $field }".
transfer-map-field-near = --map: { $object } has no field "{ $field }". Did you mean { $near }?
transfer-map-computed = --map: { $field } is filled by tcrm itself and can't be imported
transfer-map-column = --map: the file has no column "{ $column }". Its columns are: { $columns }
transfer-map-column-near = --map: the file has no column "{ $column }". Did you mean "{ $near }"? Its columns are: { $columns }
transfer-row-io = The file can't be read any further: { $reason }
transfer-row-width = This row has { $cells } cells, the header has { $columns }
transfer-row-nul = Column { $column } holds a NUL character
transfer-row-encoding = Column { $column } holds bytes that are no characters in this encoding; --encoding names another one
transfer-row-cell = Column { $column } is longer than { $limit } KiB
transfer-row-cells = This row has more than { $limit } cells
transfer-row-line = This line is longer than { $limit } KiB
transfer-row-quote = A quotation mark is opened in the row that starts on line { $first } and never closed; lines { $first } to { $last } were not read
transfer-row-json = Not a JSON object (column { $column }): { $reason }
transfer-row-key = Key "{ $key }" does not occur in the first 1000 lines; move this line up or drop the key
transfer-write = Writing failed: { $reason }
transfer-text-line = Not FIELD: VALUE, or no field of this name: { $what }
transfer-no-text = This is no text file. Save it as CSV and import that
