# print
print-number = No.
print-in-words = In words
print-seller = Seller:
print-buyer = Buyer:
print-not-document = Only quotes, contracts and orders can be printed.
print-failed = Can't write { $path }: { $reason }
print-written = Written to { $path }
