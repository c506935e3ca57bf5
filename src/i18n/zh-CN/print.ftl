# print
print-number = 序号
print-in-words = 大写金额
print-seller = 卖方（签章）：
print-buyer = 买方（签章）：
print-not-document = 只有报价单、合同和订单可以打印。
print-failed = 无法写入 { $path }：{ $reason }
print-written = 已写入 { $path }
