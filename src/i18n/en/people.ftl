# people
people-disabled = { $name } is disabled and can't work here any more. Ask an administrator.
people-gone = Your user was deleted. Ask an administrator.
people-left = { $name } is disabled: choose someone else.
people-not-oneself = Nobody disables themselves. Ask another administrator.
hand-over-first = Would be handed over: { $en }: { $count }
hand-over-first-done = Would be handed over: { $en }: { $count } ({ $done } done stay)
user-still-has = Theirs still: { $what }
button-hand-over-first = Hand over first
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
cli-done-touched = { $count ->
    [one] 1 record changed. `tcrm undo` takes it back.
   *[other] { $count } records changed. `tcrm undo` takes all of it back.
}
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
sign-in-who = This store demands passwords: say who you are with --as USER.
sign-in-none = { $name } has no password yet. An administrator sets one with `tcrm passwd USER`.
sign-in-locked = Too many wrong passwords: { $name } is locked out for { $minutes } more minutes.
sign-in-wanted = This store demands the password of { $name }.
sign-in-wrong = The password is wrong.
sign-in-failed = The password can't be worked with: { $reason }
sign-in-corrupt = The stored password can't be read. An administrator sets another with `tcrm passwd USER`.
sign-in-first-oneself = Set your own password first, with `tcrm passwd`: otherwise you would lock yourself out.
password-short = Too short: at least { $least } characters.
password-long = Too long: at most { $most } bytes.
password-control = It has characters that can't be typed everywhere.
password-name = It has a name in it: { $name }
password-common = Too easy to guess: it is one of those that everybody tries first.
password-plain = Mix letters, digits or signs, or take at least { $long } characters.
passwd-ask = Password:
passwd-ask-of = Password of { $name }:
passwd-current = Current password:
passwd-new = New password:
passwd-again = Once more:
passwd-same = The new password is the one you have now.
passwd-differ = The two are different. Nothing was changed.
passwd-keys = Enter next, Ctrl-S set, Esc cancel
passwd-elsewhere = Here only your own password is changed. Others' are set on the server: tcrm passwd USER
passwd-nobody = Nobody is signed in: start with --as USER.
passwd-done = The password is set.
passwd-done-there = The password is set. Your other sessions have ended.
passwd-demanded = This store demands passwords from now on.
passwd-not-demanded = This store demands no passwords any more.
passwd-who = Say whose password: tcrm passwd USER
passwd-command = The command for the password failed: { $reason }
passwd-no-terminal = This store demands a password. Give --password-command, or work in a terminal.
cli-help-arg-password-command = A command that prints the password, for stores that demand one
cli-help-passwd = Set a password, your own or another user's
cli-help-passwd-whose = Whose; your own otherwise
cli-help-passwd-demand = Let nobody work with this store without a password (on), or everybody (off)
cli-examples-passwd =
    Examples:
      tcrm passwd
      tcrm passwd lisi
      tcrm passwd --demand on
      tcrm --as lisi --password-command "pass show crm" list customer
sign-in-administrator = Only administrators do this.
admin-online = Who is at work
admin-online-about = Who has the store open, from where, since when
admin-renumber = Number anew
admin-renumber-about = What the number rules would make of the codes there are
told-whose = A user's login or name
told-nobody = Nobody is signed in.
told-keys = Up/Down scroll  Esc close
told-keys-sight = Enter ask  Up/Down scroll  Esc close
told-keys-apply = y change the codes  Up/Down scroll  Esc close
told-renumbered = { $changed } codes changed; { $key } takes it back
