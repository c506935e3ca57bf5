# people
people-disabled = “{ $name }”已停用，不能再操作。请联系管理员。
people-gone = 您的用户已被删除。请联系管理员。
people-left = “{ $name }”已停用，请选择其他人。
people-not-oneself = 不能停用自己。请由其他管理员操作。
hand-over-first = 将交接：{ $zh } { $count }
hand-over-first-done = 将交接：{ $zh } { $count }（已完成 { $done } 条不交接）
user-still-has = 仍在其名下：{ $what }
button-hand-over-first = 先交接
hand-over-part = { $zh } { $count }
hand-over-part-done = { $zh } { $count }（已完成 { $done } 条不交接）
hand-over-nothing = 没有可交接的内容。
hand-over-to-oneself = 不能交接给本人，请选择其他人。
cli-help-do-dry-run = 只说明结果，不执行
cli-help-user = 员工：list、show、add、set、rm、disable、enable、hand_over……
cli-help-user-words = 同完整命令，省去对象名
cli-help-dept = 部门：list、show、add、set、rm
cli-help-dept-words = 同完整命令，省去对象名
cli-help-role = 角色：list、show、add、set、rm
cli-help-role-words = 同完整命令，省去对象名
cli-help-team = 团队：list、show、add、set、rm
cli-help-team-words = 同完整命令，省去对象名
cli-done-touched = 共修改 { $count } 条记录。用 `tcrm undo` 可一次撤销。
cli-examples-user =
    示例：
      tcrm user
      tcrm user add login=lisi name=李四 department=销售部
      tcrm user hand_over zhaoliu to=lisi,wangwu --dry-run
      tcrm user disable zhaoliu
cli-examples-dept =
    示例：
      tcrm dept
      tcrm dept add name=华东区 parent=销售部 head=lisi
      tcrm dept set 全公司 name=星河科技
cli-examples-role =
    示例：
      tcrm role
      tcrm role add name=销售
cli-examples-team =
    示例：
      tcrm team
      tcrm team add name=大客户组 lead=lisi
admin-organisation = 组织
admin-rights = 权限
admin-rules = 规则
admin-store = 数据
admin-own_company = 名称、地址、银行账号：印在所有单据上
admin-department = 部门树及其负责人
admin-user = 按 m 停用员工或交接其工作
admin-team = 跨部门协作的人员
admin-role = 授予员工的一组权限
admin-right = 角色或个人能处理哪些记录
admin-field_right = 角色或个人能看到、修改哪些字段
admin-share = 共享给个人或部门的单条记录
admin-pool = 谁能领取、领多少、何时收回
admin-approval = 待审批与已审批的内容
admin-price_list = 按客户、区域、数量的价格
admin-exchange_rate = 外币汇率
admin-journal-about = 谁在何时修改了什么
admin-backup = 备份
admin-backup-about = 在使用中复制一份到数据文件旁
admin-doctor = 检查数据
admin-doctor-about = 记录、索引和附件是否完好
admin-working = 正在处理……
admin-sound = 数据完好。
admin-findings = 发现 { $count } 个问题，见下方。
admin-backed-up = 备份在 { $path }
people-far = { $done } / { $all }……
people-root = 公司
people-one-company = 本公司信息已存在，请直接修改。
sign-in-who = 此数据文件需要密码：请用 --as 用户 说明身份。
sign-in-none = “{ $name }”还没有密码。请管理员用 `tcrm passwd 用户` 设置。
sign-in-locked = 密码错误次数过多：“{ $name }”还需等待 { $minutes } 分钟。
sign-in-wanted = 此数据文件需要“{ $name }”的密码。
sign-in-wrong = 密码错误。
sign-in-failed = 无法处理密码：{ $reason }
sign-in-corrupt = 保存的密码无法读取。请管理员用 `tcrm passwd 用户` 重新设置。
sign-in-first-oneself = 请先用 `tcrm passwd` 设置自己的密码，否则会把自己锁在外面。
password-short = 太短：至少 { $least } 个字符。
password-long = 太长：最多 { $most } 字节。
password-control = 含有不便输入的字符。
password-name = 含有姓名或登录名：{ $name }
password-common = 太容易猜到：这是人人先试的密码。
password-plain = 请混用字母、数字或符号，或至少 { $long } 个字符。
passwd-ask = 密码：
passwd-ask-of = “{ $name }”的密码：
passwd-current = 当前密码：
passwd-new = 新密码：
passwd-again = 再输一次：
passwd-same = 新密码与当前密码相同。
passwd-differ = 两次输入不同，没有修改。
passwd-keys = Enter 下一项，Ctrl-S 设置，Esc 取消
passwd-elsewhere = 此处只能修改自己的密码。他人的密码请在服务器上设置：tcrm passwd 用户
passwd-nobody = 没有登录：用 --as 指定员工。
passwd-done = 密码已设置。
passwd-done-there = 密码已设置，其他登录已退出。
passwd-demanded = 今后使用此数据文件需要密码。
passwd-not-demanded = 今后使用此数据文件不需要密码。
passwd-who = 请说明是谁的密码：tcrm passwd 用户
passwd-command = 取密码的命令失败：{ $reason }
passwd-no-terminal = 此数据文件需要密码。请用 --password-command，或在终端中使用。
cli-help-arg-password-command = 打印密码的命令，用于需要密码的数据文件
cli-help-passwd = 设置自己或他人的密码
cli-help-passwd-whose = 谁的密码；默认为自己的
cli-help-passwd-demand = 要求所有人凭密码使用此数据文件（on），或不要求（off）
cli-examples-passwd =
    示例：
      tcrm passwd
      tcrm passwd lisi
      tcrm passwd --demand on
      tcrm --as lisi --password-command "pass show crm" list customer
sign-in-administrator = 只有系统管理员可以这样做。
admin-online = 在线人员
admin-online-about = 谁在使用、从哪里、从何时起
admin-renumber = 重新编号
admin-renumber-about = 按编号规则预览现有编号会怎么变
told-whose = 员工的登录名或姓名
told-nobody = 无人登录。
told-keys = ↑↓ 滚动  Esc 关闭
told-keys-sight = 回车 查询  ↑↓ 滚动  Esc 关闭
told-keys-apply = y 改编号  ↑↓ 滚动  Esc 关闭
told-renumbered = 已改 { $changed } 个编号；{ $key } 撤销
