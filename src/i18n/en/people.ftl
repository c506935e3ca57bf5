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
admin-organisation = Organisation
admin-rights = Rights
admin-rules = Rules
admin-store = Store
admin-own_company = Name, address, bank: printed on every document
admin-department = The tree of departments and their heads
admin-user = Disable, hand over and delete leavers with m
admin-team = People who work together across departments
admin-role = What people may do, given to users as roles
admin-right = Which records a role or a person may work with
admin-field_right = Which fields a role or a person may see and change
admin-share = Single records shared with a person or department
admin-pool = Who claims from a pool, how many, and what goes back
admin-approval = What waits for a decision, and what was decided
admin-price_list = Prices by customer, region and amount
admin-exchange_rate = What other currencies are worth
admin-dictionaries = Dictionaries
admin-dictionaries-about = Choices of fields; changed with tcrm schema
admin-journal-about = Who changed what, and when
admin-backup = Back up
admin-backup-about = A copy beside the store, while it is in use
admin-doctor = Check the store
admin-doctor-about = Is every record, index and file as it should be?
admin-working = Working …
admin-sound = The store is in order.
admin-findings = { $count } findings: see below.
admin-backed-up = The copy is at { $path }
people-far = { $done } of { $all } …
people-root = Company
people-one-company = The own company is entered already: change that.
