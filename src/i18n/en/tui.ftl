# tui
action-not-here = “{ $action }” does nothing here
add-in-tab = Open a tab with [ or ] and add to it there
back-nothing = Nothing to go back to. { $key } quits
button-cancel = Cancel
button-delete = Delete
cancelled = Cancelled
columns-auto = auto
columns-help = space shows or hides, J K move, < > change the width, = resets it, Enter applies, Esc cancels
columns-none = At least one column must be shown
command-lang = :lang zh-CN or :lang en
command-unknown = Unknown command “{ $text }”. ? lists what can be done
complete-help = What came of it? Enter marks the task done
complete-only-tasks = Only tasks are marked done. Open the tasks with 5 or in the tab
completed = Done: { $what }. { $key } takes it back
copied = Copied: { $text }
copy-empty = The field is empty
copy-failed = Can't copy: { $why }
deed-create = created
deed-delete = deleted
deed-undo = undone
deed-update = changed
delete-cascades = Deleted along: { $what }
delete-clears = Links emptied in: { $what }
delete-question = { $count ->
    [one] Delete this record ({ $object })?
   *[other] Delete these { $count } records ({ $object })?
}
delete-restricted = Can't be deleted while these refer to it: { $what }. Delete or move them first
delete-undo = { $key } brings it back afterwards
deleted = { $count ->
    [one] Deleted. { $key } brings it back
   *[other] { $count } records deleted. { $key } brings them back
}
drafts-none = No unfinished drafts
edit-unchanged = Nothing was changed
editor-failed = The editor “{ $command }” failed: { $why }. Set $EDITOR, or edit.editor in the configuration
editor-file = Can't write { $path } for the editor: { $why }
filter-help = words, level:A, owner:me, updated_at:<-30d …
find-help = Type a name, part of one, pinyin, a phone number or a code
find-incomplete = The index is still being built: these are the first finds
history-empty = No changes yet
key-unknown = { $key } does nothing here. ? shows the keys
keymap-unknown-key = There is no key "{ $key }"
keymap-unknown-key-near = There is no key "{ $key }"; did you mean "{ $near }"?
theme-key = There is no setting "{ $name }" in themes
theme-key-near = There is no setting "{ $name }" in themes; did you mean "{ $near }"?
theme-role = There is no role "{ $name }"
theme-role-near = There is no role "{ $name }"; did you mean "{ $near }"?
theme-color = "{ $name }" is no colour: write a name, #rrggbb or a number from 0 to 255
theme-color-near = "{ $name }" is no colour: write a name, #rrggbb or a number from 0 to 255; did you mean "{ $near }"?
theme-modifier = There is no modifier "{ $name }"
theme-modifier-near = There is no modifier "{ $name }"; did you mean "{ $near }"?
theme-base = There is no theme "{ $name }" to start from
theme-base-near = There is no theme "{ $name }" to start from; did you mean "{ $near }"?
theme-syntax = This is no TOML: { $reason }
theme-kind = "{ $name }" takes { $expected }
keymap-clash = the keys { $keys } already belong to { $other }
keymap-empty-key = an empty key; use [] for no key at all
keymap-unknown-action = there is no action { $name }; did you mean { $nearest }?
line = line
link-failed = Can't start { $command }: { $why }
link-none = No link, mail address or phone here
list-empty = Nothing here yet. Press a to add the first one, or import a file: tcrm import
list-empty-tab = Nothing here yet. Press { $key } to add the first one
list-loading = Loading …
list-no-match = Nothing matches. Esc clears the filter
log-example = call Mr Wang: wants a quote; next fri 15:00 send quote
log-help = kind person: what happened; when and what next    Enter logs, Tab: form
log-next = Next: { $what }  { $at }
logged = { $tasks ->
    [0] Logged: { $what }. { $key } takes it back
   *[other] Logged with next step: { $what }. { $key } takes it back
}
marks-count = { $count } marked
messages-none = No messages yet
mouse-off = Mouse off: the terminal selects text again
mouse-on = Mouse on
no-record = No record here
palette-type = an action, or an object with a filter: customers level:A
picker-nothing = Nothing matches
menu-other = Other
file-open-which = Open which file?
file-opened = Opening a read-only copy: { $path }
picker-type = type to find
quit-again = Quit once more to leave
quit-unsaved = Something is unsaved (it is kept as a draft). Quit once more to leave
read-only = read-only
record-text-help = Change values, save, and leave the editor. Lines that begin with # are left out
redone = { $count ->
    [one] Done again: { $what }
   *[other] Done again: { $what } and what belongs to it ({ $count } records)
}
saved = Saved: { $what }. { $key } takes it back
screen-too-small = At least { $width }×{ $height }, please
sort-title = Sort by (again: the other way round)
step-no-more = That was the last one
opened-read-only = The store is open for reading only
suspend-unsupported = No shell to go back to
tab-attributes = Details
tab-history = History
theme-color-blind = Colour-blind
theme-dark = Dark
theme-high-contrast = High contrast
theme-light = Light
theme-mono = Mono
theme-terminal = The terminal's own colours
theme-unknown = There is no theme { $name }
today = today
undone = { $count ->
    [one] Undone: { $what }
   *[other] Undone: { $what } and what belongs to it ({ $count } records)
}
view-name-help = A name for filter, order and columns as they are now
view-number-none = There is no view { $number } yet
view-opened = View: { $name }
view-saved = View “{ $name }” saved. Open it with ' { $number } or V
views-none = No views yet. { $key } saves filter, order and columns as one
actions-none = There is nothing to do with { $object } beyond editing
action-question = { $action }?
