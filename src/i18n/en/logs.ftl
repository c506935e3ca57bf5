# logs
store-check-journal-changed = The journal was changed by other means: transaction #{ $txn } of { $at } is not as it was written, { $number } in all. Compare it with a backup
store-check-journal-cut = The journal was changed by other means: transaction #{ $txn }, which was there at { $at }, is gone or another one now. Compare it with a backup
store-check-events-changed = The log of events was changed by other means: event { $event } of { $at } is not as it was written, { $number } in all
