# cli
cli-help = 终端里的 CRM。不带命令时打开终端界面
cli-help-arg-config = 从这个文件读取设置
cli-help-arg-profile = 使用配置中的这个档案
cli-help-arg-store = 使用这个本地数据文件，不管档案怎么写
cli-help-arg-user = 以这个员工的身份工作（登录名，仅限本地数据）
cli-help-arg-lang = 界面语言：zh-CN 或 en
cli-help-arg-json = 输出 JSON
cli-help-arg-object = 记录的种类：客户、联系人、线索、商机……（英文名 customer、contact 等也可以）
cli-help-arg-id = 记录：标识、编码或完整名称
cli-help-arg-filter = 筛选条件，如：级别:A 城市:北京 updated:<-30d（见示例）
cli-help-arg-sort = 排序字段；前面加 - 为从大到小
cli-help-arg-columns = 要显示的字段，用逗号分开
cli-help-arg-fields = 字段值：字段名或标签=值；等号后留空表示清空
cli-help-arg-seed = 生成示例数据的种子：种子相同，数据相同
cli-help-arg-file = 文件
cli-help-arg-comment = 说明文字
cli-help-arg-number = 事务或导入的编号
cli-help-demo = 用临时的示例数据打开界面
cli-help-demo-customers = 客户数量
cli-help-init = 新建数据文件；已存在则拒绝
cli-help-init-demo = 填入 N 个客户的示例数据
cli-help-list = 列出记录
cli-help-list-limit = 最多显示多少行；0 为全部
cli-help-list-csv = 输出 CSV
cli-help-list-ids = 只输出标识
cli-help-show = 显示一条记录的全部字段
cli-help-search = 按文字查找所有对象的记录：汉字片段、拼音、电话、编码
cli-help-search-text = 要找的文字
cli-help-search-object = 只在这种对象中查找（可以写多次）
cli-help-search-limit = 最多多少条结果
cli-help-history = 显示谁在什么时候改了什么，最新的在前
cli-help-history-limit = 最多多少条
cli-help-add = 新增一条记录并输出标识
cli-help-set = 修改一条记录的字段
cli-help-rm = 删除记录
cli-help-rm-ids = 记录：标识、编码或完整名称
cli-help-rm-dry-run = 只说明会一并删除什么，不删除
cli-help-do = 对记录执行操作：记录跟进、完成任务、转化线索、推进商机、领取公海客户……
cli-help-do-action = log（记录一次跟进，内容写在 --comment），或该对象的操作；写错时会列出可用的操作
cli-help-board = 显示一个销售流程各阶段的数量、金额合计与加权合计
cli-help-board-csv = 输出 CSV
cli-help-board-pipeline = 销售流程的名称或标签；不给则为第一个
cli-help-edit = 用编辑器修改一条记录
cli-help-undo = 撤销自己的上一次修改
cli-help-redo = 重做刚撤销的修改
cli-help-revert = 按编号撤回整个事务或导入
cli-help-import = 导入 CSV 或 JSON Lines 文件
cli-help-import-file = 文件；- 表示标准输入
cli-help-import-map = 哪一列对应哪个字段；列可以写列名或列号（可以写多次）
cli-help-import-values = 把字段的某个值当作另一个值导入，如 industry:technolgy=technology（可以写多次）
cli-help-import-on-duplicate = 记录已存在时：skip 跳过、update 更新、error 报错
cli-help-import-create-references = 引用的记录不存在时，按名称新建
cli-help-import-dry-run = 只检查，不写入
cli-help-import-from-line = 从文件的这一行开始，用于继续被中断的导入
cli-help-import-format = 格式；默认按文件名判断
cli-help-import-encoding = 编码（utf-8、gb18030、big5、utf-16le……）；默认自动识别
cli-help-import-delimiter = 列分隔符（comma、semicolon、tab 或一个字符）；默认自动识别
cli-help-import-no-header = 第一行就是数据：在 --map 中用列号
cli-help-import-errors = 未导入的行写到哪里；默认在原文件旁的 文件名.errors.csv
cli-help-import-undo = 撤回编号为 N 的导入
cli-help-export = 导出记录为 CSV 或 JSON Lines
cli-help-export-format = 格式；默认按文件名判断
cli-help-export-output = 输出文件；默认输出到标准输出
cli-help-export-labels = 列名用标签而不用字段名
cli-help-export-bom = 文件开头加 BOM，便于电子表格识别中文
cli-help-print = 打印报价单、订单或合同
cli-help-print-json = 改为以 JSON 输出记录：单据、明细与本公司
cli-help-print-format = html 或 text；默认按文件名判断，标准输出为 text
cli-help-print-output = 输出文件；默认输出到标准输出
cli-help-print-object = 对象：quote、order 或 contract
cli-help-schema = 查看、检查或启用字段配置
cli-help-schema-show = 列出所有对象，或一种对象的字段
cli-help-schema-show-builtin = 输出内置的字段配置文件
cli-help-schema-check = 检查字段配置文件；列出每个错误的位置
cli-help-schema-diff = 查看启用字段配置会改动什么
cli-help-schema-diff-file = 字段配置文件；不写则用设置中的文件
cli-help-schema-apply = 启用字段配置文件
cli-help-schema-apply-file = 字段配置文件；不写则用设置中的文件
cli-help-schema-apply-allow-loss = 允许会丢失数据的改动（先备份）
cli-help-schema-views = 输出供其他工具使用的视图 SQL：以标签、金额和名称代替键和编号
cli-help-config = 设置文件在哪里、是否正确、有哪些设置
cli-help-config-path = 输出配置文件路径
cli-help-config-check = 检查配置文件；列出每个错误的位置
cli-help-config-default = 输出带注释的完整默认配置
cli-help-config-default-write = 写到配置文件的位置（已有则不动）
cli-help-backup = 把数据备份到新文件，使用中也可以
cli-help-restore = 用备份替换数据；原来的数据保留在旁边
cli-help-doctor = 检查数据，并列出设置和终端的情况
cli-help-doctor-fix = 清除已无任何记录或日志引用的附件内容
cli-help-completions = 输出 shell 补全脚本
cli-help-completions-shell = shell 名称
cli-examples =
    例：
      tcrm demo
      tcrm init
      tcrm import 客户 客户.csv
      tcrm search 华信
      tcrm list 客户 级别:A --sort -updated_at
cli-examples-list =
    例：
      tcrm list 客户
      tcrm list 客户 级别:A "updated:<-30d" --sort -updated_at --limit 20
      tcrm list 商机 "阶段:赢单 close_date:2026-11" --columns name,amount --csv
      tcrm list 客户 --limit 0 --ids
      tcrm list 客户 -级别:A 城市:北京
cli-examples-show =
    例：
      tcrm show customer C-000001
      tcrm show customer 华信科技 --json
cli-examples-search =
    例：
      tcrm search 华信
      tcrm search hxkj --object customer
      tcrm search 138001 --json
cli-examples-add =
    例：
      tcrm add 客户 客户名称=华信科技 级别=A 电话=010-65512345
      tcrm add 任务 subject=发报价 due=+3d --json
cli-examples-set =
    例：
      tcrm set customer C-000001 level=B city=北京
      tcrm set customer C-000001 remark=
cli-examples-rm =
    例：
      tcrm rm contact 00BK3Q0Z6V1RG --dry-run
      tcrm rm customer C-000001
cli-examples-do =
    例：
      tcrm do log 客户 C-000001 --comment "电话：要报价；下周五 15:00 发报价"
      tcrm do complete 任务 00BK3Q0Z6V1RG --comment 已完成
      tcrm do convert 线索 李芳
      tcrm do advance 商机 ERP
      tcrm do lose 商机 ERP loss_reason=price --comment 价格太高
      tcrm do assign 客户 C-000001 负责人=lisi
cli-examples-import =
    例：
      tcrm import customer customers.csv --dry-run
      tcrm import customer customers.csv --on-duplicate update
      tcrm import opportunity deals.csv --map name=product --map customer=account --create-references
      tcrm import customer accounts.csv --value industry:technolgy=technology
      tcrm import customer old.csv --encoding gb18030 --delimiter tab
      tcrm import --undo 1234
cli-examples-export =
    例：
      tcrm export customer -o customers.csv --bom
      tcrm export opportunity stage:won --format jsonl
cli-examples-schema =
    例：
      tcrm schema show customer
      tcrm schema check schema.toml
      tcrm schema apply schema.toml
      tcrm schema views > views.sql && sqlite3 -init views.sql crm.tcrm
cli-examples-config =
    例：
      tcrm config default --write
      tcrm config check
cli-examples-backup =
    例：
      tcrm backup crm-2026-11-22.db
cli-examples-demo =
    例：
      tcrm demo
      tcrm demo --customers 5000 --seed 7
cli-examples-init =
    例：
      tcrm init
      tcrm --store try.db init --demo 200
cli-examples-history =
    例：
      tcrm history
      tcrm history 客户 C-000001 --limit 10
      tcrm history --json
cli-examples-board =
    例：
      tcrm board
      tcrm board 续约流程 --json
      tcrm board --filter "负责人:me close_date:this-month" --csv
cli-examples-edit =
    例：
      tcrm edit 客户 C-000001
      EDITOR=nano tcrm edit 任务 00BK3Q0Z6V1RG
cli-examples-undo =
    例：
      tcrm undo
      tcrm undo --json
cli-examples-redo =
    例：
      tcrm redo
cli-examples-revert =
    例：
      tcrm history --limit 5                   编号写在 # 之后
      tcrm revert 1234
cli-examples-print =
    例：
      tcrm print quote Q-202611-0001
      tcrm print quote Q-202611-0001 -o 报价.html
      tcrm print order SO-202611-0001 --json
cli-examples-schema-show =
    例：
      tcrm schema show
      tcrm schema show 客户
      tcrm schema show --builtin
cli-examples-schema-views =
    例：
      tcrm schema views > views.sql && sqlite3 -init views.sql crm.tcrm
cli-examples-schema-check =
    例：
      tcrm schema check schema.toml
cli-examples-schema-diff =
    例：
      tcrm schema diff
      tcrm schema diff schema.toml --json
cli-examples-schema-apply =
    例：
      tcrm schema apply
      tcrm schema apply schema.toml --allow-loss
cli-examples-config-path =
    例：
      vi "$(tcrm config path)"
cli-examples-config-check =
    例：
      tcrm config check
      tcrm --config other.toml config check
cli-examples-config-default =
    例：
      tcrm config default --write
cli-examples-restore =
    例：
      tcrm restore crm-2026-11-22.db
cli-examples-doctor =
    例：
      tcrm doctor
      tcrm doctor --fix
      tcrm doctor --json
cli-examples-completions =
    例：
      tcrm completions bash > ~/.local/share/bash-completion/completions/tcrm
      tcrm completions zsh > ~/.zfunc/_tcrm
cli-error = 错误：{ $text }
cli-cancelled = 已停止。
cli-output = 输出失败：{ $reason }
cli-lang = 没有语言“{ $tag }”；请写 zh-CN 或 en
cli-no-home = 不知道用户目录在哪里；请用 --config 和 --store 指定文件
cli-no-store = { $path } 没有数据文件。请先运行：tcrm init
cli-no-backup = { $path } 没有备份文件
cli-not-utf8 = { $path }:{ $line }：不是 UTF-8；请把文件存为 UTF-8
cli-no-object-near = 没有“{ $name }”这种对象：是否指 { $near }？有：{ $names }
cli-no-object = 没有“{ $name }”这种对象。有：{ $names }
cli-assignment = “{ $text }”不是 字段=值
cli-list-hidden = 宽度不够，未显示：{ $columns }（--columns 选择列）
cli-list-more = 已显示 { $shown } 行，还有更多（--limit 0 显示全部）
cli-exported = 已把 { $number } 条记录写入 { $path }
cli-search-none = 没有找到“{ $text }”
cli-head-object = 对象
cli-head-id = 标识
cli-head-code = 编码
cli-head-title = 名称
cli-head-detail = 详情
cli-head-name = 名称
cli-head-label = 标签
cli-head-fields = 字段数
cli-head-aliases = 别名
cli-head-type = 类型
cli-head-of = 取值
cli-head-required = 必填
cli-head-group = 分组
cli-deed-create = 新增
cli-deed-update = 修改
cli-deed-delete = 删除
cli-added = 已新增 { $what }
cli-changed = 已修改 { $what }
cli-unchanged = { $what } 没有变化
cli-done = 已完成：{ $what }
cli-made = 已由{ $of }生成{ $what }
cli-deleted = 已删除 { $number } 条，另涉及 { $along } 条。tcrm undo 可以撤销
cli-delete-cascades = 一并删除：{ $number } 条{ $what }
cli-delete-clears = 清空引用：{ $number } 条{ $what }
cli-delete-restricts = 阻止删除：{ $number } 条{ $what }
cli-delete-alone = 没有其他记录依赖它
cli-do-comment = log 需要用 --comment 写明内容
cli-do-fields = { $action } 不接受字段值
cli-undone = 已撤销：{ $what }（涉及 { $touched } 条）
cli-redone = 已重做：{ $what }（涉及 { $touched } 条）
cli-reverted = 已撤回：编号 { $txn }，{ $touched } 条记录
cli-edit-unchanged = 没有修改
cli-edit-errors = 没有保存：错误仍未改正。您的文本保留在 { $path }
cli-editor = 编辑器“{ $command }”失败：{ $reason }
cli-import-what = 请写对象和文件，或 --undo N
cli-import-value = “{ $text }”应写成 字段:原值=新值
cli-import-value-field = 没有列对应字段 { $field }，无法替换它的值
cli-import-broken = 第 { $line } 行为止的数据已写入。排除原因后，用 --on-duplicate skip 再导入一次
cli-import-read-as = 编码 { $encoding }，分隔符 { $delimiter }
cli-import-mapped = 对应字段：{ $pairs }
cli-import-unmapped = 未导入的列（没有对应字段）：{ $columns }
cli-import-repeated = 未导入第 { $number } 列“{ $column }”：已有别的列对应 { $field }（--map { $field }={ $number } 可改用这一列）
cli-do-stopping = 正在停止，不会留下任何改动；再按一次 Ctrl-C 不再等待
cli-import-stopping = 本批写完后停止；再按一次 Ctrl-C 立即停止
cli-import-line = 第 { $line } 行：{ $reason }
cli-import-more = ……还有 { $number } 行
cli-import-done = 新增 { $created }，修改 { $updated }，跳过 { $skipped }，拒绝 { $rejected }
cli-import-dry = 试运行，未写入：将新增 { $created }，修改 { $updated }，跳过 { $skipped }，拒绝 { $rejected }
cli-import-errors = 被拒绝的行在 { $path }：改正后导入这个文件即可
cli-import-undo = 全部撤回：tcrm import --undo { $number }
cli-search-preparing = 正在准备搜索……
cli-import-stopped = 在第 { $line } 行之后停止；继续请加 --from-line { $next }
cli-progress = { $rows } 行，{ $rate } 行/秒
cli-progress-of = { $rows } 行，{ $rate } 行/秒，{ $percent }%，剩余 { $left }
cli-schema-good = 字段配置正确：{ $objects } 种对象，{ $fields } 个字段
cli-schema-backup = 原来的数据保留在 { $path }
cli-schema-applied = 字段配置已启用；改动 { $number } 处
cli-schema-waits = 您的字段配置有 { $number } 处改动可能丢失数据，尚未启用：tcrm schema diff 查看，tcrm schema apply --allow-loss 启用（{ $path }）
cli-schema-diff = 共 { $number } 处改动，其中 { $lossy } 处可能丢失数据（以 ! 标出）
cli-config-written = 默认设置已写入 { $path }
cli-config-good = { $path } 没有错误
cli-config-none = 没有 { $path }；使用默认设置
cli-init-exists = { $path } 已经存在，没有改动
cli-init-done = 数据文件在 { $path }。下一步：tcrm import 客户 文件.csv
cli-init-demo-done = 数据文件在 { $path }，已填入示例数据。接下来：{ $next }
cli-backup-exists = { $path } 已经存在；请换一个文件名
cli-backup-done = 已备份到 { $path }
cli-restore-done = { $path } 已恢复为 { $from }
cli-restore-kept = 原来的数据保留在 { $path }
cli-doctor-version = 版本
cli-doctor-config = 配置
cli-doctor-language = 语言
cli-doctor-zone = 时区
cli-doctor-terminal = 终端
cli-doctor-locale = 区域
cli-doctor-store = 数据文件
cli-doctor-size = 大小
cli-doctor-records = 记录
cli-doctor-search = 搜索就绪用时
cli-doctor-good = 一切正常。
cli-doctor-fixed = 已清除 { $number } 份附件内容，共 { $size } MiB
cli-doctor-none = 无
cli-no-terminal = 界面需要终端；tcrm list 等命令不需要
cli-terminal = 终端出错：{ $reason }
cli-theme = 没有主题“{ $name }”：请写主题文件，或 { $names } 之一
cli-begin =
    还没有数据，数据将保存在 { $path }
      1  从空白开始
      2  用示例数据开始
      3  导入客户文件（CSV）
cli-begin-choice = 请输入 1、2 或 3，再按回车（直接回车退出）：
cli-begin-file = 请输入文件名，再按回车（直接回车返回）：
cli-begin-none = 没有选项“{ $typed }”。
cli-begin-sample = 这是示例数据，当前不是其中的任何员工：用 tcrm --as { $user } 可以张三的身份工作
cli-begin-go-on = 按回车打开界面：
cli-board-count = 数量
cli-board-currency = 币种
cli-board-stage = 阶段
cli-board-sum = 合计
cli-board-type = 类型
cli-board-weighted = 加权
cli-no-pipeline = 没有销售流程 { $name }。现有：{ $known }
cli-no-report = 没有报表 { $name }。现有：{ $known }
cli-help-agenda = 列出日程：活动、任务与提醒，按时间排列
cli-help-agenda-from = 第一天，如 2026-11-22、today、周一；不填则从今天起，并列出逾期项
cli-help-agenda-to = 最后一天；默认一周
cli-help-agenda-done = 也列出已完成的
cli-help-agenda-csv = 输出 CSV
cli-help-agenda-ics = 写出日历文件（iCalendar），供其他程序使用；- 表示标准输出
cli-help-agenda-log = 根据这些天完成的工作输出工作日志草稿
cli-help-remind = 列出到期的提醒，或处理一条提醒
cli-help-remind-due = 截至何时到期：日期或时间，如 today、+3d、周五 15:00；默认现在
cli-help-remind-limit = 最多几条
cli-help-remind-snoozed = 也列出已推迟的
cli-help-remind-count = 只输出条数，超过 --limit 时带 +
cli-help-remind-csv = 输出 CSV
cli-help-remind-exit-code = 没有到期提醒时以 1 退出
cli-help-remind-done = 将此提醒记为已处理（任务则完成）
cli-help-remind-considered = 将此提醒记为已考虑，无需处理
cli-help-remind-snooze = 推迟此提醒
cli-help-remind-until = 推迟到：+3d、next fri、下周五 15:00；默认一天
cli-help-plan = 查看一年销售计划的完成情况
cli-help-plan-year = 年份；默认今年
cli-help-plan-by = 按什么汇总：person 员工、department 部门、product 产品
cli-help-plan-csv = 输出 CSV
cli-help-arg-of = 谁的：me 自己、team 团队、everyone 所有人，或某个员工
cli-examples-agenda =
    例：
      tcrm agenda
      tcrm agenda --from today --to +14d --of team --json
      tcrm agenda --to +30d --ics ~/calendar/tcrm.ics
      tcrm agenda --from -6d --to today --log
cli-examples-remind =
    退出码：0 表示已给出结果，无论是否有到期提醒；加 --exit-code 时没有到期提醒则为 1。
    例：
      tcrm remind
      tcrm remind --count                      用于状态栏
      tcrm remind --exit-code --due today --count && notify-send "tcrm"
      tcrm remind --snooze no_touch/123/2026-11-01 --until 下周五
cli-examples-plan =
    例：
      tcrm plan --by person
      tcrm plan --year 2026 --csv
cli-help-report = 列出全部报表，或显示一张报表的数字
cli-help-report-name = 报表的名称；不写则列出全部
cli-help-report-from = 第一天，如 2026-01-01、today、-30d；不写则从头算起
cli-help-report-to = 最后一天
cli-help-report-filter = 只算符合筛选条件的记录
cli-help-report-csv = 输出 CSV
cli-examples-report =
    示例：
      tcrm report
      tcrm report won --from 2026-01-01 --to today
      tcrm report funnel --filter owner:me --json
      tcrm report orders --csv
cli-agenda-more = 某一类超过 { $limit } 条：请缩短日期范围
cli-agenda-ics = 已写出 { $number } 条到 { $path }
cli-agenda-due = 时间
cli-agenda-state = 状态
cli-agenda-kind = 类型
cli-agenda-text = 内容
cli-agenda-about = 关于
cli-agenda-owner = 负责人
cli-agenda-key = 提醒
cli-agenda-done = 已完成
cli-agenda-overdue = 逾期
cli-agenda-open = 待办
cli-remind-key = `{ $key }` 不是提醒：`tcrm remind` 会列出名称
cli-remind-snoozed = 已推迟到 { $at }
cli-remind-dealt = 已记录
cli-plan-period = 期间
cli-plan-measure = 指标
cli-plan-for = 对象
cli-plan-target = 目标
cli-plan-reached = 完成
cli-plan-percent = %
cli-plan-currency = 币种
cli-plan-count = 记录数

# 参数有误
cli-help-heading-usage = 用法:
cli-help-heading-commands = 命令
cli-help-heading-arguments = 参数
cli-help-heading-options = 选项
cli-help-heading-global = 通用选项
cli-help-env = [环境变量：{ $value }]
cli-help-default = [默认：{ $value }]
cli-help-possible = [可取：{ $value }]
cli-help-alias = [也可写作：{ $value }]
cli-help-arg-help = 显示帮助
cli-help-arg-version = 显示版本
cli-usage-error = 错误：{ $what }
cli-usage-unknown = 没有参数“{ $arg }”
cli-usage-command = 没有命令“{ $command }”
cli-usage-subcommand = “{ $command }”后面还要写子命令
cli-usage-missing = 缺少参数：{ $arg }
cli-usage-empty = 参数“{ $arg }”缺少值
cli-usage-value = “{ $value }”不能作为“{ $arg }”的值
cli-usage-conflict = “{ $arg }”不能与“{ $other }”同时使用
cli-usage-twice = “{ $arg }”只能写一次
cli-usage-meant = 是否想写：{ $meant }
cli-usage-values = 可用的值：{ $values }
cli-usage-usage = 用法：{ $usage }
cli-usage-more = 详情请加 --help 查看。
cli-help-schema-export = 输出本数据的 TOML：对内置模式所作的修改
cli-help-schema-export-output = 写入此文件
cli-help-schema-edit = 用 $EDITOR 编辑本数据的 TOML，检查后生效
cli-help-schema-set = 修改或新增一项现行模式
cli-help-schema-set-path = 条目：dictionaries.level.items.S、objects.customer.fields.iso、numbers.order、settings …
cli-help-schema-set-values = 内容：zh、en、type、required …；= 后为空则取消
cli-help-schema-unset = 从现行模式中移除一项
cli-help-schema-unset-path = 条目：dictionaries.level.items.S、objects.customer.fields.iso …
cli-help-arg-allow-loss = 允许会丢失数据的修改（先备份）
cli-help-arg-dry-run = 只显示会改变什么
cli-examples-schema-export =
    例：
      tcrm schema export -o schema.toml
cli-examples-schema-edit =
    例：
      tcrm schema edit
      tcrm schema edit --dry-run
cli-examples-schema-set =
    例：
      tcrm schema set dictionaries.level.items.S zh="S 战略" en="S strategic" color=red
      tcrm schema set objects.customer.fields.iso zh=认证 en=Certificate type=text group=basic
      tcrm schema set numbers.order pattern="D{"{"}yyyy{"}"}-{"{"}serial:5{"}"}" gap_free=yes --dry-run
cli-examples-schema-unset =
    例：
      tcrm schema unset dictionaries.level.items.S --dry-run
cli-schema-edited = { $path } 已修改，但数据中的模式在采用它之后也已修改，因此不采用。tcrm schema diff FILE 显示差异，tcrm schema apply FILE 采用文件，tcrm schema export 输出现行内容
cli-schema-loses = 未作修改：有记录使用将消失的选项。确认无误请加 --allow-loss。
cli-schema-dry-run = 仅预览，未作修改。
cli-schema-path = `{ $path }` 不是模式中的条目：请按 TOML 写法，如 dictionaries.level.items.S 或 objects.customer.fields.phone

# 服务器
cli-help-arg-url = 使用此地址的服务器，不论配置档怎么写
cli-help-serve = 通过 HTTP 把数据库提供给他人，直到收到信号
cli-help-serve-file = 数据库；默认为设置中的那个
cli-help-serve-listen = 监听处：地址:端口；只写端口即仅限本机
cli-help-serve-cert = HTTPS 证书链，PEM 格式
cli-help-serve-key = 其私钥，PEM 格式
cli-help-serve-plain = 对其他机器使用明文 HTTP：仅在另有加密时使用
cli-help-serve-open = 没有密码的人也可进入（仅限本机）
cli-help-serve-log = 在 stderr 上记录什么：text（故障、拒绝、缓慢）、json（每个请求）或 none
cli-help-serve-rate = 每个令牌每秒的请求数；0 为不限
cli-help-serve-timeout = 一个请求最多几秒
cli-help-serve-demo = 提供一个含 N 个客户的临时示例库
cli-help-serve-latency = 供测试客户端：每个应答推迟若干毫秒
cli-help-serve-errors = 供测试客户端：每百个请求有若干个出错
cli-help-login = 登录 --url 或配置档的服务器，并保存令牌
cli-help-logout = 从服务器退出，并删除令牌
cli-help-api = 按方法和路径询问服务器，并打印应答
cli-help-api-method = GET、POST、PUT、PATCH 或 DELETE
cli-help-api-path = 路径，前面的 /api/v1 可省略
cli-help-api-data = 内容：JSON、@文件，或 - 表示标准输入
cli-help-api-include = 同时打印状态和头部
cli-help-api-raw = 原样打印内容
cli-help-conformance = 检查服务器是否符合接口约定；检查所建的都会删除
cli-help-conformance-server = 服务器地址；默认为 --url 或配置档的
cli-help-conformance-junit = 把报告写入此文件，供构建服务器读取
cli-examples-serve =
    示例：
      tcrm serve                                          仅本机，前面放 https 或 SSH 隧道
      tcrm serve --listen 0.0.0.0:8377 --cert crm.pem --key crm.key
      tcrm serve --demo 1000                              用示例数据试用客户端
      tcrm serve --demo --latency 200 --errors 5          一个难缠的服务器
cli-examples-login =
    示例：
      tcrm --url https://crm.example.com --as zhangsan login
      tcrm --profile team login                           url 和 user 写在配置中
cli-examples-logout =
    示例：
      tcrm --profile team logout
cli-examples-api =
    示例：
      tcrm --profile team api GET '/objects/customer/records?filter=level:A&limit=3'
      tcrm api POST /objects/customer/records -d @new.json
cli-examples-conformance =
    示例：
      tcrm conformance http://127.0.0.1:8377 --junit report.xml
cli-only-local = 此命令直接作用于库文件：请在该文件所在的机器上执行，或用 --store 指定
cli-not-signed-in = 尚未登录 { $url }：tcrm login
cli-token-file = 令牌无法在 { $path } 中保存或读取：{ $reason }
cli-token-open = { $path } 含有秘密而他人可读：chmod 600 { $path }
cli-which-server = 哪个服务器？请给出 --url，或带有服务器的配置档
cli-token-by-command = 配置档的 token_command 会给出令牌：无需登录
cli-signed-in = 已以 { $name } 登录 { $url }，至 { $until }；令牌在 { $path }
cli-signed-in-keyring = 已以 { $name } 登录 { $url }，至 { $until }；令牌在系统密钥环中
cli-keyring = 无法使用系统密钥环：{ $reason }。在配置档中写 secret = "file"，令牌便存于仅您可读的文件（0600）
cli-keyring-silent = 系统密钥环没有应答：是否已锁定？在配置档中写 secret = "file"，令牌便存于仅您可读的文件（0600）
cli-keyring-not-built = 此 tcrm 构建时未包含系统密钥环（cargo build --features keyring）。在配置档中写 secret = "file"，令牌便存于仅您可读的文件（0600）
cli-signed-out = 已退出 { $url }
cli-no-method = { $name } 不是方法：GET、POST、PUT、PATCH 或 DELETE
cli-serve-pair = HTTPS 需要两者：--cert 和 --key
cli-serve-address = “{ $text }”不是可监听的地址：例如 127.0.0.1:8377
cli-serving = { $path } 已在 { $url } 提供；Ctrl-C 停止
cli-conformance-done = { $all } 项检查中 { $passed } 项通过
cli-no-network = 无法使用 { $url }：此 tcrm 构建时未包含网络功能
