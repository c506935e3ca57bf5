# The agenda, today, plans, reminders and work logs
agenda-list = List
agenda-day = Day
agenda-week = Week
agenda-month = Month
agenda-overdue = Overdue
agenda-today = Today
agenda-tomorrow = Tomorrow
agenda-empty = Nothing here. a: activity, t: task, A: reminder
agenda-count = { $count ->
    [one] 1 item
   *[other] { $count } items
}
agenda-of-team = team
agenda-of-everyone = everyone
agenda-nothing-here = There is nothing under the cursor
agenda-only-reminders = Only reminders can be passed over like that
agenda-is-done = This is done already
agenda-nothing-done = Nothing was done on these days
agenda-snooze-help = +3d, next fri, tomorrow 9:00 … Tasks move there, reminders come back
agenda-snoozed = Put off: { $what } ({ $key } takes it back)
agenda-moved = Moved: { $what } ({ $key } takes it back)
agenda-done = Done: { $what } ({ $key } takes it back)
agenda-considered = Considered: { $what } ({ $key } takes it back)
remind-due = Due: { $text }
remind-notice-failed = The notice could not be shown by { $command }: { $why }
today-due = Due
today-pipeline = My pipeline
today-plan = My month against plan
today-stuck = Deals without a next step
today-recent = Changed last
today-nothing-due = Nothing is due
today-more = { $count } more …
today-no-stage = (no stage)
today-no-deals = No open deals
today-no-plan = No plan for this month: `g p` and then a makes one
today-none = None
plan-all = all
plan-year = year
plan-month = { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}
plan-by-plan = plan by plan
plan-by-person = by person
plan-by-department = by department
plan-by-product = by product
plan-none = No plans here: a makes one, h and l change the year, s what they are added up by
work-log-task = Task
work-log-day = Work log { $day }
work-log-week = Work log of the week from { $day }
