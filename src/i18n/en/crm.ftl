# crm
crm-ambiguous = { $text } means several records. Give the code or the id.
crm-changed-since = { $title } was changed since, at { $at }. Nothing was taken back.
crm-changed-since-by = { $who } changed { $title } since, at { $at }. Nothing was taken back.
crm-conflict = { $title } was changed by someone else meanwhile.
crm-delete-restricted = { $count } { $en } refer to it. Delete or change them first.
crm-import-ambiguous = Several { $en } are called { $text }. Give the code.
crm-import-duplicate = It is there already: { $title }
crm-import-empty-row = The row is empty.
crm-import-no-field = No column goes to a field. Give one with --map field=COLUMN.
crm-import-no-reference = No { $en } has the code or name { $text }.
crm-import-twice = Two columns go to { $field }.
crm-log-empty = Say what happened.
crm-log-nobody = { $text ->
    [""] Say whom it is about, and then a colon.
   *[other] No customer or contact is called { $text }.
}
crm-no-field = There is no field { $field }.
crm-no-free-code = The number rule of { $rule } finds no free number.
crm-no-match = No { $en } has the id, code or name { $text }.
crm-no-object = There is no object { $object }.
crm-no-record = There is no { $object } { $id }; it may have been deleted.
crm-no-transaction = There is no change or import with the number { $txn }.
crm-not-editable = { $en } is filled by tcrm itself.
crm-not-oneself = Nobody deletes their own user.
crm-not-unique = { $title } has this already.
crm-not-unique-here = Another record has this already.
crm-nothing-to-redo = There is nothing to do again.
crm-nothing-to-undo = There is nothing to undo.
crm-only-tasks = Only tasks can be marked done.
crm-read-only-field = This can't be changed by hand.
crm-read-only-store = The store is open for reading only.
crm-refers-to-itself = A record can't refer to itself.
crm-system-field = tcrm fills this itself.
crm-task-done = The task is done already.
crm-undo-gone = { $title } is not as this change left it. Nothing was taken back.
crm-undo-referred = { $en } records refer to what would be removed. Nothing was taken back.
