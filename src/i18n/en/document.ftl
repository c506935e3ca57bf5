# documents
document-no-rate = { $currency } has no exchange rate to { $base }: add one to the exchange rates, or enter it here
document-days = It can't be before { $from }
document-closed = The document isn't open for changes any more: take it back to draft first
document-has-lines = The lines were entered with the former value: remove them first
document-currency = It must be in { $currency }: write { $currency } before the amount
