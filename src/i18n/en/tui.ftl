# tui
action-not-here = “{ $action }” does nothing here
add-in-tab = Open a tab with [ or ] and add to it there
back-nothing = Nothing to go back to. { $key } quits
board-conflict = { $reason } The card is back where it stands now.
board-days = { $days }d
board-elsewhere = Other stages
board-empty = No cards
board-in-hand = A card is in your hand: put it down with Enter, or Esc to leave it
board-moved = { $title }: { $stage } ({ $key } undoes it)
board-no-order = The pipeline doesn't have this card's stage: { $key } takes the card, to be put down where it belongs
board-no-stage = There is no stage on that side
board-nobody = Without owner
board-not-moved = Not moved
board-on-its-way = The card is still being moved
board-pipeline = Pipeline: { $name }
board-title = Board: { $pipeline }
board-weighted = likely
button-cancel = Cancel
button-delete = Delete
button-reopen = Open again
cancelled = Cancelled
columns-auto = auto
columns-help = space shows or hides, J K move, < > change the width, = resets it, Enter applies, Esc cancels
columns-none = At least one column must be shown
command-lang = :lang zh-CN or :lang en
command-unknown = Unknown command “{ $text }”. ? lists what can be done
complete-again = This task is done already. Open it again?
complete-help = What came of it? May be left empty. Enter marks the task done
complete-only-tasks = Only tasks are marked done. Open the tasks with 5 or in the tab
log-not-about = No contact is logged about { $object }. Go to the customer, contact, lead or deal
record-not-editable = { $object }: tcrm writes this by itself, it isn't edited by hand
completed = Done: { $what }. { $key } takes it back
copied = Copied: { $text }
copy-empty = The field is empty
copy-failed = Can't copy: { $why }
deed-create = created
deed-delete = deleted
deed-undo = undone
deed-update = changed
delete-cascades = Deleted along: { $what }
delete-clears = Kept, but no longer pointing at it: { $what }
delete-question = { $count ->
    [one] Delete this record ({ $object })?
   *[other] Delete these { $count } records ({ $object })?
}
delete-question-one = Delete { $object } “{ $title }”?
delete-restricted = Not deleted, still in use: { $what }. Delete or move them first: they refer to “{ $title }”
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
theme-kind-list = "{ $name }" takes a list such as ["bold", "underline"]
theme-kind-color = "{ $name }" takes a colour: a name, "#rrggbb" or 0 to 255
theme-kind-text = "{ $name }" takes a text in quotes
theme-kind-table = "{ $name }" takes a table
keymap-clash = { $action }: the keys { $keys } already belong to { $other }
keymap-empty-key = an empty key; use [] for no key at all
keymap-unknown-action = there is no action { $name }; did you mean { $nearest }?
line = line
keys-answers = number or Tab, Enter  Esc back
keys-confirm = y n or Tab, Enter  Esc cancel
keys-find = Tab next  Enter open  Esc close
keys-help = Tab next part  PgDn page  Esc close
keys-palette = Tab complete  Enter do  Esc close
keys-pick = Tab next  Enter choose  Esc cancel
keys-pick-several = Space tick  Enter done  Esc cancel
keys-prompt = Enter OK  Esc cancel
keys-search-create = Tab hits or new  Enter choose  Ctrl-A new  Esc cancel
link-failed = { $link } is there, but { $command } can't be started: { $why }
link-none = No link, mail address or phone here
label-colon = {": "}
list-empty = Nothing here yet. Press a to add the first one, or import a file: tcrm import
list-empty-tab = Nothing here yet. Press { $key } to add the first one
departments-more = These are the first { $number }: { $key } lists and filters all
list-empty-kept = Nothing here yet. tcrm writes this by itself
list-loading = Loading …
list-separator = {", "}
list-sentences = {"; "}
list-no-match = Nothing matches. Esc clears the filter
log-example = call Mr Wang: wants a quote; next fri 15:00 send quote
log-help = kind person: what happened; when and what next
log-kept = The line is kept: { $key } goes on with it
log-keys = Enter log  Tab form  Esc later
log-next = Task: { $what }  { $at }
log-next-undated = Next step without a date, so no task: { $what }
log-no-task = No task. To make one: ; and a day and what is to be done
logged = { $tasks ->
    [0] Logged: { $what }. { $key } takes it back
   *[other] Logged with next step: { $what }. { $key } takes it back
}
list-range-begun = The range begins here: { $key } again marks up to where you are then, Esc gives it up
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
saved-noted = Saved: { $what }. { $note }. { $key } takes it back
read-only = read-only
record-text-help = Change values, save, and leave the editor. Lines that begin with # are left out
redone = { $count ->
    [one] Done again: { $what }
   *[other] Done again: { $what } and what belongs to it ({ $count } records)
}
reopened = Open again: { $what }. { $key } takes it back
saved = Saved: { $what }. { $key } takes it back
saved-out-of-sight = Saved, but the filter leaves it out of this list. { $key } clears the filter
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
action-question = { $action } { $what }?
acted = { $action }: { $what }. { $key } takes it back
acted-each = { $action }: { $done } done, { $refused } refused. { $why }
queue-days = d
queue-done = { $count } done today
queue-finished = That was all: { $count } called today. Esc goes back to the list
queue-logged = { $title }: { $outcome }. { $key } takes it back
queue-logged-next = { $title }: { $outcome }, next { $next }. { $key } takes it back
queue-none = { $object } can't be called
queue-no-done = Only tasks are done with a call
lines-none = No lines yet: o adds one.
lines-computed = { $field } is worked out, not entered
lines-nothing-to-undo = Nothing to take back
lines-wrong = Line { $line }: { $field } { $what }
lines-not-here = It has no lines
queue-note = Note:
queue-when = Call again when?
queue-when-help = tomorrow 15:00, next fri, +3d, 2026-12-01 10:30
queue-writing = The last call is still being written
record-count = { $count ->
    [one] 1 record
   *[other] { $count } records
}
