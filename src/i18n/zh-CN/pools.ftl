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
cli-help-sweep = 把负责人太久没有照管的记录收回公海，转交逾期的审批
cli-help-sweep-dry-run = 只说明会收回什么，不做修改
cli-examples-sweep =
    示例：
      tcrm sweep --dry-run
      tcrm sweep
cli-sweep-pool = 公海
cli-sweep-title = 记录
cli-sweep-owner = 负责人
cli-sweep-since = 自
cli-sweep-reason = 原因
cli-sweep-no-touch = 未跟进
cli-sweep-no-deal = 未成交
cli-sweep-of = { $pool }：未跟进 { $touch } 条，未成交 { $deal } 条
cli-sweep-none = 没有启用的公海会收回记录。见 `tcrm list pool`。
cli-sweep-nothing = 没有需要收回的记录。
cli-sweep-dry = { $number } 条会退回公海。未做修改。
cli-sweep-dry-votes = { $number } 条会退回公海，{ $votes } 项逾期审批会转交。未做修改。
cli-sweep-passed = { $votes } 项逾期审批已转交。可用 `tcrm revert { $txn }` 撤销。
cli-sweep-done = { $number } 条已退回公海。可用 `tcrm revert { $txn }` 撤销。
cli-sweep-done-votes = { $number } 条已退回公海，{ $votes } 项逾期审批已转交。可用 `tcrm revert { $txn }` 撤销。
cli-help-renumber = 按现在的编码规则重新编号；不加 --apply 只显示
cli-help-renumber-object = 对象
cli-help-renumber-filter = 哪些记录；不写为全部
cli-help-renumber-all = 编码已符合规则的也重新编号，消除断号
cli-help-renumber-apply = 执行，作为一次可撤销的修改
cli-examples-renumber =
    示例：
      tcrm renumber customer
      tcrm renumber customer region:北京 --all --apply
cli-renumber-from = 原编码
cli-renumber-to = 新编码
cli-renumber-title = 记录
cli-renumber-dry = 按规则 { $rule }，{ $changed } 个编码会改变，{ $kept } 个不变。加 --apply 执行。
cli-renumber-done = 已改变 { $changed } 个编码，{ $kept } 个不变。可用 `tcrm revert { $txn }` 撤销。
cli-sweep-more = 只显示了前 { $shown } 条。
pools-none = 没有公海规则，没有负责人的记录任何人都可以领取。按 a 新建。
pools-free = 可领取 { $number } 条
pools-mine = 我的 { $mine }，今天已领 { $today }
pools-wait = 原负责人等待 { $days } 天
pools-recycles = 自动回收闲置记录
pools-keeps = 不自动回收
pools-administrator = 您是管理员
sweep-none = 没有启用的公海会收回记录。
sweep-nothing = 没有需要收回的记录。
sweep-more = 另有 { $number } 条
sweep-ask = 收回 { $number } 条？y 是，n 否
sweep-ask-votes = 收回 { $number } 条，转交 { $votes } 项逾期审批？y 是，n 否
sweep-passed-on = { $flow }：{ $title } 逾期，由 { $from } 转交 { $to }
sweep-doing = 正在收回 …
sweep-close = Esc 关闭
sweep-done = { $number } 条已退回公海，可以撤销。
sweep-done-votes = { $number } 条已退回公海，{ $votes } 项逾期审批已转交，可以撤销。
sweep-passed-today = 今天有 { $votes } 项逾期审批转交。
sweep-done-today = 今天有 { $number } 条退回公海。
sweep-both-today = 今天有 { $number } 条退回公海，{ $votes } 项逾期审批转交。
sweep-failed = 当日清理失败：{ $why }
pool-claim-first = “{ $pool }”隐藏了部分内容，请先领取。
