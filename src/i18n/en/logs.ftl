# logs
store-check-journal-changed = The journal was changed by other means: transaction #{ $txn } of { $at } is not as it was written, { $number } in all. Compare it with a backup
store-check-journal-cut = The journal was changed by other means: transaction #{ $txn }, which was there at { $at }, is gone or another one now. Compare it with a backup
store-check-events-changed = The log of events was changed by other means: event { $event } of { $at } is not as it was written, { $number } in all
schema-event-days = { $most } days at most, or 0 for ever
log-no-object = There is no object { $name }
log-no-field = There is no field { $name }
log-no-event = { $name } is no kind of events
log-not-yours = Only what tcrm itself does is noted so
log-more = There is more than these { $limit }: --limit N shows more
log-events-removed = { $number } events removed that were older than the schema keeps them
log-certain = at work
log-uncertain = on another machine
log-word-user = user
log-word-object = object
log-word-field = field
log-word-day = day
log-word-since = since
log-word-until = until
log-word-event = event
log-word-events = events
log-word-changes = changes
log-head-number = No.
log-head-at = When
log-head-user = Who
log-head-from = From
log-head-what = What
log-head-object = Object
log-head-record = Record
log-head-detail = Details
log-head-since = Since
log-head-host = Machine
log-head-process = Process
log-head-certain = State
event-sign-in = sign-in
event-refused = refused sign-in
event-sign-out = sign-out
event-password = password
event-export = export
event-print = print
event-denied = denied
event-schema = schema applied
event-backup = backup
event-restore = restored
event-retention = old events removed
event-detail-action = tried:
event-detail-filter = filter:
event-detail-count = number:
event-detail-format = as
event-detail-columns = fields:
event-detail-file = to
event-detail-host = on
event-detail-process = process
event-detail-started = started
event-detail-session = began with
event-detail-backup = copy:
event-detail-before = before
event-detail-why = because
cli-doctor-journal = Journal
cli-help-log = Show who did what and when: changes and events, newest first
cli-help-log-user = Only by this user: login or name, or the login of a refused sign-in
cli-help-log-object = Only about this object
cli-help-log-record = Only about this record of the object
cli-help-log-field = Only changes of this field
cli-help-log-since = From this day on: a date, today, -7d, this-month
cli-help-log-until = Up to this day, included
cli-help-log-events = Only events: sign-ins, refusals, exports, prints, schema, backups
cli-help-log-event = Only events of this kind; may be given several times
cli-help-log-changes = Only changes of records
cli-help-log-online = Who is at work with the store now
cli-help-log-limit = The most rows
cli-examples-log =
    Examples:
      tcrm log --user zhangsan --since -7d
      tcrm log --object customer --field level --csv
      tcrm log --events --since this-month --json
      tcrm log --event export --event refused
      tcrm log --online
