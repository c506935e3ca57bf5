# documents
document-no-rate = { $currency } has no exchange rate to { $base }: add one to the exchange rates, or enter it here
document-days = It can't be before { $from }
document-closed = The document isn't open for changes any more: take it back to draft first
document-has-lines = The lines were entered with the former value: remove them first
document-currency = It must be in { $currency }: write { $currency } before the amount
document-made-already = It has been made of this document already.
document-nothing-to-plan = Everything that is to be paid is planned already.
document-too-late = The last instalment would be due beyond the calendar.
document-more-than-open = More than is open: { $open }
