# people
people-disabled = “{ $name }”已停用，不能再操作。请联系管理员。
people-gone = 您的用户已被删除。请联系管理员。
people-left = “{ $name }”已停用，请选择其他人。
people-not-oneself = 不能停用自己。请由其他管理员操作。
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
