# pools
pool-days = 无法识别“{ $text }”。请写级别和天数（1 到 { $max }，- 为不回收）：A=14 B=30
pool-no-level = 此对象没有级别，请留空。
pool-level = 没有级别“{ $text }”。有：{ $known }
pool-words = 公海的范围用字段说明，不用搜索词：写 name:华信 而不是 华信。
pool-no-field-near = 没有字段 { $field }。是否指 { $near }？
pool-shown = { $field } 不能隐藏。
pool-broken = 公海“{ $pool }”的规则无法识别：{ $why }
pool-member = 只有“{ $pool }”的成员可以领取。
pool-assign = 只有“{ $pool }”的管理员可以分配。
pool-wait = “{ $pool }”规定原负责人等待 { $days } 天，{ $until } 起您可以再次领取。
pool-per-day = “{ $pool }”：您今天已领满 { $most } 条。
pool-capacity = “{ $pool }”：每人最多 { $most } 条，您已有 { $has } 条，请先退回一条。
pool-capacity-of = “{ $pool }”：每人最多 { $most } 条，{ $who }已有 { $has } 条。
pool-warning = 即将退回公海
pool-warning-touch = ：未跟进，{ $day } 退回“{ $pool }”
pool-warning-deal = ：未成交，{ $day } 退回“{ $pool }”
