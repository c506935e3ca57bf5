# 日志
store-check-journal-changed = 变更日志被别的途径改动过：事务 #{ $txn }（{ $at }）与写入时不符，共 { $number } 处。请与备份核对
store-check-journal-cut = 变更日志被别的途径改动过：{ $at } 时存在的事务 #{ $txn } 已不在或被替换。请与备份核对
store-check-events-changed = 事件日志被别的途径改动过：事件 { $event }（{ $at }）与写入时不符，共 { $number } 处
schema-event-days = 最多 { $most } 天，0 表示永久
log-no-object = 没有对象 { $name }
log-no-field = 没有字段 { $name }
log-no-event = { $name } 不是一种事件
log-not-yours = 这里只能记录程序自身所做的事
log-more = 不止这 { $limit } 条：用 --limit N 查看更多
log-events-removed = 已清除 { $number } 条超过保留期的事件
log-certain = 在线
log-uncertain = 在另一台机器上
log-word-user = 用户
log-word-object = 对象
log-word-field = 字段
log-word-day = 日期
log-word-since = 自
log-word-until = 至
log-word-event = 事件类型
log-word-events = 事件
log-word-changes = 变更
log-head-number = 编号
log-head-at = 时间
log-head-user = 用户
log-head-from = 来源
log-head-what = 操作
log-head-object = 对象
log-head-record = 记录
log-head-detail = 详情
log-head-since = 自
log-head-host = 机器
log-head-process = 进程
log-head-certain = 状态
event-sign-in = 登录
event-refused = 拒绝登录
event-sign-out = 退出
event-password = 密码
event-export = 导出
event-print = 打印
event-denied = 越权被拒
event-schema = 更新字段配置
event-backup = 备份
event-restore = 恢复
event-retention = 清除旧事件
event-detail-action = 操作：
event-detail-filter = 条件：
event-detail-count = 数量：
event-detail-format = 格式
event-detail-columns = 字段：
event-detail-file = 文件
event-detail-host = 机器
event-detail-process = 进程
event-detail-started = 启动
event-detail-session = 始于
event-detail-backup = 副本：
event-detail-before = 早于
event-detail-why = 原因
cli-doctor-journal = 变更日志
cli-help-log = 显示谁在何时做了什么：变更与事件，最新的在前
cli-help-log-user = 只看该用户：登录名、姓名，或被拒绝登录时所用的登录名
cli-help-log-object = 只看该对象
cli-help-log-record = 只看该对象的这条记录
cli-help-log-field = 只看该字段的变更
cli-help-log-since = 自该日起：日期、today、-7d、this-month
cli-help-log-until = 至该日止（含当日）
cli-help-log-events = 只看事件：登录、被拒、导出、打印、字段配置、备份
cli-help-log-event = 只看该类事件，可多次给出
cli-help-log-changes = 只看记录的变更
cli-help-log-online = 现在谁在使用本数据
cli-help-log-limit = 最多多少行
cli-examples-log =
    示例：
      tcrm log --user zhangsan --since -7d
      tcrm log --object 客户 --field 级别 --csv
      tcrm log --events --since 本月 --json
      tcrm log --event export --event refused
      tcrm log --online
