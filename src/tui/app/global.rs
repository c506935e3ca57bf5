//! The actions that belong to no layer.

use super::App;
use crate::contract::error::Error;
use crate::domain::lang::Lang;
use crate::msg;
use crate::tui::action::Action;
use crate::tui::context::{Change, Effect, Goto, Notice, Severity};
use crate::tui::form::draft;
use crate::tui::layer::Closed;
use crate::tui::popup::find::FindLayer;
use crate::tui::popup::help::HelpLayer;
use crate::tui::popup::palette::PaletteLayer;
use crate::tui::popup::password::PasswordLayer;
use crate::tui::popup::picker::{Item, PickerLayer};
use crate::tui::popup::sweep::SweepLayer;
use crate::tui::popup::sync::SyncLayer;
use crate::tui::popup::told::ToldLayer;
use crate::tui::popup::traffic::TrafficLayer;
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::screen::plans::PlansScreen;
use crate::tui::screen::pools::PoolsScreen;

impl App {
    pub(super) fn act_globally(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Quit => self.quit(),
            Action::Palette => self.open_palette(false),
            Action::CommandLine => self.open_palette(true),
            Action::Find => self.push_with(|cx| Box::new(FindLayer::new(cx))),
            Action::Help => {
                let scopes = self.scopes();
                self.push_with(|_| Box::new(HelpLayer::new(scopes)))
            }
            Action::Undo => self.undo(Request::Undo),
            Action::Redo => self.undo(Request::Redo),
            Action::Refresh => self.send_all(&crate::tui::layer::Event::Changed),
            Action::Customers => self.go_list("customer"),
            Action::Leads => self.go_list("lead"),
            Action::Opportunities => self.go(Goto::Board(None)),
            Action::Today => self.go(Goto::Today),
            Action::Agenda => self.go(Goto::Agenda),
            Action::Approvals => self.go(Goto::Inbox),
            Action::Reports => self.go(Goto::Reports),
            Action::Admin => self.go(Goto::Admin),
            Action::Plans => self.push_with(|cx| Box::new(PlansScreen::new(cx))),
            Action::Pools => self.push_with(|cx| Box::new(PoolsScreen::new(cx))),
            Action::Why => match self.layers.last().and_then(|layer| layer.current()) {
                Some(key) => self.push_with(|cx| Box::new(ToldLayer::sight(key, cx))),
                None => self.not_here(action),
            },
            Action::Passwd => self.push_with(|cx| Box::new(PasswordLayer::new(cx))),
            Action::Traffic => self.push_with(|cx| Box::new(TrafficLayer::new(cx))),
            Action::Sync => self.push_with(|cx| Box::new(SyncLayer::new(cx))),
            Action::Sweep => self.push_with(|cx| Box::new(SweepLayer::new(cx))),
            Action::Tasks => self.go(self.open_tasks()),
            Action::Objects => self.choose_object(),
            Action::Drafts => self.show_drafts(),
            Action::History => self.go(Goto::Log(String::new())),
            Action::Themes => self.choose_theme(),
            Action::Language => self.switch_language(),
            Action::Messages => self.show_messages(),
            Action::Mouse => {
                self.mouse = !self.mouse;
                let key = if self.mouse { msg!("mouse-on") } else { msg!("mouse-off") };
                self.tell(Severity::Info, key);
                vec![Effect::Mouse(self.mouse)]
            }
            Action::Suspend => vec![Effect::Suspend],
            Action::Back if self.layers.len() > 1 => self.close(self.layers.len() - 1, Closed::Cancelled),
            Action::Back => {
                self.tell(Severity::Info, msg!("back-nothing", key = self.shared.keymap.first_key(Action::Quit)));
                Vec::new()
            }
            _ => self.not_here(action),
        }
    }

    fn not_here(&mut self, action: Action) -> Vec<Effect> {
        let title = self.shared.text(&action.text_key());
        self.tell(Severity::Info, msg!("action-not-here", action = title));
        Vec::new()
    }

    fn push_with(
        &mut self,
        make: impl FnOnce(&mut crate::tui::context::Context<'_>) -> Box<dyn crate::tui::layer::Layer>,
    ) -> Vec<Effect> {
        self.with_context(|_, cx| {
            let layer = make(cx);
            cx.push(layer);
        })
    }

    /// Ends the program, but not over unsaved work: a second time in a row it does.
    fn quit(&mut self) -> Vec<Effect> {
        let dirty = self.layers.iter().any(|l| l.is_dirty());
        let ask = dirty || self.shared.config.interface.confirm_quit;
        if !ask || self.confirm_quit {
            return vec![Effect::Quit];
        }
        self.confirm_quit = true;
        self.tell(Severity::Warning, if dirty { msg!("quit-unsaved") } else { msg!("quit-again") });
        Vec::new()
    }

    fn open_palette(&mut self, command_line: bool) -> Vec<Effect> {
        let scopes = self.scopes();
        let unavailable = crate::tui::action::CATALOGUE
            .iter()
            .filter_map(|e| self.unavailable(e.action).map(|m| (e.action, self.shared.message(&m))))
            .collect();
        let layer = PaletteLayer::new(&self.shared, &scopes, unavailable, command_line);
        self.push_with(|_| Box::new(layer))
    }

    fn go_list(&mut self, object: &str) -> Vec<Effect> {
        self.go(Goto::List(object.to_owned(), String::new()))
    }

    /// What is left to do: open tasks of one's own.
    fn open_tasks(&self) -> Goto {
        let own = if self.shared.me.is_some() { " owner:me" } else { "" };
        self.shared.list_of("task", &format!("-state:done -state:cancelled{own}"))
    }

    fn choose_object(&mut self) -> Vec<Effect> {
        let lang = self.shared.lang;
        let items = self.shared.schema.in_menus().into_iter().map(|(menu, o)| Item {
            dim: false,
            group: menu.map_or_else(|| self.shared.text("menu-other"), |m| m.label.get(lang).to_owned()),
            key: o.name.clone(),
            text: o.plural_label(lang).to_owned(),
            also: format!("{} {} {}", o.name, o.plural.zh, o.plural.en),
            detail: o.plural_name.clone(),
            chosen: false,
        });
        let layer = PickerLayer::new(self.shared.text("action-app-objects"), items.collect())
            .then(|key, cx| cx.goto(Goto::List(key.to_owned(), String::new())));
        self.push_with(|_| Box::new(layer))
    }

    fn choose_theme(&mut self) -> Vec<Effect> {
        let item = |name: &str| Item {
            key: name.to_owned(),
            text: self.shared.text(&format!("theme-{name}")),
            detail: name.to_owned(),
            chosen: self.shared.settings.get(super::THEME).is_some_and(|now| now == name),
            ..Item::default()
        };
        let items = crate::tui::theme::BUILT_IN.iter().map(|(n, _)| item(n)).collect();
        let layer = PickerLayer::new(self.shared.text("action-app-themes"), items).then(|key, cx| {
            cx.change(Change::Theme(key.to_owned()));
        });
        self.push_with(|_| Box::new(layer))
    }

    fn switch_language(&mut self) -> Vec<Effect> {
        let other = if self.shared.lang == Lang::Zh { Lang::En } else { Lang::Zh };
        self.change(Change::Lang(other))
    }

    fn show_messages(&mut self) -> Vec<Effect> {
        let item = |(at, n): &(String, Notice)| Item { text: n.text.clone(), detail: at.clone(), ..Item::default() };
        let items: Vec<Item> = self.notices.iter().rev().map(item).collect();
        if items.is_empty() {
            self.tell(Severity::Info, msg!("messages-none"));
            return Vec::new();
        }
        let layer = PickerLayer::new(self.shared.text("action-app-messages"), items);
        self.push_with(|_| Box::new(layer))
    }

    /// Asks what is kept: other processes may have left drafts since the start.
    fn show_drafts(&mut self) -> Vec<Effect> {
        self.serial += 2;
        let ticket = Ticket { slot: Slot(self.serial - 1), serial: self.serial };
        self.listing_drafts = Some(ticket);
        vec![Effect::Ask(ticket, Request::Settings(draft::PREFIX.to_owned()))]
    }

    /// The drafts that no open form keeps, neither here nor in another living process.
    pub(super) fn left_drafts(&self) -> Vec<draft::Draft> {
        let settings: Vec<(String, String)> =
            self.shared.settings.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        let open = |key: &str| self.layers.iter().any(|l| l.draft() == Some(key));
        let mut drafts = draft::parse(&settings);
        drafts.retain(|d| !open(&d.key) && !(self.alive)(d.pid));
        drafts
    }

    pub(super) fn list_drafts(&mut self, reply: Reply) -> Vec<Effect> {
        match reply {
            Reply::Settings(Ok(settings)) => {
                // Of this process the cache knows more: a write may still be under way.
                let own = |text: &str| draft::pid(text) == Some(std::process::id());
                self.shared.settings.retain(|key, text| !key.starts_with(draft::PREFIX) || own(text));
                self.shared.settings.extend(settings.into_iter().filter(|(_, text)| !own(text)));
            }
            Reply::Settings(Err(error)) => {
                let text = self.shared.error(&error, None);
                self.show(Notice { severity: Severity::Error, text });
            }
            _ => {}
        }
        let drafts = self.left_drafts();
        if drafts.is_empty() {
            self.tell(Severity::Info, msg!("drafts-none"));
            return Vec::new();
        }
        self.push_with(|_| Box::new(draft::DraftsLayer::new(drafts)))
    }

    fn undo(&mut self, request: Request) -> Vec<Effect> {
        if self.undoing.is_some() {
            return Vec::new();
        }
        self.serial += 2;
        let ticket = Ticket { slot: Slot(self.serial - 1), serial: self.serial };
        self.undoing = Some(ticket);
        vec![Effect::Ask(ticket, request)]
    }

    pub(super) fn tell_undone(&mut self, reply: &Reply) {
        let (key, result) = match reply {
            Reply::Undone(result) => ("undone", result),
            Reply::Redone(result) => ("redone", result),
            _ => return,
        };
        match result {
            Ok(done) => {
                let (object, title) = &done.title;
                let label = self.shared.object(object).map_or(object.as_str(), |o| o.label.get(self.shared.lang));
                let what = format!("{label} {title}");
                let message = match key {
                    "undone" => msg!("undone", what = what, count = done.touched),
                    _ => msg!("redone", what = what, count = done.touched),
                };
                self.tell(Severity::Info, message);
            }
            Err(Error::NotFound(message)) => self.tell(Severity::Info, message.clone()),
            Err(error) => {
                let text = self.shared.error(error, None);
                self.show(Notice { severity: Severity::Error, text });
            }
        }
    }
}
