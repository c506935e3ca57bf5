# transfer
transfer-no-file = { $path }：没有这个文件
transfer-no-folder = 没有文件夹 { $path }。请先建立（mkdir -p { $path }），或写到别处
transfer-io = { $path }：{ $reason }
transfer-directory = { $path } 是文件夹，请指定一个文件
transfer-binary = 这不是文本文件（看起来是 { $what }）。请另存为 CSV 后再导入
transfer-empty = 文件是空的：第一行必须是列名
transfer-encoding-unknown = 不认识编码“{ $name }”。可用 utf-8、gb18030、big5、utf-16le、utf-16be
transfer-delimiter-unknown = “{ $name }”不能用作分隔符。可用 comma、semicolon、tab、pipe 或一个标点符号
transfer-no-header = 第一行中没有一列是 { $object } 的字段，内容是：{ $first }。请用 --map 字段=列 指定；如果第一行就是数据，请加 --no-header 并用列号指定
transfer-map-field = --map：{ $object } 没有字段“{ $field }”。
transfer-map-field-near = --map：{ $object } 没有字段“{ $field }”，是不是 { $near }？
transfer-map-computed = --map：{ $field } 由 tcrm 自己填写，不能导入
transfer-map-column = --map：文件中没有列“{ $column }”。 文件的列有：{ $columns }
transfer-map-column-near = --map：文件中没有列“{ $column }”，是不是“{ $near }”？ 文件的列有：{ $columns }
transfer-row-io = 文件无法继续读取：{ $reason }
transfer-row-width = 这一行有 { $cells } 个单元格，表头有 { $columns } 个
transfer-row-nul = 第 { $column } 列含有 NUL 字符
transfer-row-encoding = 第 { $column } 列有按此编码无法识别的字节；可用 --encoding 指定其他编码
transfer-row-cell = 第 { $column } 列超过 { $limit } KiB
transfer-row-cells = 这一行超过 { $limit } 个单元格
transfer-row-line = 这一行超过 { $limit } KiB
transfer-row-quote = 从第 { $first } 行开始的一行里，引号打开后没有关闭；第 { $first } 到 { $last } 行未读入
transfer-row-json = 不是 JSON 对象（第 { $column } 个字符）：{ $reason }
transfer-row-key = 键“{ $key }”没有出现在前 1000 行里；请把这一行移到前面或去掉这个键
transfer-write = 写入失败：{ $reason }
transfer-text-line = 不是“字段: 值”，或没有这个字段：{ $what }
transfer-no-text = 这不是文本文件。请另存为 CSV 后再导入
