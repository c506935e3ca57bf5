# store
store-missing = There is no store at { $path }. Make one with: tcrm init
store-exists = { $path } is there already. Choose another name, or move it away first.
store-not-a-store = { $path } is not a store of tcrm.
store-newer = { $path } was written by a newer version of tcrm (format { $found }, this one knows { $known }). It was left untouched; update tcrm.
store-unknown-schema = The schema of { $path } says what this tcrm doesn't know ({ $detail }): a newer version wrote it. It was left untouched; update tcrm.
store-damaged = { $path } is damaged ({ $detail }). Restore a backup with: tcrm restore FILE
store-locked = { $path } is held by another program. Try again when it is done.
store-read-only = { $path } or its folder can't be written. Check the permissions.
store-full = The disk of { $path } is full. Nothing was changed; make room and try again.
store-io = { $path } can't be read or written: { $detail }
store-loses = The new schema would lose data. Nothing was changed. Keep the fields, or add --allow-loss: a copy of the store is made first.
store-schema-changed = Another program has changed the field schema. Try again.
store-conflict = { $object } { $id } was changed by someone else meanwhile.
store-gone = { $object } { $id } is not there any more.
store-duplicate = Another { $object } has the same { $field } already.
store-value = The value does not fit the field { $object }.{ $field }: it has another type, too many digits, or is too great.
store-unknown = There is no { $name }.
store-cursor = The place in the list is not one of this list. Start from its beginning.
store-interrupted = Stopped.
store-taken-back = { $path }: not saved, because another change that was saved along with it failed and took it back. Try again
store-sql = The store refused: { $detail }
store-address-password = A password doesn't belong in the address of a database, where others can read it. Give it by PGPASSWORD or in ~/.pgpass.
store-address-port = { $text } is no host and port.
store-address-option = The address of a database has nothing like { $option }. It knows schema, folder, replica, sslmode (disable, require, verify-full), sslrootcert and isolation (read-committed, serializable).
store-unreachable = The database { $path } can't be worked with: { $detail }
store-no-postgres = This tcrm was built without PostgreSQL.
store-backup-elsewhere = A database is copied and put back by its own tools: pg_dump and pg_restore. Attached files stand in its folder.
store-column-twice = Two fields of { $object } would need the column { $column }. Rename one of them.
store-change-add = { $place } is new
store-change-remove = { $place } goes, with { $lost } values
store-change-retype = { $place } gets another type, { $lost } values can't be kept
store-change-stage = { $pipeline }: { $lost } opportunities stand in stage { $stage }, which is taken out; they would be kept in a column of their own
store-check-damaged = The file is damaged: { $detail }
store-check-dangling = { $records ->
    [one] { $object }.{ $field }: 1 record refers to something that is not there
   *[other] { $object }.{ $field }: { $records } records refer to something that is not there
}
store-check-gaps = { $number ->
    [one] 1 entry is missing from the journal
   *[other] { $number } entries are missing from the journal
}
store-check-orphans = { $number ->
    [one] 1 entry of the journal belongs to no transaction
   *[other] { $number } entries of the journal belong to no transaction
}
store-check-indexes = Indexes are missing (an import was interrupted, or is under way): { $names }
store-check-drafts = { $number } drafts are kept for forms that were not saved
store-check-orphaned-files = The content of { $number } attached files ({ $size } MiB) belongs to no record any more, and no undo brings it back. tcrm doctor --fix removes it
store-check-files = { $count } attached files of { $object }.{ $field } are missing, among them "{ $first }": take them from a backup's folder of files, or attach them again
store-file-not-there = There is no file { $path }
store-file-not-a-file = { $path } is not a file
store-file-unreadable = { $path } can't be read: { $why }
store-file-too-large = { $path } is larger than { $limit } MB, the most that can be attached
store-file-lost = The attached file "{ $name }" is not in the store's folder of files; `tcrm doctor` lists what is missing
store-file-changed = The attached file "{ $name }" is damaged: its content is not what was attached
store-file-write = The folder of attached files can't be written ({ $path }): { $why }
store-check-rollups = { $object }.{ $field }: { $records } totals are not what their records come to
