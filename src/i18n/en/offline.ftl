## Working without a network

offline-cache = What is kept here of the server’s data is damaged: remove it, and it is fetched anew
offline-folder = { $path } can’t be used to keep data of the server: { $reason }
offline-other-user = You are signed in as somebody else than the one whose data is kept here: sign in again as that user, or use a profile of its own
offline-not-allowed = You may not do this, as the server said when it was there last
offline-needs-server = This needs the server, which is out of reach
offline-busy = What was done here is being sent just now: take it back in a moment
offline-no-undo = Nothing that was done without the server is left to be taken back; what is on the server can be taken back when it is there again
offline-no-pending = Nothing of the number { $number } waits or was refused
offline-no-inbox = The inbox wasn’t fetched while the server was there: it is out of reach now
offline-no-review = All there is to this approval wasn’t fetched while the server was there: it is out of reach now
offline-decided = You have decided on this already: it is sent when the server is there
offline-in-inbox = Without the server this can be done in the inbox of approvals only, with what was there when it was last in reach
offline-put-down = it is sent when the server is there
offline-no-file = { $name } wasn’t opened here before, and the server is out of reach
offline-no-redo = Doing again what was taken back needs the server, which is out of reach; what you took back here can be done anew by hand
offline-no-import = Importing needs the server, which is out of reach: nothing was imported
offline-keep-unknown = [keep] { $object }: the server has no such object
offline-keep-unreadable = [keep] { $object }: “{ $filter }” can’t be read, so nothing of it is kept; try it with tcrm list { $object }
offline-not-amended = An action can only be tried again or given up
offline-unsure = It was sent long ago without an answer, and the server doesn’t know any more whether it was done: look at the record, then send it again or give it up

## tcrm sync

cli-help-sync = Send what was done without a network and take in what changed; show what is to be decided
cli-help-sync-retry = Send a refused change again
cli-help-sync-discard = Give a change up: what stands on the server stays
cli-help-sync-mine = Of what both changed, keep what I put there
cli-help-sync-theirs = Of what both changed, keep what they put there
cli-help-sync-amend = Send a refused change with other values
cli-help-sync-fields = The other values
cli-examples-sync =
    Examples:
      tcrm sync
      tcrm sync --mine 12 --discard 14
      tcrm sync --amend 15 phone=13900001111
cli-sync-off = Nothing of the server’s data is kept here: set offline.enabled = true in the configuration
cli-synced = { $received ->
    [one] As on the server: { $sent } sent, 1 record taken in
   *[other] As on the server: { $sent } sent, { $received } records taken in
}
cli-sync-away = { $why }. { $waiting } { $waiting ->
    [one] change waits
   *[other] changes wait
} to be sent
cli-sync-signed-out = { $why }. { $waiting } { $waiting ->
    [one] change waits
   *[other] changes wait
} to be sent
cli-sync-decide = Decide with --mine N, --theirs N, --retry N, --amend N FIELD=VALUE or --discard N
sync-number = No.
sync-what = What
sync-record = Record
sync-state = State
sync-why = Why
sync-create = new
sync-change = change
sync-delete = deletion
sync-act = action
sync-waiting = waiting
sync-held = held by one before it
sync-conflict = changed by others too
sync-rejected = refused
sync-both = { $field }: mine { $mine }, theirs { $theirs }

## The interface

sync-online = online
sync-connecting = connecting
sync-away = offline
sync-away-since = offline since { $time }
sync-signed-out = signed out
sync-count-waiting = { $count } waiting
sync-count-conflicts = { $count } to decide
sync-count-rejected = { $count } refused
sync-title = Changes that aren’t on the server
sync-none = Everything you did is on the server
sync-local = This is a store of this machine: there is no server to send to
sync-keys = Enter decide · r again · d give up · e mend · s sync · Esc
sync-settled = Done; it is sent when the server is there
sync-done = As on the server: { $sent } sent, { $received } taken in
sync-give-up = Give this change up? What you put in is lost
sync-give-up-yes = Give up
sync-give-up-no = Keep
sync-not-refused = Only what was refused is mended here; what waits is changed in the record itself
sync-no-form = An action or a deletion has no form to mend: try it again (r), or give it up (d)
sync-amended-sent = Mended, and on the server now
sync-amended = Mended; it is sent as soon as the server is there
sync-counted-here = { $value } (here)
