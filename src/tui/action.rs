//! The catalogue of everything a user can do: the keymap, the hint bar, the help, the palette, the
//! mouse menu and the README's key table are made from it.
//!
//! Title and help of an action are texts of `src/i18n/*/actions.ftl`, under its name with `-` for `.`.

/// Where an action's keys count. A layer names its scopes, the innermost first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Everywhere outside text fields.
    Global,
    /// Wherever there is something to move in.
    Move,
    /// Where a record is under the cursor or open.
    Record,
    /// In lists.
    List,
    /// On the board.
    Board,
    /// In the 360° view.
    Detail,
    /// In the agenda.
    Agenda,
    /// In the call queue.
    Queue,
    /// In the inbox of approvals.
    Inbox,
    /// In the reports.
    Report,
    /// In the sales plans.
    Plan,
    /// In the lines of a document.
    Lines,
    /// In the lists of what the schema is made of.
    Setup,
    /// In forms, text fields included.
    Form,
    /// In pickers, prompts and the palette, text fields included.
    Picker,
    /// In questions and notices.
    Dialog,
}

impl Scope {
    /// All scopes, in the order of the help.
    pub const ALL: [Scope; 16] = [
        Scope::List,
        Scope::Board,
        Scope::Detail,
        Scope::Record,
        Scope::Agenda,
        Scope::Queue,
        Scope::Inbox,
        Scope::Report,
        Scope::Plan,
        Scope::Lines,
        Scope::Setup,
        Scope::Form,
        Scope::Picker,
        Scope::Dialog,
        Scope::Move,
        Scope::Global,
    ];

    /// The key of its heading in the catalogue of texts.
    pub fn key(self) -> &'static str {
        match self {
            Scope::Global => "scope-global",
            Scope::Move => "scope-move",
            Scope::Record => "scope-record",
            Scope::List => "scope-list",
            Scope::Board => "scope-board",
            Scope::Detail => "scope-detail",
            Scope::Agenda => "scope-agenda",
            Scope::Queue => "scope-queue",
            Scope::Inbox => "scope-inbox",
            Scope::Report => "scope-report",
            Scope::Plan => "scope-plan",
            Scope::Lines => "scope-lines",
            Scope::Setup => "scope-setup",
            Scope::Form => "scope-form",
            Scope::Picker => "scope-picker",
            Scope::Dialog => "scope-dialog",
        }
    }

    /// Whether two scopes can be in force at the same time, so that their keys must not clash.
    pub fn meets(self, other: Scope) -> bool {
        use Scope::*;
        let text = |s: Scope| matches!(s, Form | Picker);
        self == other
            || match (self, other) {
                (Dialog, _) | (_, Dialog) => false,
                (a, b) if text(a) || text(b) => false,
                (
                    List | Detail | Board | Agenda | Queue | Inbox | Report | Plan | Lines | Setup,
                    List | Detail | Board | Agenda | Queue | Inbox | Report | Plan | Lines | Setup,
                ) => false,
                // Figures, lines and parts of the schema are not records that one acts on.
                (Report | Plan | Lines | Setup, Record) | (Record, Report | Plan | Lines | Setup) => false,
                _ => true,
            }
    }
}

/// What an action does to data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effectiveness {
    /// Nothing: it only shows.
    Reads,
    /// It changes data.
    Writes,
    /// It removes data; its question starts on "no".
    Destroys,
}

macro_rules! catalogue {
    ($( $variant:ident $name:literal $scope:ident $effect:ident [$($key:literal),*]; )*) => {
        /// Something a user can do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the catalogue of texts describes each")]
        pub enum Action { $($variant),* }

        /// All actions, in the order of the help.
        pub const CATALOGUE: &[Entry] = &[$(Entry {
            action: Action::$variant,
            name: $name,
            scope: Scope::$scope,
            effect: Effectiveness::$effect,
            keys: &[$($key),*],
        }),*];

        impl Action {
            /// Its entry in the catalogue.
            pub fn entry(self) -> &'static Entry {
                match self {
                    $(Action::$variant => &Entry {
                        action: Action::$variant,
                        name: $name,
                        scope: Scope::$scope,
                        effect: Effectiveness::$effect,
                        keys: &[$($key),*],
                    }),*
                }
            }
        }
    };
}

/// An action of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The action.
    pub action: Action,
    /// Its name in the configuration (`record.edit`).
    pub name: &'static str,
    /// Where its keys count.
    pub scope: Scope,
    /// What it does to data.
    pub effect: Effectiveness,
    /// Its default keys; blanks separate the keys of a sequence.
    pub keys: &'static [&'static str],
}

catalogue! {
    // Lists
    Open "list.open" List Reads ["enter"];
    ListIn "list.in" List Reads ["l", "right"];
    ListOut "list.out" List Reads ["h", "left"];
    Add "list.add" List Writes ["a"];
    Filter "list.filter" List Reads ["/"];
    ClearFilter "list.clear-filter" List Reads ["g c"];
    Sort "list.sort" List Reads ["s"];
    Columns "list.columns" List Reads ["f"];
    ColumnNarrower "list.narrower" List Reads ["<"];
    ColumnWider "list.wider" List Reads [">"];
    Mark "list.mark" List Reads ["space"];
    MarkRange "list.mark-range" List Reads ["v"];
    MarkAll "list.mark-all" List Reads ["*"];
    Views "list.views" List Reads ["V"];
    SaveView "list.save-view" List Reads ["W"];
    View1 "list.view-1" List Reads ["' 1"];
    View2 "list.view-2" List Reads ["' 2"];
    View3 "list.view-3" List Reads ["' 3"];
    View4 "list.view-4" List Reads ["' 4"];
    View5 "list.view-5" List Reads ["' 5"];
    View6 "list.view-6" List Reads ["' 6"];
    View7 "list.view-7" List Reads ["' 7"];
    View8 "list.view-8" List Reads ["' 8"];
    View9 "list.view-9" List Reads ["' 9"];
    CallQueue "list.queue" List Writes ["C"];
    // The call queue
    QueueOutcome1 "queue.outcome-1" Queue Writes ["1"];
    QueueOutcome2 "queue.outcome-2" Queue Writes ["2"];
    QueueOutcome3 "queue.outcome-3" Queue Writes ["3"];
    QueueOutcome4 "queue.outcome-4" Queue Writes ["4"];
    QueueOutcome5 "queue.outcome-5" Queue Writes ["5"];
    QueueOutcome6 "queue.outcome-6" Queue Writes ["6"];
    QueueOutcome7 "queue.outcome-7" Queue Writes ["7"];
    QueueOutcome8 "queue.outcome-8" Queue Writes ["8"];
    QueueOutcome9 "queue.outcome-9" Queue Writes ["9"];
    QueueNote "queue.note" Queue Writes ["n"];
    QueueDone "queue.done" Queue Writes ["x"];
    QueueSkip "queue.skip" Queue Reads ["s", "J"];
    QueueBack "queue.back" Queue Reads ["b", "K"];
    QueueOpen "queue.open" Queue Reads ["enter"];
    // The inbox of approvals
    InboxApprove "inbox.approve" Inbox Writes ["A"];
    InboxReturn "inbox.return" Inbox Writes ["B"];
    InboxOpen "inbox.open" Inbox Reads ["enter"];
    InboxMark "inbox.mark" Inbox Reads ["space"];
    InboxMarkAll "inbox.mark-all" Inbox Reads ["*"];
    InboxNextTray "inbox.next-tray" Inbox Reads ["]"];
    InboxPreviousTray "inbox.previous-tray" Inbox Reads ["["];
    // What the schema is made of
    SetupOpen "setup.open" Setup Reads ["enter", "l", "right"];
    SetupEdit "setup.edit" Setup Writes ["e"];
    SetupAdd "setup.add" Setup Writes ["a"];
    SetupRemove "setup.remove" Setup Writes ["d"];
    SetupUp "setup.up" Setup Writes ["K"];
    SetupDown "setup.down" Setup Writes ["J"];
    SetupPlan "setup.plan" Setup Writes ["p"];
    SetupText "setup.text" Setup Writes ["E"];
    SetupFind "setup.find" Setup Reads ["/"];
    // The board
    BoardLeft "board.left" Board Reads ["h", "left"];
    BoardRight "board.right" Board Reads ["l", "right"];
    BoardMoveLeft "board.move-left" Board Writes ["H"];
    BoardMoveRight "board.move-right" Board Writes ["L"];
    BoardGrab "board.grab" Board Writes ["space"];
    BoardOpen "board.open" Board Reads ["enter"];
    BoardAdd "board.add" Board Writes ["a"];
    BoardFilter "board.filter" Board Reads ["/"];
    BoardClearFilter "board.clear-filter" Board Reads ["g c"];
    BoardPipeline "board.pipeline" Board Reads ["p"];
    BoardGroup "board.group" Board Reads ["o"];
    BoardFold "board.fold" Board Reads ["-"];
    BoardList "board.list" Board Reads ["O"];
    // 360° view
    NextTab "detail.next-tab" Detail Reads ["]"];
    PreviousTab "detail.previous-tab" Detail Reads ["["];
    DetailIn "detail.in" Detail Reads ["l", "right"];
    DetailOut "detail.out" Detail Reads ["h", "left"];
    DetailOpen "detail.open" Detail Reads ["enter"];
    DetailAdd "detail.add" Detail Writes ["a"];
    DetailLines "detail.lines" Detail Writes ["i"];
    EmptyFields "detail.empty-fields" Detail Reads ["."];
    NextRecord "detail.next-record" Record Reads ["J"];
    PreviousRecord "detail.previous-record" Record Reads ["K"];
    // The record under the cursor
    Edit "record.edit" Record Writes ["e"];
    EditText "record.edit-text" Record Writes ["E"];
    Delete "record.delete" Record Destroys ["d"];
    Log "record.log" Record Writes ["c"];
    Actions "record.actions" Record Writes ["m"];
    AddTask "record.add-task" Record Writes ["t"];
    Complete "record.complete" Record Writes ["x"];
    CopyField "record.copy-field" Record Reads ["y y"];
    CopyTitle "record.copy-title" Record Reads ["y t"];
    CopyRecord "record.copy-record" Record Reads ["y r"];
    CopyJson "record.copy-json" Record Reads ["y j"];
    ShowJson "record.show-json" Record Reads ["g j"];
    CopyId "record.copy-id" Record Reads ["y i"];
    OpenLink "record.open-link" Record Reads ["g x"];
    Print "record.print" Record Reads ["p"];
    Why "record.why" Record Reads ["g ?"];
    // The agenda
    AgendaOpen "agenda.open" Agenda Reads ["enter"];
    AgendaAdd "agenda.add" Agenda Writes ["a"];
    AgendaRemind "agenda.remind" Agenda Writes ["A"];
    AgendaSnooze "agenda.snooze" Agenda Writes ["s"];
    AgendaConsidered "agenda.considered" Agenda Writes ["o"];
    AgendaNextView "agenda.next-view" Agenda Reads ["]"];
    AgendaPreviousView "agenda.previous-view" Agenda Reads ["["];
    AgendaList "agenda.list" Agenda Reads ["v l"];
    AgendaDay "agenda.day" Agenda Reads ["v d"];
    AgendaWeek "agenda.week" Agenda Reads ["v w"];
    AgendaMonth "agenda.month" Agenda Reads ["v m"];
    AgendaRight "agenda.next-day" Agenda Reads ["l", "right"];
    AgendaLeft "agenda.previous-day" Agenda Reads ["h", "left"];
    AgendaNext "agenda.next" Agenda Reads [">"];
    AgendaPrevious "agenda.previous" Agenda Reads ["<"];
    AgendaToday "agenda.today" Agenda Reads ["T"];
    AgendaWhose "agenda.whose" Agenda Reads ["m"];
    AgendaReminders "agenda.reminders" Agenda Reads ["r"];
    AgendaLog "agenda.work-log" Agenda Writes ["w"];
    AgendaCopyLog "agenda.copy-work-log" Agenda Reads ["y w"];
    // The lines of a document
    LinesEdit "lines.edit" Lines Writes ["enter"];
    LinesRight "lines.right" Lines Reads ["l", "right"];
    LinesLeft "lines.left" Lines Reads ["h", "left"];
    LinesAdd "lines.add" Lines Writes ["o", "a"];
    LinesAddAbove "lines.add-above" Lines Writes ["O"];
    LinesCopy "lines.copy" Lines Writes ["D"];
    LinesRemove "lines.remove" Lines Writes ["d d"];
    LinesLower "lines.lower" Lines Writes ["J"];
    LinesHigher "lines.higher" Lines Writes ["K"];
    LinesSave "lines.save" Lines Writes ["ctrl-s"];
    // The reports
    ReportOpen "report.open" Report Reads ["enter", "l", "right"];
    ReportOut "report.out" Report Reads ["h", "left"];
    ReportDays "report.days" Report Reads ["s"];
    ReportFilter "report.filter" Report Reads ["/"];
    ReportClearFilter "report.clear-filter" Report Reads ["g c"];
    // The sales plans
    PlanOpen "plan.open" Plan Reads ["enter"];
    PlanAdd "plan.add" Plan Writes ["a"];
    PlanNextYear "plan.next-year" Plan Reads ["l", "right"];
    PlanPreviousYear "plan.previous-year" Plan Reads ["h", "left"];
    PlanGroup "plan.group" Plan Reads ["s"];
    // Forms
    Save "form.save" Form Writes ["ctrl-s"];
    NextField "form.next-field" Form Reads ["tab"];
    PreviousField "form.previous-field" Form Reads ["shift-tab"];
    NextError "form.next-error" Form Reads ["f6"];
    FieldEditor "form.editor" Form Reads ["ctrl-e"];
    FormChoose "form.choose" Form Reads ["f4"];
    FormDuplicate "form.duplicate" Form Reads ["f9"];
    FormLines "form.lines" Form Writes ["f3"];
    FormNextRecord "form.next-record" Form Reads ["f7"];
    FormPreviousRecord "form.previous-record" Form Reads ["f8"];
    // Pickers
    PickNext "picker.next" Picker Reads ["down", "ctrl-n"];
    PickPrevious "picker.previous" Picker Reads ["up", "ctrl-p"];
    PickPageDown "picker.page-down" Picker Reads ["pagedown"];
    PickPageUp "picker.page-up" Picker Reads ["pageup"];
    PickToggle "picker.toggle" Picker Reads ["ctrl-t"];
    PickCreate "picker.create" Picker Writes ["ctrl-a"];
    // Questions
    Yes "dialog.yes" Dialog Reads ["y"];
    No "dialog.no" Dialog Reads ["n"];
    DialogNext "dialog.next" Dialog Reads ["tab", "l", "right", "j", "down"];
    DialogPrevious "dialog.previous" Dialog Reads ["shift-tab", "h", "left", "k", "up"];
    // Moving
    Down "move.down" Move Reads ["j", "down"];
    Up "move.up" Move Reads ["k", "up"];
    Top "move.top" Move Reads ["g g", "home"];
    Bottom "move.bottom" Move Reads ["G", "end"];
    HalfPageDown "move.half-page-down" Move Reads ["ctrl-d"];
    HalfPageUp "move.half-page-up" Move Reads ["ctrl-u"];
    PageDown "move.page-down" Move Reads ["pagedown", "ctrl-f"];
    PageUp "move.page-up" Move Reads ["pageup", "ctrl-b"];
    NextPane "move.next-pane" Move Reads ["tab"];
    PreviousPane "move.previous-pane" Move Reads ["shift-tab"];
    // Everywhere
    Back "app.back" Global Reads ["esc"];
    Palette "app.palette" Global Reads ["ctrl-p"];
    CommandLine "app.command" Global Reads [":"];
    Find "app.find" Global Reads ["ctrl-k", "g /"];
    Help "app.help" Global Reads ["?", "f1"];
    Undo "app.undo" Global Writes ["u"];
    Redo "app.redo" Global Writes ["U"];
    Refresh "app.refresh" Global Reads ["R", "f5"];
    Zoom "app.zoom" Global Reads ["z"];
    Objects "app.objects" Global Reads ["8", "g o"];
    Customers "app.customers" Global Reads ["2"];
    Leads "app.leads" Global Reads ["3"];
    Opportunities "app.opportunities" Global Reads ["4"];
    Today "app.today" Global Reads ["1"];
    Agenda "app.agenda" Global Reads ["5"];
    Approvals "app.approvals" Global Reads ["6"];
    Reports "app.reports" Global Reads ["7"];
    Admin "app.admin" Global Reads ["9"];
    Tasks "app.tasks" Global Reads ["g k"];
    Plans "app.plans" Global Reads ["g p"];
    Pools "app.pools" Global Reads ["g w"];
    Sweep "app.sweep" Global Writes ["g W"];
    Sync "app.sync" Global Reads ["g s"];
    Passwd "app.passwd" Global Writes ["g P"];
    Traffic "app.http" Global Reads ["g r"];
    Drafts "app.drafts" Global Reads ["g d"];
    History "app.history" Global Reads ["g h"];
    Themes "app.themes" Global Reads ["g t"];
    Language "app.language" Global Reads ["g l"];
    Mouse "app.mouse" Global Reads ["g m"];
    Messages "app.messages" Global Reads ["g !"];
    Suspend "app.suspend" Global Reads ["ctrl-z"];
    Quit "app.quit" Global Reads ["q", "ctrl-c"];
}

impl Action {
    /// The action of a name.
    pub fn named(name: &str) -> Option<Action> {
        CATALOGUE.iter().find(|e| e.name == name).map(|e| e.action)
    }

    /// The key of its title in the catalogue of texts.
    pub fn text_key(self) -> String {
        format!("action-{}", self.entry().name.replace('.', "-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lang::Lang;
    use crate::i18n;

    #[test]
    fn every_action_stands_at_its_own_place_and_has_a_title_in_both_languages() {
        for entry in CATALOGUE {
            assert_eq!(entry.action.entry().name, entry.name);
            for lang in Lang::ALL {
                assert!(i18n::optional(lang, &entry.action.text_key()).is_some(), "{}: {}", lang.tag(), entry.name);
            }
        }
        for scope in Scope::ALL {
            assert!(i18n::optional(Lang::Zh, scope.key()).is_some());
        }
    }
}
