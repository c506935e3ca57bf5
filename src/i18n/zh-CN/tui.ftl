# tui
action-not-here = “{ $action }”在这里没有作用
add-in-tab = 请先用 [ 或 ] 打开一个页签，再在其中新建
back-nothing = 没有上一级了。按 { $key } 退出
board-conflict = { $reason } 卡片已回到现在的位置。
board-days = { $days }天
board-elsewhere = 其他阶段
board-empty = 没有卡片
board-in-hand = 正拿着卡片：按 Enter 放下，按 Esc 放回原处
board-moved = { $title }：{ $stage }（{ $key } 撤销）
board-no-order = 本流程没有这张卡片的阶段：按 { $key } 拿起它，再放到合适的列
board-no-stage = 这一边没有阶段了
board-nobody = 无负责人
board-not-moved = 没有移动
board-on-its-way = 卡片还在移动中
board-pipeline = 销售流程：{ $name }
board-title = 看板：{ $pipeline }
board-weighted = 加权
button-cancel = 取消
button-delete = 删除
button-reopen = 重新打开
cancelled = 已取消
columns-auto = 自动
columns-help = 空格显示或隐藏，J K 移动，< > 调宽窄，= 复原，Enter 应用，Esc 取消
columns-none = 至少要显示一列
command-lang = :lang zh-CN 或 :lang en
command-unknown = 没有命令“{ $text }”。按 ? 查看可用操作
complete-again = 这个任务已经完成。要重新打开吗？
complete-help = 结果如何？可留空。Enter 完成任务
complete-only-tasks = 只有任务可以完成。按 5 或在任务页签中打开任务
completed = 已完成：{ $what }。{ $key } 撤销
copied = 已复制：{ $text }
copy-empty = 此字段为空
copy-failed = 无法复制：{ $why }
deed-create = 新建
deed-delete = 删除
deed-undo = 撤销
deed-update = 修改
delete-cascades = 一并删除：{ $what }
delete-clears = 保留，但不再指向它：{ $what }
delete-question = { $count ->
    [1] 删除这条记录（{ $object }）？
   *[other] 删除这 { $count } 条记录（{ $object }）？
}
delete-question-one = 删除{ $object }“{ $title }”？
delete-restricted = 不能删除，仍被引用：{ $what }。请先删除或转移它们（“{ $title }”）
delete-undo = 之后可按 { $key } 恢复
deleted = { $count ->
    [1] 已删除。{ $key } 恢复
   *[other] 已删除 { $count } 条。{ $key } 恢复
}
drafts-none = 没有未完成的草稿
edit-unchanged = 没有改动
editor-failed = 编辑器“{ $command }”出错：{ $why }。请设置 $EDITOR 或配置中的 edit.editor
editor-file = 无法为编辑器写入 { $path }：{ $why }
filter-help = 输入关键词，或 level:A、owner:me、updated_at:<-30d……
find-help = 输入名称、其中一部分、拼音、电话或编码
find-incomplete = 索引仍在建立：以下是最先找到的
history-empty = 还没有变更
key-unknown = { $key } 在这里没有作用。按 ? 查看按键
keymap-unknown-key = 没有按键“{ $key }”
keymap-unknown-key-near = 没有按键“{ $key }”；是否指“{ $near }”？
theme-key = 主题没有设置项“{ $name }”
theme-key-near = 主题没有设置项“{ $name }”；是否指“{ $near }”？
theme-role = 没有角色“{ $name }”
theme-role-near = 没有角色“{ $name }”；是否指“{ $near }”？
theme-color = “{ $name }”不是颜色：请写颜色名、#rrggbb 或 0 到 255 的数字
theme-color-near = “{ $name }”不是颜色：请写颜色名、#rrggbb 或 0 到 255 的数字；是否指“{ $near }”？
theme-modifier = 没有修饰“{ $name }”
theme-modifier-near = 没有修饰“{ $name }”；是否指“{ $near }”？
theme-base = 没有可继承的主题“{ $name }”
theme-base-near = 没有可继承的主题“{ $name }”；是否指“{ $near }”？
theme-syntax = 不是有效的 TOML：{ $zh }
theme-kind-list = “{ $name }”需要列表，如 ["bold", "underline"]
theme-kind-color = “{ $name }”需要颜色：颜色名、"#rrggbb" 或 0 到 255
theme-kind-text = “{ $name }”需要引号中的文字
theme-kind-table = “{ $name }”需要一张表
keymap-clash = { $action }：按键 { $keys } 已属于 { $other }
keymap-empty-key = 按键为空；不要按键请写 []
keymap-unknown-action = 没有操作 { $name }；是否指 { $nearest }？
line = 行
keys-answers = 数字或 Tab、Enter  Esc 返回
keys-confirm = y n 或 Tab、Enter  Esc 取消
keys-find = Tab 下一个  Enter 打开  Esc 关闭
keys-help = Tab 下一部分  PgDn 翻页  Esc 关闭
keys-palette = Tab 补全  Enter 执行  Esc 关闭
keys-pick = Tab 下一个  Enter 选定  Esc 取消
keys-pick-several = 空格 勾选  Enter 完成  Esc 取消
keys-prompt = Enter 确定  Esc 取消
keys-search-create = Tab 结果/新建  Enter 选定  Ctrl-A 新建  Esc 取消
link-failed = 在 { $link }，但无法启动 { $command }：{ $why }
link-none = 这里没有链接、邮件地址或电话
label-colon = ：
list-empty = 还没有记录。按 a 新建第一条，或用 tcrm import 导入文件
list-empty-tab = 还没有记录。按 { $key } 新建第一条
list-loading = 正在读取……
list-separator = 、
list-sentences = ；
list-no-match = 没有匹配的记录。Esc 清除筛选
log-example = 电话 王总：想要报价；下周五 15:00 发报价
log-help = 方式 人：内容；时间和下一步
log-kept = 这一行已保留：按 { $key } 继续
log-keys = Enter 记录  Tab 表单  Esc 稍后
log-next = 任务：{ $what }  { $at }
log-next-undated = 下一步没有日期，不建任务：{ $what }
log-no-task = 不建任务。要建任务：写“；”、日期和下一步
logged = { $tasks ->
    [0] 已记录：{ $what }。{ $key } 撤销
   *[other] 已记录并安排下一步：{ $what }。{ $key } 撤销
}
list-range-begun = 从这里开始：移动后再按 { $key } 标记到所在行，Esc 取消
marks-count = 已标记 { $count } 条
messages-none = 还没有消息
mouse-off = 鼠标已关：可由终端选取文字
mouse-on = 鼠标已开
no-record = 这里没有记录
palette-type = 输入操作，或对象加筛选：客户 level:A
picker-nothing = 没有匹配项
menu-other = 其他
file-open-which = 打开哪个文件？
file-opened = 正在打开只读副本：{ $path }
picker-type = 输入以查找
quit-again = 再按一次退出
quit-unsaved = 有内容尚未保存（已存为草稿）。再按一次退出
saved-noted = 已保存：{ $what }。{ $note }。{ $key } 撤销
read-only = 只读
record-text-help = 修改值后保存并退出编辑器。以 # 开头的行不计
redone = { $count ->
    [1] 已重做：{ $what }
   *[other] 已重做：{ $what } 及相关记录（共 { $count } 条）
}
reopened = 已重新打开：{ $what }。{ $key } 撤销
saved = 已保存：{ $what }。{ $key } 撤销
saved-out-of-sight = 已保存，但筛选使它不在此列表中。按 { $key } 清除筛选
screen-too-small = 窗口至少需要 { $width }×{ $height }
sort-title = 排序字段（再选一次则反序）
step-no-more = 已到尽头
opened-read-only = 数据以只读方式打开
suspend-unsupported = 没有可返回的命令行
tab-attributes = 详情
tab-history = 历史
theme-color-blind = 色觉友好
theme-dark = 深色
theme-high-contrast = 高对比度
theme-light = 浅色
theme-mono = 单色
theme-terminal = 终端自己的颜色
theme-unknown = 没有主题 { $name }
today = 今天
undone = { $count ->
    [1] 已撤销：{ $what }
   *[other] 已撤销：{ $what } 及相关记录（共 { $count } 条）
}
view-name-help = 为当前的筛选、排序和列取个名字
view-number-none = 还没有第 { $number } 个视图
view-opened = 视图：{ $name }
view-saved = 视图“{ $name }”已保存。用 ' { $number } 或 V 打开
views-none = 还没有视图。{ $key } 把筛选、排序和列存为视图
actions-none = { $object } 除编辑外没有其他操作
action-question = { $action }？
acted-each = { $action }：{ $done } 条完成，{ $refused } 条被拒绝。{ $why }
queue-days = 天
queue-done = 今天已完成 { $count }
queue-finished = 已全部完成：今天联系了 { $count } 个。Esc 返回列表
queue-logged = 已记录 { $title }：{ $outcome }。{ $key } 撤销
queue-logged-next = 已记录 { $title }：{ $outcome }，下次联系 { $next }。{ $key } 撤销
queue-none = { $object }不能外呼
queue-no-done = 只有任务会随通话完成
lines-none = 还没有明细：按 o 新增一行。
lines-computed = { $field }由系统计算，不能填写
lines-nothing-to-undo = 没有可撤销的修改
lines-wrong = 第 { $line } 行：{ $field } { $what }
lines-not-here = 这里没有明细
queue-note = 备注：
queue-when = 什么时候再联系？
queue-when-help = 明天 15:00、下周五、+3d、2026-12-01 10:30
queue-writing = 上一条通话还在保存
record-count = { $count } 条记录
