# form
form-new = New { $object }
form-edit = { $object } { $title }
form-loading = Loading …
form-saving = Saving …
form-changed = changed
form-draft-kept = draft kept
form-no-draft = draft can't be kept
form-untitled = without a name
form-errors = { $count ->
    [one] { $count } error
   *[other] { $count } errors
}
form-errors-in = { $count ->
    [one] 1 error: { $what }. { $key } goes there
   *[other] { $count } errors: { $what }. { $key } goes to the next
}
form-no-error = No errors
form-nothing-to-save = Nothing was changed
form-not-stored = A new record has no neighbours in the list
form-not-text = This field is not edited as text
form-no-object = There is no object "{ $object }"
form-no-duplicate = No similar records
form-duplicates = Similar records
form-similar = similar: { $titles } … { $key } to look
form-nothing-to-choose = There is nothing to choose from here
form-choose-record = "{ $text }" is to be chosen from the records: press Enter in the field
form-not-attached = Press Enter to attach this file, or empty the line
form-file-hint = path of a file: Tab completes, Enter attaches
form-attached = Attached { $name } ({ $size })
form-no-file = No file begins with { $path }
form-more-files = … { $count } more
form-editor-failed = The editor ended with an error; the field is as it was
form-filled = { $count ->
    [one] { $count } field filled
   *[other] { $count } fields filled
}
form-filled-but = { $count ->
    [one] 1 field filled; not filled: { $fields }
   *[other] { $count } fields filled; not filled: { $fields }
}
form-unsaved = There are unsaved changes.
form-answer-save = Save
form-answer-discard = Discard
form-answer-stay = Keep editing
form-answer-delete = Delete
form-answer-keep = Keep
form-underneath-changed = Someone changed this record meanwhile: saving shows what differs
form-underneath-deleted = Someone deleted this record meanwhile: copy what you need
form-merged = Also taken over from others: { $fields }
form-conflict = Both changed: whose value stays?
form-conflict-taken = Only they changed, taken over: { $fields }
form-conflict-hint = m/← mine  t/→ theirs  M/T all  Enter save  Esc back
form-mine = mine:
form-theirs = theirs:
form-empty-value = (empty)
form-drafts = Unsaved work from before
form-drafts-hint = Enter continue  d delete  Esc later
form-draft-delete = Delete the draft "{ $title }"?
form-nothing-found = Nothing found
form-searching = Searching …
form-create = create new "{ $title }"
form-yes = yes
form-no = no
form-month = { $year }-{ $month }
form-calendar-hint = [ ] month  t today  Enter  Esc
form-weekday-1 = Monday
form-weekday-2 = Tuesday
form-weekday-3 = Wednesday
form-weekday-4 = Thursday
form-weekday-5 = Friday
form-weekday-6 = Saturday
form-weekday-7 = Sunday
form-day-1 = Mo
form-day-2 = Tu
form-day-3 = We
form-day-4 = Th
form-day-5 = Fr
form-day-6 = Sa
form-day-7 = Su
form-act = { $action }: { $title }
form-act-conflict = { $what } Look at it; saving again goes on from there.
form-stopping = Stopping: nothing will have been changed …
form-stopped = Stopped: nothing was changed
