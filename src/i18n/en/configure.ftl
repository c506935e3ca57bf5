# The schema on screen
configure-loses = This would lose stored data. Nothing was changed.
schema-edit-there = There is a { $name } already
touch-item-gone = { $number } records have it in { $place }: they would show the bare key
touch-item-retired = { $number } records have it in { $place } and keep it
touch-object-gone = { $number } records would be lost
touch-field-gone = { $number } values would be lost
touch-field-new = Empty in { $number } records
touch-field-type = { $number } values are turned into the other type
touch-field-required = { $number } records have no value yet: each is asked for it when it is next changed
touch-field-retired = { $number } values stay but are not shown in forms
touch-stage = { $number } deals stand in it
touch-pipeline = { $number } deals are in it
touch-flow = { $number } approvals are under way: they end as they began
touch-number = Only new records get the new form; tcrm renumber { $object } shows the others
admin-setup = Configuration
admin-schema-dictionary = Choices of fields: items, order, colour, retired ones
admin-schema-object = Fields, groups, views, tabs, rules and actions
admin-schema-menu = The groups of the list of all objects, and their order
admin-schema-number = How codes are made
admin-schema-flow = What must be approved, step by step
admin-schema-pipeline = Stages, probabilities, what they ask for
admin-schema-reminder_rule = Who is reminded of what, and when
admin-schema-rate = What other currencies are worth in sums
admin-schema-settings = Currency, how long the log is kept
scope-setup = Configuration
action-setup-open = Open
action-setup-edit = Edit
action-setup-add = Add
action-setup-remove = Take out
action-setup-up = Move up
action-setup-down = Move down
action-setup-plan = Preview and apply
action-setup-find = Find a line
action-setup-text = Edit as TOML
setup-off = not in force
setup-retired = retired
setup-waiting = { $number } not applied
setup-empty = Nothing here yet. Press { $key } to add the first one
setup-kept = Kept, and not in force yet: p shows what it changes and applies it.
setup-still-used = { $place } can't be taken out: { $number ->
    [one] one other place needs
   *[other] { $number } other places need
  } it ({ $places })
setup-add-where = Put the cursor into the list that it is to be added to
touch-approver-gone = nobody has the login name { $login }: the step finds no approver there
touch-role-gone = there is no role { $role }: the step finds no approver there
plan-nothing = Nothing waits to be applied.
plan-empty = (empty)
plan-doing = Working …
plan-ask = Enter apply   Esc later   D give all up
plan-ask-loss = Data would be lost: y apply, a copy is kept   Esc later   D give all up
plan-loses = Stored data would be lost: see the lines in red. y applies it all the same.
plan-applied = Applied: it is in force.
plan-applied-backup = Applied. The store as it was: { $path }
plan-discard-sure = { $number ->
    [one] D once more gives up the change that waits.
   *[other] D once more gives up all { $number } changes that wait.
}
plan-discarded = All changes that waited are given up.
plan-remarks = Only remarks and layout of the TOML change.
touch-order = Order: { $order }
event-detail-entries = entries:
event-detail-what = of
