# people
people-disabled = { $name } is disabled and can't work here any more. Ask an administrator.
people-gone = Your user was deleted. Ask an administrator.
people-left = { $name } is disabled: choose someone else.
people-not-oneself = Nobody disables themselves. Ask another administrator.
hand-over-part = { $en }: { $count }
hand-over-part-done = { $en }: { $count } ({ $done } done stay)
hand-over-nothing = Nothing to hand over.
hand-over-to-oneself = Choose someone other than the one who hands over.
cli-help-do-dry-run = Say what it would come to, do nothing
cli-help-user = People: list, show, add, set, rm, disable, enable, hand_over …
cli-help-user-words = As in the long form, without the object
cli-help-dept = Departments: list, show, add, set, rm
cli-help-dept-words = As in the long form, without the object
cli-help-role = Roles: list, show, add, set, rm
cli-help-role-words = As in the long form, without the object
cli-help-team = Teams: list, show, add, set, rm
cli-help-team-words = As in the long form, without the object
cli-done-touched = { $count } records changed. `tcrm undo` takes all of it back.
cli-examples-user =
    Examples:
      tcrm user
      tcrm user add login=lisi name=李四 department=销售部
      tcrm user hand_over zhaoliu to=lisi,wangwu --dry-run
      tcrm user disable zhaoliu
cli-examples-dept =
    Examples:
      tcrm dept
      tcrm dept add name=华东区 parent=销售部 head=lisi
      tcrm dept set 全公司 name=星河科技
cli-examples-role =
    Examples:
      tcrm role
      tcrm role add name=销售
cli-examples-team =
    Examples:
      tcrm team
      tcrm team add name=大客户组 lead=lisi
