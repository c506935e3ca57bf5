# cli
cli-help = The CRM in the terminal. Without a command: the terminal interface
cli-help-arg-config = Read settings from this file
cli-help-arg-profile = Use this profile of the configuration
cli-help-arg-store = Use this local store, whatever the profile says
cli-help-arg-user = Work as this user (login name; local store only)
cli-help-arg-lang = Language of the interface: zh-CN or en
cli-help-arg-json = Print JSON
cli-help-arg-object = The kind of record: customer, contact, lead, opportunity … (plural and Chinese names too)
cli-help-arg-id = The record: its id, its code or its exact name
cli-help-arg-filter = Which records, such as: level:A city:北京 updated:<-30d (see the examples)
cli-help-arg-sort = Fields to sort by; - in front for greatest first
cli-help-arg-columns = Fields to show, between commas
cli-help-arg-fields = Values: field name or label = value; nothing after = empties the field
cli-help-arg-seed = The number that the made-up data grows from: the same number, the same data
cli-help-arg-file = The file
cli-help-arg-comment = What to say about it
cli-help-arg-number = The number of the transaction or import
cli-help-demo = Open the interface on a throw-away store of made-up data
cli-help-demo-customers = How many customers
cli-help-init = Create a store; one that is there already is refused
cli-help-init-demo = Fill it with made-up data of N customers
cli-help-list = List records of an object
cli-help-list-limit = The most rows; 0 for all
cli-help-list-csv = Print CSV
cli-help-list-ids = Print ids only
cli-help-show = Show one record with all its fields
cli-help-search = Find records of all objects by words: Chinese fragments, pinyin, phone numbers, codes
cli-help-search-text = What to look for
cli-help-search-object = Look in this object only (may be given several times)
cli-help-search-limit = The most hits
cli-help-history = Show what was changed, when and by whom, newest first
cli-help-history-limit = The most entries
cli-help-add = Create a record and print its id
cli-help-set = Change fields of a record
cli-help-rm = Delete records
cli-help-rm-ids = The records: ids, codes or exact names
cli-help-rm-dry-run = Say what would be deleted along, delete nothing
cli-help-do = Do an action on a record: log a contact, complete a task, convert a lead, advance a deal, claim from the pool …
cli-help-do-action = log (a contact, in one line given by --comment), or an action of the object; a wrong one is answered with those there are
cli-help-board = Show the stages of a pipeline with number, sum and weighted sum
cli-help-board-csv = Print CSV
cli-help-board-pipeline = The pipeline, by name or label; the first one otherwise
cli-help-edit = Edit one record as text in your editor
cli-help-undo = Take back the last own change
cli-help-redo = Do the last undone change again
cli-help-revert = Take back a whole transaction or import by its number
cli-help-import = Import rows of a CSV or JSON lines file
cli-help-import-file = The file; - for standard input
cli-help-import-map = Which column goes to which field; columns by name or number (may be given several times)
cli-help-import-values = Cells of a field to be read as something else, e.g. industry:technolgy=technology (may be given several times)
cli-help-import-on-duplicate = What to do with records that are there already: skip, update or error
cli-help-import-create-references = Create records that are referred to and missing, by their name
cli-help-import-dry-run = Check everything, write nothing
cli-help-import-from-line = Start at this line of the file, to continue a stopped import
cli-help-import-format = The format; found out by the file name otherwise
cli-help-import-encoding = The encoding (utf-8, gb18030, big5, utf-16le …); found out otherwise
cli-help-import-delimiter = What separates the columns (comma, semicolon, tab or a character); found out otherwise
cli-help-import-no-header = The first line is data: name columns by number in --map
cli-help-import-errors = Where refused rows go; FILE.errors.csv beside the file otherwise
cli-help-import-undo = Take back import number N
cli-help-export = Write records as CSV or JSON lines
cli-help-export-format = The format; found out by the file name otherwise
cli-help-export-output = The file to write; stdout otherwise
cli-help-export-labels = Labels as column names instead of field names
cli-help-export-bom = Begin with a byte order mark, so that spreadsheets read Chinese
cli-help-print = Print a quote, order or contract
cli-help-print-json = Print its records as JSON instead: the document, its lines, the own company
cli-help-print-format = html or text; by the file name otherwise, text on stdout
cli-help-print-output = The file to write; stdout otherwise
cli-help-print-object = The object: quote, order or contract
cli-help-schema = Show, check or apply the field schema
cli-help-schema-show = Show the objects, or the fields of one
cli-help-schema-show-builtin = Print the built-in schema files
cli-help-schema-check = Check a schema file; every mistake is told with its place
cli-help-schema-diff = Show what applying a schema would change in the store
cli-help-schema-diff-file = The schema file; without, the one that the settings name
cli-help-schema-apply = Put a schema file in force
cli-help-schema-apply-file = The schema file; without, the one that the settings name
cli-help-schema-apply-allow-loss = Also make changes that lose data (after a backup)
cli-help-schema-views = Print SQL of views for other tools: labels, amounts and titles in place of keys and ids
cli-help-config = Where the settings are, whether they are right, what there is to set
cli-help-config-path = Print the path of the configuration
cli-help-config-check = Check the configuration; every mistake is told with its place
cli-help-config-default = Print a commented configuration with every default
cli-help-config-default-write = Write it to its place, unless there is one already
cli-help-backup = Copy the store to a new file, also while it is in use
cli-help-restore = Put a backup in the place of the store; the old one is kept beside it
cli-help-doctor = Check the store and tell the facts of settings and terminal
cli-help-doctor-fix = Remove the content of attached files that nothing can bring back
cli-help-completions = Print completions for a shell
cli-help-completions-shell = The shell
cli-examples =
    Examples:
      tcrm demo
      tcrm init
      tcrm import customer customers.csv
      tcrm search huaxin
      tcrm list customer level:A --sort -updated_at
cli-examples-list =
    Examples:
      tcrm list customer
      tcrm list customer level:A "updated:<-30d" --sort -updated_at --limit 20
      tcrm list opportunity "stage:won close_date:2026-11" --columns name,amount --csv
      tcrm list customer --limit 0 --ids
      tcrm list customer -level:A city:北京
cli-examples-show =
    Examples:
      tcrm show customer C-000001
      tcrm show customer 华信科技 --json
cli-examples-search =
    Examples:
      tcrm search 华信
      tcrm search hxkj --object customer
      tcrm search 138001 --json
cli-examples-add =
    Examples:
      tcrm add customer name=华信科技 level=A phone=010-65512345
      tcrm add task subject="send quote" due=+3d --json
cli-examples-set =
    Examples:
      tcrm set customer C-000001 level=B city=北京
      tcrm set customer C-000001 remark=
cli-examples-rm =
    Examples:
      tcrm rm contact 00BK3Q0Z6V1RG --dry-run
      tcrm rm customer C-000001
cli-examples-do =
    Examples:
      tcrm do log customer C-000001 --comment "call: wants a quote; next fri 15:00 send quote"
      tcrm do complete task 00BK3Q0Z6V1RG --comment done
      tcrm do convert lead 李芳
      tcrm do advance opportunity ERP
      tcrm do lose opportunity ERP loss_reason=price --comment "too dear"
      tcrm do assign customer C-000001 owner=lisi
cli-examples-import =
    Examples:
      tcrm import customer customers.csv --dry-run
      tcrm import customer customers.csv --on-duplicate update
      tcrm import opportunity deals.csv --map name=product --map customer=account --create-references
      tcrm import customer accounts.csv --value industry:technolgy=technology
      tcrm import customer old.csv --encoding gb18030 --delimiter tab
      tcrm import --undo 1234
cli-examples-export =
    Examples:
      tcrm export customer -o customers.csv --bom
      tcrm export opportunity stage:won --format jsonl
cli-examples-schema =
    Examples:
      tcrm schema show customer
      tcrm schema check schema.toml
      tcrm schema apply schema.toml
      tcrm schema views > views.sql && sqlite3 -init views.sql crm.tcrm
cli-examples-config =
    Examples:
      tcrm config default --write
      tcrm config check
cli-examples-backup =
    Examples:
      tcrm backup crm-2026-11-22.db
cli-examples-demo =
    Examples:
      tcrm demo
      tcrm demo --customers 5000 --seed 7
cli-examples-init =
    Examples:
      tcrm init
      tcrm --store try.db init --demo 200
cli-examples-history =
    Examples:
      tcrm history
      tcrm history customer C-000001 --limit 10
      tcrm history --json
cli-examples-board =
    Examples:
      tcrm board
      tcrm board renewal --json
      tcrm board --filter "owner:me close_date:this-month" --csv
cli-examples-edit =
    Examples:
      tcrm edit customer C-000001
      EDITOR=nano tcrm edit task 00BK3Q0Z6V1RG
cli-examples-undo =
    Examples:
      tcrm undo
      tcrm undo --json
cli-examples-redo =
    Examples:
      tcrm redo
cli-examples-revert =
    Examples:
      tcrm history --limit 5                   the numbers stand behind #
      tcrm revert 1234
cli-examples-print =
    Examples:
      tcrm print quote Q-202611-0001
      tcrm print quote Q-202611-0001 -o quote.html
      tcrm print order SO-202611-0001 --json
cli-examples-schema-show =
    Examples:
      tcrm schema show
      tcrm schema show customer
      tcrm schema show --builtin
cli-examples-schema-views =
    Examples:
      tcrm schema views > views.sql && sqlite3 -init views.sql crm.tcrm
cli-examples-schema-check =
    Examples:
      tcrm schema check schema.toml
cli-examples-schema-diff =
    Examples:
      tcrm schema diff
      tcrm schema diff schema.toml --json
cli-examples-schema-apply =
    Examples:
      tcrm schema apply
      tcrm schema apply schema.toml --allow-loss
cli-examples-config-path =
    Examples:
      vi "$(tcrm config path)"
cli-examples-config-check =
    Examples:
      tcrm config check
      tcrm --config other.toml config check
cli-examples-config-default =
    Examples:
      tcrm config default --write
cli-examples-restore =
    Examples:
      tcrm restore crm-2026-11-22.db
cli-examples-doctor =
    Examples:
      tcrm doctor
      tcrm doctor --fix
      tcrm doctor --json
cli-examples-completions =
    Examples:
      tcrm completions bash > ~/.local/share/bash-completion/completions/tcrm
      tcrm completions zsh > ~/.zfunc/_tcrm
cli-error = Error: { $text }
cli-cancelled = Stopped.
cli-output = Output failed: { $reason }
cli-lang = There is no language "{ $tag }"; write zh-CN or en
cli-no-home = No home folder is known; name files with --config and --store
cli-no-store = There is no store at { $path }. Create one with: tcrm init
cli-no-backup = There is no backup at { $path }
cli-not-utf8 = { $path }:{ $line }: not UTF-8; save the file as UTF-8
cli-no-object-near = There is no object "{ $name }": did you mean { $near }? There are: { $names }
cli-no-object = There is no object "{ $name }". There are: { $names }
cli-assignment = "{ $text }" is no FIELD=VALUE
cli-list-hidden = No room for: { $columns } (--columns chooses)
cli-list-more = { $shown } shown; there are more (--limit 0 shows all)
cli-exported = { $number } records written to { $path }
cli-search-none = Nothing found for "{ $text }"
cli-head-object = Object
cli-head-id = Id
cli-head-code = Code
cli-head-title = Title
cli-head-detail = Detail
cli-head-name = Name
cli-head-label = Label
cli-head-fields = Fields
cli-head-aliases = Also
cli-head-type = Type
cli-head-of = Of
cli-head-required = Required
cli-head-group = Group
cli-deed-create = created
cli-deed-update = changed
cli-deed-delete = deleted
cli-added = Added { $what }
cli-changed = Changed { $what }
cli-unchanged = Nothing to change on { $what }
cli-done = Done: { $what }
cli-made = Made { $what } of { $of }
cli-deleted = { $number } deleted, { $along } more touched. tcrm undo takes it back
cli-delete-cascades = Deleted along: { $number } { $what }
cli-delete-clears = References emptied: { $number } { $what }
cli-delete-restricts = In the way: { $number } { $what }
cli-delete-alone = Nothing else depends on it
cli-do-comment = log needs --comment with what happened
cli-do-fields = { $action } takes no field values
cli-undone = Undone: { $what } ({ $touched } touched)
cli-redone = Done again: { $what } ({ $touched } touched)
cli-reverted = Taken back: number { $txn }, { $touched } records
cli-edit-unchanged = Nothing changed
cli-edit-errors = Not saved: the errors are still there. Your text is kept in { $path }
cli-editor = The editor "{ $command }" failed: { $reason }
cli-import-what = Name an object and a file, or --undo N
cli-import-value = "{ $text }" is not of the form FIELD:FROM=TO
cli-import-value-field = No column goes to { $field }, so none of its values can be replaced
cli-import-broken = The rows up to line { $line } are in the store. When the cause is gone, import the file again with --on-duplicate skip
cli-import-read-as = Read as { $encoding }, columns separated by { $delimiter }
cli-import-mapped = Columns: { $pairs }
cli-import-unmapped = Left out (no such field): { $columns }
cli-import-repeated = Left out: column { $number } "{ $column }", since another column goes to { $field } already (--map { $field }={ $number } takes this one)
cli-do-stopping = Stopping; nothing will have been changed. Ctrl-C again waits no longer
cli-import-stopping = Stopping after the batch under way; Ctrl-C again stops at once
cli-import-line = line { $line }: { $reason }
cli-import-more = … and { $number } more
cli-import-done = { $created } created, { $updated } changed, { $skipped } skipped, { $rejected } refused
cli-import-dry = Dry run, nothing written: { $created } to create, { $updated } to change, { $skipped } to skip, { $rejected } refused
cli-import-errors = Refused rows are in { $path }: put them right and import that file
cli-import-undo = Take it all back with: tcrm import --undo { $number }
cli-search-preparing = Preparing the search…
cli-import-stopped = Stopped after line { $line }; continue with --from-line { $next }
cli-progress = { $rows } rows, { $rate }/s
cli-progress-of = { $rows } rows, { $rate }/s, { $percent } %, { $left } left
cli-schema-good = The schema is right: { $objects } objects, { $fields } fields
cli-schema-backup = The store as it was is kept in { $path }
cli-schema-applied = The schema is in force; { $number } changes made
cli-schema-waits = { $number ->
    [one] 1 change of your schema could lose data and waits
   *[other] { $number } changes of your schema could lose data and wait
}: see tcrm schema diff, then tcrm schema apply --allow-loss ({ $path })
cli-schema-diff = { $number } changes, { $lossy } of which could lose data (marked !)
cli-config-written = The settings are at { $path }
cli-config-good = { $path } is right
cli-config-none = There is no { $path }; the defaults are in force
cli-init-exists = There is a file at { $path } already; it was left as it is
cli-init-done = The store is at { $path }. Next: tcrm import customer FILE.csv
cli-init-demo-done = The store is at { $path }, filled with made-up data. Next: { $next }
cli-backup-exists = There is a file at { $path } already; name a new one
cli-backup-done = Backup written to { $path }
cli-restore-done = { $path } now holds { $from }
cli-restore-kept = What was there before is kept in { $path }
cli-doctor-version = Version
cli-doctor-config = Configuration
cli-doctor-language = Language
cli-doctor-zone = Time zone
cli-doctor-terminal = Terminal
cli-doctor-locale = Locale
cli-doctor-store = Store
cli-doctor-size = Size
cli-doctor-records = Records
cli-doctor-search = Search ready after
cli-doctor-good = Everything is as it should be.
cli-doctor-fixed = { $number } contents of attached files removed, { $size } MiB
cli-doctor-none = none
cli-no-terminal = The interface needs a terminal; commands such as tcrm list work without one
cli-terminal = The terminal failed: { $reason }
cli-theme = There is no theme "{ $name }": name a theme file or one of { $names }
cli-begin =
    There is no data yet. It will be kept in { $path }
      1  start empty
      2  start with sample data
      3  import a file of customers (CSV)
cli-begin-choice = 1, 2 or 3, then Enter (Enter alone leaves):
cli-begin-file = The file's name, then Enter (Enter alone goes back):
cli-begin-none = There is no choice “{ $typed }”.
cli-begin-sample = Sample data, seen as nobody in particular: tcrm --as { $user } works as one of its people
cli-begin-go-on = Enter opens the interface:
cli-board-count = Count
cli-board-currency = Currency
cli-board-stage = Stage
cli-board-sum = Sum
cli-board-type = Type
cli-board-weighted = Weighted
cli-no-pipeline = There is no pipeline { $name }. There are: { $known }
cli-no-report = There is no report { $name }. There are: { $known }
cli-help-agenda = Show what happens and is to be done: activities, tasks and reminders by time
cli-help-agenda-from = The first day, such as 2026-11-22, today, mon; without it from today, with what is overdue
cli-help-agenda-to = The last day; a week unless given
cli-help-agenda-done = Also what is done
cli-help-agenda-csv = Print CSV
cli-help-agenda-ics = Write a calendar file (iCalendar) for other programs; - for standard output
cli-help-agenda-log = Print a work log drafted from what was done on these days
cli-help-remind = Show what is due, or deal with a reminder
cli-help-remind-due = Due until then: a day or time, such as today, +3d, fri 15:00; now unless given
cli-help-remind-limit = The most reminders
cli-help-remind-snoozed = Also those that are put off
cli-help-remind-count = Print their number only, with a + if there are more than --limit
cli-help-remind-csv = Print CSV
cli-help-remind-exit-code = Exit with 1 if nothing is due
cli-help-remind-done = Note that this reminder is done (a task is completed)
cli-help-remind-considered = Note that nothing need be done about this reminder
cli-help-remind-snooze = Put this reminder off
cli-help-remind-until = Until when: +3d, next fri, 下周五 15:00; a day unless given
cli-help-plan = Show how far the sales plans of a year are reached
cli-help-plan-year = The year; this one unless given
cli-help-plan-by = Added up by: person, department or product
cli-help-plan-csv = Print CSV
cli-help-arg-of = Whose: me, team, everyone, or a user
cli-examples-agenda =
    Examples:
      tcrm agenda
      tcrm agenda --from today --to +14d --of team --json
      tcrm agenda --to +30d --ics ~/calendar/tcrm.ics
      tcrm agenda --from -6d --to today --log
cli-examples-remind =
    Exit codes: 0 the answer was given, whether something is due or not; with --exit-code 1 if nothing is.
    Examples:
      tcrm remind
      tcrm remind --count                      for a status bar
      tcrm remind --exit-code --due today --count && notify-send "tcrm"
      tcrm remind --snooze no_touch/123/2026-11-01 --until "next fri"
cli-examples-plan =
    Examples:
      tcrm plan --by person
      tcrm plan --year 2026 --csv
cli-help-report = Show the reports there are, or the figures of one
cli-help-report-name = Its name; without one, all are listed
cli-help-report-from = The first day, such as 2026-01-01, today, -30d; without it from the beginning
cli-help-report-to = The last day
cli-help-report-filter = Only the records that match
cli-help-report-csv = Print CSV
cli-examples-report =
    Examples:
      tcrm report
      tcrm report won --from 2026-01-01 --to today
      tcrm report funnel --filter owner:me --json
      tcrm report orders --csv
cli-agenda-more = More than { $limit } of a kind: ask for fewer days
cli-agenda-ics = { $number } entries written to { $path }
cli-agenda-due = When
cli-agenda-state = State
cli-agenda-kind = Kind
cli-agenda-text = What
cli-agenda-about = About
cli-agenda-owner = Owner
cli-agenda-key = Reminder
cli-agenda-done = done
cli-agenda-overdue = overdue
cli-agenda-open = open
cli-remind-key = `{ $key }` names no reminder: `tcrm remind` shows the names
cli-remind-snoozed = Put off until { $at }
cli-remind-dealt = Noted
cli-plan-period = Period
cli-plan-measure = Measure
cli-plan-for = For
cli-plan-target = Target
cli-plan-reached = Reached
cli-plan-percent = %
cli-plan-currency = Currency
cli-plan-count = Records

# Mistakes in the arguments
cli-help-heading-usage = Usage:
cli-help-heading-commands = Commands
cli-help-heading-arguments = Arguments
cli-help-heading-options = Options
cli-help-heading-global = Global options
cli-help-env = [env: { $value }]
cli-help-default = [default: { $value }]
cli-help-possible = [possible values: { $value }]
cli-help-alias = [alias: { $value }]
cli-help-arg-help = Print help
cli-help-arg-version = Print version
cli-usage-error = error: { $what }
cli-usage-unknown = there is no argument “{ $arg }”
cli-usage-command = there is no command “{ $command }”
cli-usage-subcommand = “{ $command }” needs one more word
cli-usage-missing = missing: { $arg }
cli-usage-empty = “{ $arg }” needs a value
cli-usage-value = “{ $value }” is no value for “{ $arg }”
cli-usage-conflict = “{ $arg }” can't be used with “{ $other }”
cli-usage-twice = “{ $arg }” can be given once only
cli-usage-meant = Did you mean: { $meant }
cli-usage-values = Possible values: { $values }
cli-usage-usage = Usage: { $usage }
cli-usage-more = For more, use --help.
cli-help-schema-export = Print the store's own TOML: what was changed of the built-in schema
cli-help-schema-export-output = Write it to this file
cli-help-schema-edit = Edit the store's own TOML in $EDITOR, check it, and put it in force
cli-help-schema-set = Change or add one entry of the schema in force
cli-help-schema-set-path = The entry: dictionaries.level.items.S, objects.customer.fields.iso, numbers.order, settings …
cli-help-schema-set-values = What it says: zh, en, type, required … nothing after = takes it back
cli-help-schema-unset = Take one entry out of the schema in force
cli-help-schema-unset-path = The entry: dictionaries.level.items.S, objects.customer.fields.iso …
cli-help-arg-allow-loss = Also make changes that lose data (after a backup)
cli-help-arg-dry-run = Only show what would change
cli-examples-schema-export =
    Examples:
      tcrm schema export -o schema.toml
cli-examples-schema-edit =
    Examples:
      tcrm schema edit
      tcrm schema edit --dry-run
cli-examples-schema-set =
    Examples:
      tcrm schema set dictionaries.level.items.S zh="S 战略" en="S strategic" color=red
      tcrm schema set objects.customer.fields.iso zh=认证 en=Certificate type=text group=basic
      tcrm schema set numbers.order pattern="D{"{"}yyyy{"}"}-{"{"}serial:5{"}"}" gap_free=yes --dry-run
cli-examples-schema-unset =
    Examples:
      tcrm schema unset dictionaries.level.items.S --dry-run
cli-schema-edited = { $path } was changed, but so was the schema of the store since it was taken over: it is left alone. tcrm schema diff FILE shows the difference, tcrm schema apply FILE takes the file, tcrm schema export prints what is in force
cli-schema-loses = Nothing was changed: records would keep choices that are gone. Add --allow-loss if that is meant.
cli-schema-dry-run = Nothing was changed: it was only a look.
cli-schema-path = `{ $path }` is no entry of a schema: write it as in the TOML, such as dictionaries.level.items.S or objects.customer.fields.phone

# servers
cli-help-arg-url = Work on the server at this address, whatever the profile says
cli-help-serve = Serve a store to others over HTTP, until a signal stops it
cli-help-serve-file = The store; the one of the settings otherwise
cli-help-serve-listen = Where to listen: ADDRESS:PORT; a port alone is this machine only
cli-help-serve-cert = The certificate chain for HTTPS, as PEM
cli-help-serve-key = Its private key, as PEM
cli-help-serve-plain = Speak plain HTTP to other machines: only where something else encrypts it
cli-help-serve-open = Let in whoever has no password (this machine only)
cli-help-serve-log = What is logged on stderr: text (failures, refusals, what is slow), json (every request) or none
cli-help-serve-rate = Requests a second of one token; 0 for any number
cli-help-serve-timeout = Seconds that a request may take
cli-help-serve-demo = Serve a throw-away store of made-up data of N customers
cli-help-serve-latency = For testing clients: let every answer come so many milliseconds later
cli-help-serve-errors = For testing clients: let so many of a hundred requests go wrong
cli-help-login = Sign in at the server of --url or the profile, and keep its token
cli-help-logout = Sign out at the server, and forget the token
cli-help-api = Ask the server by method and path, and print its answer
cli-help-api-method = GET, POST, PUT, PATCH or DELETE
cli-help-api-path = The path, with or without /api/v1 in front
cli-help-api-data = The body: JSON, @FILE, or - for standard input
cli-help-api-include = Print the status and the head too
cli-help-api-raw = Print the body as it came
cli-help-conformance = Hold a server against the API’s contract; what that makes is removed again
cli-help-conformance-server = The server’s address; that of --url or the profile otherwise
cli-help-conformance-junit = Write the report to this file for build servers
cli-examples-serve =
    Examples:
      tcrm serve                                          this machine, https in front of it or an SSH tunnel
      tcrm serve --listen 0.0.0.0:8377 --cert crm.pem --key crm.key
      tcrm serve --demo 1000                              made-up data to try a client on
      tcrm serve --demo --latency 200 --errors 5          a difficult one
cli-examples-login =
    Examples:
      tcrm --url https://crm.example.com --as zhangsan login
      tcrm --profile team login                           with url and user in the configuration
cli-examples-logout =
    Example:
      tcrm --profile team logout
cli-examples-api =
    Examples:
      tcrm --profile team api GET '/objects/customer/records?filter=level:A&limit=3'
      tcrm api POST /objects/customer/records -d @new.json
cli-examples-conformance =
    Example:
      tcrm conformance http://127.0.0.1:8377 --junit report.xml
cli-only-local = This works on the store’s file itself: do it on the machine that has it, or name one with --store
cli-not-signed-in = You are not signed in at { $url }: tcrm login
cli-token-file = The token can’t be kept in or read from { $path }: { $reason }
cli-token-open = { $path } holds a secret and others can read it: chmod 600 { $path }
cli-which-server = Which server? Give --url, or a profile that has one
cli-token-by-command = The profile’s token_command gives the token: there is nothing to sign in for
cli-signed-in = Signed in at { $url } as { $name } until { $until }; the token is in { $path }
cli-signed-in-keyring = Signed in at { $url } as { $name } until { $until }; the token is in the keyring
cli-keyring = The keyring can’t be used: { $reason }. With secret = "file" in the profile the token is kept in a file that only you can read (0600)
cli-keyring-silent = The keyring doesn’t answer: is it locked? With secret = "file" in the profile the token is kept in a file that only you can read (0600)
cli-keyring-not-built = This tcrm was built without the keyring (cargo build --features keyring). With secret = "file" in the profile the token is kept in a file that only you can read (0600)
cli-signed-out = Signed out at { $url }
cli-no-method = { $name } is no method: GET, POST, PUT, PATCH or DELETE
cli-serve-pair = HTTPS takes both: --cert and --key
cli-serve-address = “{ $text }” is no address to listen at: such as 127.0.0.1:8377
cli-serving = { $path } is served at { $url }; Ctrl-C stops it
cli-conformance-done = { $passed } of { $all } checks passed
cli-no-network = { $url } can’t be worked on: this tcrm was built without the network
