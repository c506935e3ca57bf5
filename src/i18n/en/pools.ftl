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
pool-wait = { $pool }: who had it waits { $days } days. You can claim it again on { $until }.
pool-per-day = { $pool }: you have claimed the { $most } of today.
pool-capacity = { $pool }: you have { $has } of the { $most } that a person may have. Release one first.
pool-capacity-of = { $pool }: { $who } has { $has } of the { $most } that a person may have.
pool-warning = Goes back to the pool
pool-warning-touch = : no follow-up, back to { $pool } on { $day }
pool-warning-deal = : no deal, back to { $pool } on { $day }
