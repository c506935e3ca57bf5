## 离线工作

offline-cache = 本机保存的服务器数据已损坏：请删除后重新获取
offline-folder = 无法使用 { $path } 保存服务器数据：{ $reason }
offline-other-user = 当前登录的不是本机数据所属的用户：请用原用户登录，或使用单独的配置
offline-not-allowed = 您没有此项权限（以服务器上次的答复为准）
offline-needs-server = 此操作需要服务器，目前无法连接
offline-busy = 正在发送离线操作，请稍后再撤销
offline-no-undo = 没有可撤销的离线操作；已在服务器上的操作请在恢复连接后撤销
offline-no-pending = 没有编号为 { $number } 的待发送或被拒绝的更改
offline-no-inbox = 连接服务器期间未取回审批箱，目前无法连接服务器
offline-no-review = 连接服务器期间未取回此审批的全部内容，目前无法连接服务器
offline-decided = 您已作出决定，待服务器可用时发送
offline-in-inbox = 没有服务器时，只能在审批箱中对上次连接时已有的事项操作
offline-put-down = 服务器可用时发送
offline-no-file = 本机没有打开过 { $name }，且目前无法连接服务器
offline-no-redo = 重做需要服务器，目前无法连接；在本机撤销的内容可以手动重新操作
offline-no-import = 导入需要服务器，目前无法连接：未导入任何数据
offline-keep-unknown = [keep] { $object }：服务器上没有这种对象
offline-keep-unreadable = [keep] { $object }：无法识别“{ $filter }”，因此不保存该对象；可用 tcrm list { $object } 试验
offline-not-amended = 操作只能重试或放弃
offline-unsure = 很久以前已发送但未收到答复，服务器已不记得是否做过：请先查看记录，再决定重新发送或放弃

## tcrm sync

cli-help-sync = 发送离线时所做的更改并取回服务器上的变化；列出需要决定的更改
cli-help-sync-retry = 重新发送被拒绝的更改
cli-help-sync-discard = 放弃更改：保留服务器上的内容
cli-help-sync-mine = 双方都改过的字段，采用我的值
cli-help-sync-theirs = 双方都改过的字段，采用对方的值
cli-help-sync-amend = 修改字段值后重新发送被拒绝的更改
cli-help-sync-fields = 新的字段值
cli-examples-sync =
    示例：
      tcrm sync
      tcrm sync --mine 12 --discard 14
      tcrm sync --amend 15 电话=13900001111
cli-sync-off = 本机未保存服务器数据：请在配置中设置 offline.enabled = true
cli-synced = 已与服务器一致：发送 { $sent } 项，取回 { $received } 条记录
cli-sync-away = { $why }。{ $waiting } 项更改待发送
cli-sync-signed-out = { $why }。{ $waiting } 项更改待发送
cli-sync-decide = 请用 --mine N、--theirs N、--retry N、--amend N 字段=值 或 --discard N 决定
sync-number = 编号
sync-what = 操作
sync-record = 记录
sync-state = 状态
sync-why = 原因
sync-create = 新建
sync-change = 修改
sync-delete = 删除
sync-act = 操作
sync-waiting = 待发送
sync-held = 等待前一项
sync-conflict = 他人也改过
sync-rejected = 被拒绝
sync-both = { $field }：我的 { $mine }，对方 { $theirs }

## 界面

sync-online = 在线
sync-connecting = 连接中
sync-away = 离线
sync-away-since = 离线（自 { $time }）
sync-signed-out = 未登录
sync-count-waiting = { $count } 项待发送
sync-count-conflicts = { $count } 项待决定
sync-count-rejected = { $count } 项被拒绝
sync-title = 尚未到服务器的更改
sync-none = 您的所有更改都已在服务器上
sync-local = 这是本机的数据文件，没有需要发送的服务器
sync-keys = Enter 决定 · r 重试 · d 放弃 · e 修改 · s 同步 · Esc
sync-settled = 已处理；服务器可用时发送
sync-done = 已与服务器一致：发送 { $sent } 项，取回 { $received } 条
sync-give-up = 放弃这项更改？您填写的内容将丢失
sync-give-up-yes = 放弃
sync-give-up-no = 保留
sync-not-refused = 此处只修改被拒绝的更改；待发送的请直接在记录中修改
sync-no-form = 操作和删除没有可修改的表单：可重试（r）或放弃（d）
sync-amended-sent = 已修改并送达服务器
sync-amended = 已修改；服务器可用时发送
sync-counted-here = { $value }（本机）
