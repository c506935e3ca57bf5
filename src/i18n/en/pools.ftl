# pools
pool-days = { $text } can't be read. Write a level and its days, 1 to { $max } or - for never: A=14 B=30
pool-no-level = This object has no level: leave it empty.
pool-level = There is no level { $text }. There are: { $known }
pool-words = A pool is described by fields, not by words to search for: name:华信 instead of 华信.
pool-no-field-near = There is no field { $field }. Do you mean { $near }?
pool-shown = { $field } can't be hidden.
pool-broken = The rules of the pool { $pool } can't be read: { $why }
pool-member = Only the members of { $pool } claim from it.
pool-assign = Only the administrators of { $pool } assign from it.
pool-wait = { $days ->
    [one] { $pool }: who had it waits 1 day. You can claim it again on { $until }.
   *[other] { $pool }: who had it waits { $days } days. You can claim it again on { $until }.
}
pool-per-day = { $pool }: you have claimed the { $most } of today.
pool-capacity = { $pool }: you have { $has } of the { $most } that a person may have. Release one first.
pool-capacity-of = { $pool }: { $who } has { $has } of the { $most } that a person may have.
pool-warning = Goes back to the pool
pool-warning-touch = : no follow-up, back to { $pool } on { $day }
pool-warning-deal = : no deal, back to { $pool } on { $day }
cli-help-sweep = Take back to the pools what owners left alone for too long, pass overdue approvals on
cli-help-sweep-dry-run = Say what would go, change nothing
cli-examples-sweep =
    Examples:
      tcrm sweep --dry-run
      tcrm sweep
cli-sweep-pool = Pool
cli-sweep-title = Record
cli-sweep-owner = Owner
cli-sweep-since = Since
cli-sweep-reason = Reason
cli-sweep-no-touch = no follow-up
cli-sweep-no-deal = no deal
cli-sweep-of = { $pool }: { $touch } without follow-up, { $deal } without a deal
cli-sweep-none = No active pool takes anything back. See `tcrm list pool`.
cli-sweep-nothing = Nothing is to be taken back.
cli-sweep-dry = { $number } would go back to their pools. Nothing is changed.
cli-sweep-dry-votes = { $number } would go back to their pools, { $votes } overdue votes would pass on. Nothing is changed.
cli-sweep-passed = { $votes ->
    [one] 1 overdue vote passed on. `tcrm revert { $txn }` takes that back.
   *[other] { $votes } overdue votes passed on. `tcrm revert { $txn }` takes that back.
}
cli-sweep-done = { $number } went back to their pools. `tcrm revert { $txn }` takes that back.
cli-sweep-done-votes = { $number } went back to their pools, { $votes } overdue votes passed on. `tcrm revert { $txn }` takes that back.
cli-help-renumber = Give records the codes that their number rule makes now; without --apply, show them
cli-help-renumber-object = The object
cli-help-renumber-filter = Which records; all unless given
cli-help-renumber-all = Also those whose code is of the rule's shape: closes gaps
cli-help-renumber-apply = Do it, in one change that can be undone
cli-examples-renumber =
    Examples:
      tcrm renumber customer
      tcrm renumber customer region:北京 --all --apply
cli-renumber-from = From
cli-renumber-to = To
cli-renumber-title = Record
cli-renumber-dry = { $changed } codes would change, { $kept } stay, by the rule { $rule }. Do it with --apply.
cli-renumber-done = { $changed } codes changed, { $kept } stay. `tcrm revert { $txn }` takes that back.
cli-sweep-more = The first { $shown } are shown.
pools-none = There are no pools. Anybody takes what has no owner. Press a to add one.
pools-free = { $number } to claim
pools-mine = mine { $mine }, claimed today { $today }
pools-wait = { $days ->
    [one] previous owners wait 1 day
   *[other] previous owners wait { $days } days
}
pools-recycles = takes idle records back
pools-keeps = takes nothing back
pools-administrator = you administer it
sweep-none = No active pool takes anything back.
sweep-nothing = Nothing is to be taken back.
sweep-more = and { $number } more
sweep-ask = Take { $number } back? y yes, n no
sweep-ask-votes = Take { $number } back, pass { $votes } overdue votes on? y yes, n no
sweep-passed-on = { $flow }: { $title }, overdue, from { $from } to { $to }
sweep-doing = Taking back …
sweep-close = Esc closes
sweep-done = { $number } went back to their pools. It can be undone.
sweep-done-votes = { $number } went back to their pools, { $votes } overdue votes passed on. It can be undone.
sweep-passed-today = { $votes ->
    [one] 1 overdue vote passed on today.
   *[other] { $votes } overdue votes passed on today.
}
sweep-done-today = Today { $number } went back to their pools.
sweep-both-today = Today { $number } went back to their pools, { $votes } overdue votes passed on.
sweep-failed = The sweep of the day failed: { $why }
pool-claim-first = { $pool } hides a part of it: claim it first.
