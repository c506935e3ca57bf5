//! The parts of the screen that themes give a look.

/// Declares the roles with their names in theme files.
macro_rules! roles {
    ($($(#[doc = $doc:literal])+ $role:ident = $name:literal,)+) => {
        /// A part of the screen with a look of its own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Role {
            $($(#[doc = $doc])+ $role,)+
        }

        impl Role {
            /// Every role.
            pub const ALL: &'static [Self] = &[$(Self::$role,)+];
            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();

            /// Its name in theme files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$role => $name,)+
                }
            }
        }
    };
}

roles! {
    /// Ordinary text, and the background of the whole screen.
    Text = "text",
    /// Text of less weight: units, hints, times.
    Dim = "dim",
    /// Names of fields.
    Label = "label",
    /// What shall be noticed.
    Accent = "accent",
    /// Titles of panes and dialogs.
    Title = "title",
    /// The selected row or choice of the pane in focus.
    Selection = "selection",
    /// The selected row of a pane without focus.
    SelectionInactive = "selection-inactive",
    /// The row or line of the cursor in a form.
    CursorLine = "cursor-line",
    /// Marked rows.
    Marked = "marked",
    /// Headings of columns.
    Header = "header",
    /// Lines around panes.
    Border = "border",
    /// Lines around the pane in focus.
    FocusBorder = "focus-border",
    /// The background of dialogs.
    Popup = "popup",
    /// What matches the search.
    Match = "match",
    /// The sign of required fields.
    Required = "required",
    /// Text being entered.
    Input = "input",
    /// What an empty field shows.
    Placeholder = "placeholder",
    /// Mistakes and failures.
    Error = "error",
    /// What needs care.
    Warning = "warning",
    /// What went well.
    Success = "success",
    /// What is worth knowing.
    Info = "info",
    /// Short labels in colour: levels, states.
    Badge = "badge",
    /// Due soon.
    Due = "due",
    /// Past its date.
    Overdue = "overdue",
    /// Tabs.
    Tab = "tab",
    /// The tab in view.
    TabActive = "tab-active",
    /// Keys in hints.
    HintKey = "hint-key",
    /// What the keys do.
    HintText = "hint-text",
    /// The line at the bottom.
    StatusBar = "status-bar",
    /// What cannot be used now.
    Disabled = "disabled",
    /// What can be followed.
    Link = "link",
    /// Values that were added, in histories and merges.
    Added = "added",
    /// Values that were removed.
    Removed = "removed",
    /// Open stages of a pipeline.
    StageOpen = "stage-open",
    /// The stage of what was won.
    StageWon = "stage-won",
    /// The stage of what was lost.
    StageLost = "stage-lost",
    /// The first series of a chart.
    Chart1 = "chart-1",
    /// The second series.
    Chart2 = "chart-2",
    /// The third series.
    Chart3 = "chart-3",
    /// The fourth series.
    Chart4 = "chart-4",
    /// The fifth series.
    Chart5 = "chart-5",
    /// The sixth series.
    Chart6 = "chart-6",
}

impl Role {
    /// The series of charts.
    pub const SERIES: [Self; 6] = [Self::Chart1, Self::Chart2, Self::Chart3, Self::Chart4, Self::Chart5, Self::Chart6];

    /// The role of that name in theme files.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name() == name)
    }
}
