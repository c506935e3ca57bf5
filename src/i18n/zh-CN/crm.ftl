# crm
crm-ambiguous = “{ $text }”对应多条记录,请给出编码或 ID。
crm-changed-since = “{ $title }”之后又被修改过({ $at }),没有撤销任何内容。
crm-changed-since-by = { $who } 之后修改过“{ $title }”({ $at }),没有撤销任何内容。
crm-conflict = “{ $title }”已被他人修改。
crm-delete-restricted = 有 { $count } 条{ $zh }引用了它。请先删除或修改它们。
crm-import-ambiguous = 有多个{ $zh }叫“{ $text }”,请给出编码。
crm-import-duplicate = 记录已存在:{ $title }
crm-import-empty-row = 这一行是空的。
crm-import-no-field = 没有任何列对应到字段。请用 --map 字段=列名 指定。
crm-import-no-reference = 没有编码或名称为“{ $text }”的{ $zh }。
crm-import-twice = 有两列对应到 { $field }。
crm-log-empty = 请写明发生了什么。
crm-log-nobody = { $text ->
    [""] 请先写明对象,再写冒号。
   *[other] 没有叫“{ $text }”的客户或联系人。
}
crm-no-field = 没有字段 { $field }。
crm-no-free-code = { $rule } 的编号规则已没有可用的编号。
crm-no-match = 没有 ID、编码或名称为“{ $text }”的{ $zh }。
crm-no-object = 没有对象 { $object }。
crm-no-record = 没有 { $object } { $id },它可能已被删除。
crm-no-transaction = 没有编号为 { $txn } 的修改或导入。
crm-not-editable = { $zh }由 tcrm 自动填写。
crm-not-oneself = 不能删除自己的用户。
crm-not-unique = “{ $title }”已使用此值。
crm-not-unique-here = 另一条记录已使用此值。
crm-nothing-to-redo = 没有可以重做的操作。
crm-nothing-to-undo = 没有可以撤销的操作。
crm-only-tasks = 只有任务可以标记为完成。
crm-read-only-field = 此字段不能手工修改。
crm-read-only-store = 数据文件以只读方式打开。
crm-refers-to-itself = 记录不能引用自己。
crm-system-field = 此字段由 tcrm 自动填写。
crm-task-done = 任务已经完成。
crm-undo-gone = “{ $title }”已不是此次修改之后的样子,没有撤销任何内容。
crm-undo-referred = 有{ $zh }记录引用了将被移除的内容,没有撤销任何内容。
