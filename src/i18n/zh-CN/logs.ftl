# 日志
store-check-journal-changed = 变更日志被别的途径改动过：事务 #{ $txn }（{ $at }）与写入时不符，共 { $number } 处。请与备份核对
store-check-journal-cut = 变更日志被别的途径改动过：{ $at } 时存在的事务 #{ $txn } 已不在或被替换。请与备份核对
store-check-events-changed = 事件日志被别的途径改动过：事件 { $event }（{ $at }）与写入时不符，共 { $number } 处
