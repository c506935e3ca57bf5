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
