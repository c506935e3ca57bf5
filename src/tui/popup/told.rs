//! What the backend tells in a few lines: why someone may see a record or not, who is at work, what numbering anew
//! would change.

use super::frame;
use crate::contract::error::Error;
use crate::contract::log::Seat;
use crate::contract::request::{RenumberRequest, Renumbering};
use crate::domain::journal::Origin;
use crate::domain::message::Message;
use crate::domain::record::RecordKey;
use crate::msg;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Shared};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::text::Align;
use crate::tui::theme::Role;
use crate::tui::widget::line_edit::{Edited, LineEdit};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The box's width, where there is room.
const WIDTH: u16 = 76;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
enum About {
    /// Why a user may see this record or not.
    Sight(RecordKey),
    /// Who is at work.
    Seats,
    /// What numbering an object's records anew changes.
    Numbers(String),
}

/// The answer, and for the sight of a record a line with the user it is about.
pub struct ToldLayer {
    about: About,
    slot: Slot,
    waiting: Option<Ticket>,
    user: LineEdit,
    lines: Vec<(String, Role)>,
    /// So many codes would change; they are changed when that is wanted.
    changes: u64,
    top: usize,
}

impl ToldLayer {
    /// Why the acting user may see a record, and others whose names are typed.
    pub fn sight(key: RecordKey, cx: &mut Context<'_>) -> ToldLayer {
        let login = cx.shared.me.as_ref().map(|me| me.login.clone()).unwrap_or_default();
        ToldLayer::new(About::Sight(key), &login, cx)
    }

    /// Who is at work with the store.
    pub fn seats(cx: &mut Context<'_>) -> ToldLayer {
        ToldLayer::new(About::Seats, "", cx)
    }

    /// What numbering anew changes.
    pub fn numbers(object: String, cx: &mut Context<'_>) -> ToldLayer {
        ToldLayer::new(About::Numbers(object), "", cx)
    }

    fn new(about: About, user: &str, cx: &mut Context<'_>) -> ToldLayer {
        let (slot, user) = (cx.slot(), LineEdit::new(user));
        let mut layer = ToldLayer { about, slot, waiting: None, user, lines: Vec::new(), changes: 0, top: 0 };
        layer.ask(false, cx);
        layer
    }

    fn ask(&mut self, apply: bool, cx: &mut Context<'_>) {
        let request = match &self.about {
            About::Sight(_) if self.user.text().trim().is_empty() => {
                self.lines = vec![(cx.shared.text("told-whose"), Role::Dim)];
                return;
            }
            About::Sight(key) => Request::Why { user: self.user.text().trim().to_owned(), key: key.clone() },
            About::Seats => Request::Online,
            About::Numbers(object) => {
                let (object, filter) = (object.clone(), String::new());
                Request::Renumber(RenumberRequest { object, filter, all: false, apply })
            }
        };
        self.top = 0;
        self.lines = vec![(cx.shared.text("list-loading"), Role::Dim)];
        self.waiting = Some(cx.ask(self.slot, request));
    }

    fn take(&mut self, reply: Reply, cx: &mut Context<'_>) {
        self.waiting = None;
        let shared = cx.shared;
        self.lines = match reply {
            Reply::Told(Ok(told)) => told.iter().map(|m| said(m, shared)).collect(),
            Reply::Online(Ok(seats)) if seats.is_empty() => vec![(shared.text("told-nobody"), Role::Dim)],
            Reply::Online(Ok(seats)) => seats.iter().map(|seat| (seated(seat, shared), Role::Text)).collect(),
            Reply::Renumbered(Ok(done)) if done.txn.is_some() => {
                cx.info(msg!("told-renumbered", changed = done.changed, key = shared.keymap.first_key(Action::Undo)));
                return cx.close(Closed::Answered(0));
            }
            Reply::Renumbered(Ok(found)) => {
                self.changes = found.changed;
                numbers(&found, shared)
            }
            Reply::Told(Err(error)) | Reply::Online(Err(error)) | Reply::Renumbered(Err(error)) => {
                if error == Error::Cancelled {
                    return;
                }
                vec![(shared.error(&error, None), Role::Error)]
            }
            _ => return,
        };
    }

    fn is_about_sight(&self) -> bool {
        matches!(self.about, About::Sight(_))
    }

    fn key(&mut self, key: Key, cx: &mut Context<'_>) -> Flow {
        match key.code {
            KeyCode::Esc => cx.close(Closed::Cancelled),
            KeyCode::Down => self.scroll(1),
            KeyCode::Up => self.scroll(-1),
            KeyCode::Enter if self.is_about_sight() => self.ask(false, cx),
            KeyCode::Enter => self.confirm(cx),
            _ if !self.is_about_sight() => return Flow::Ignored,
            _ if self.user.handle(key) == Edited::Ignored => return Flow::Ignored,
            _ => {}
        }
        Flow::Used
    }

    fn confirm(&mut self, cx: &mut Context<'_>) {
        match self.changes {
            0 if self.waiting.is_none() => cx.close(Closed::Cancelled),
            0 => {}
            _ => {
                self.changes = 0;
                self.ask(true, cx);
            }
        }
    }

    fn scroll(&mut self, rows: isize) {
        self.top = self.top.saturating_add_signed(rows).min(self.lines.len().saturating_sub(1));
    }
}

/// A line of an explanation: what is allowed and what isn't stand out.
fn said(message: &Message, shared: &Shared) -> (String, Role) {
    let role = match message.key.as_ref() {
        key if key.ends_with("-yes") => Role::Success,
        key if key.ends_with("-no") => Role::Warning,
        _ => Role::Text,
    };
    (shared.message(message), role)
}

fn seated(seat: &Seat, shared: &Shared) -> String {
    let measure = shared.glyphs.measure;
    let fit = |text: &str, width| measure.fit(text, width, shared.glyphs.ellipsis, Align::Left);
    let since = seat.since.to_zoned(shared.now.time_zone().clone()).strftime("%m-%d %H:%M").to_string();
    let certain = shared.text(if seat.certain { "log-certain" } else { "log-uncertain" });
    let nobody = if seat.origin == Origin::System { "log-server" } else { "log-nobody" };
    let name = if seat.name.is_empty() { shared.text(nobody) } else { seat.name.clone() };
    format!("{} {since}  {} {} {certain}", fit(&name, 16), fit(&seat.host, 14), fit(&seat.process, 8))
}

fn numbers(found: &Renumbering, shared: &Shared) -> Vec<(String, Role)> {
    let measure = shared.glyphs.measure;
    let fit = |text: &str, width| measure.fit(text, width, shared.glyphs.ellipsis, Align::Left);
    let head = msg!("cli-renumber-dry", changed = found.changed, kept = found.kept, rule = &found.pattern);
    let mut lines = vec![(shared.message(&head), Role::Title)];
    let row = |r: &crate::contract::request::Renumbered| {
        (format!("{} {} {} {}", fit(&r.from, 18), shared.glyphs.right, fit(&r.to, 18), r.title), Role::Text)
    };
    lines.extend(found.rows.iter().map(row));
    if found.changed > found.rows.len() as u64 {
        let more = msg!("sweep-more", number = found.changed - found.rows.len() as u64);
        lines.push((shared.message(&more), Role::Dim));
    }
    lines
}

impl Layer for ToldLayer {
    fn scopes(&self) -> Vec<Scope> {
        vec![if self.is_about_sight() { Scope::Picker } else { Scope::Dialog }]
    }

    fn takes_text(&self) -> bool {
        self.is_about_sight()
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text(match &self.about {
            About::Sight(_) => "action-record-why",
            About::Seats => "admin-online",
            About::Numbers(_) => "admin-renumber",
        })
    }

    fn hints(&self) -> Vec<Action> {
        Vec::new()
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Action(Action::Yes) => self.confirm(cx),
            Event::Action(Action::No | Action::Back | Action::Quit) => cx.close(Closed::Cancelled),
            Event::Action(Action::DialogNext | Action::PickNext) => self.scroll(1),
            Event::Action(Action::DialogPrevious | Action::PickPrevious) => self.scroll(-1),
            Event::Key(key) => return self.key(key, cx),
            Event::Paste(text) if self.is_about_sight() => {
                self.user.paste(&text);
            }
            Event::Reply(ticket, reply) if self.waiting == Some(ticket) => self.take(reply, cx),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let measure = shared.glyphs.measure;
        let asks = self.is_about_sight();
        let lines = frame::wrapped(&self.lines, WIDTH.min(area.width).saturating_sub(4), shared);
        let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(if asks { 4 } else { 2 });
        let inner = frame::boxed(area, (WIDTH, height.clamp(6, area.height.max(6))), &self.title(shared), buf, shared);
        let keys = match (&self.about, self.changes) {
            (About::Sight(_), _) => "told-keys-sight",
            (About::Numbers(_), 1..) => "told-keys-apply",
            _ => "told-keys",
        };
        frame::keys(inner, &shared.text(keys), buf, shared);
        let ground = frame::ground(shared);
        let (mut cursor, mut y) = (None, inner.y);
        if asks {
            let placeholder = shared.text("told-whose");
            let line = Rect { height: 1, ..inner };
            let style = shared.theme.style(Role::Input);
            cursor = Some(self.user.render(line, buf, style, (&placeholder, shared.theme.style(Role::Placeholder))));
            y += 2;
        }
        let room = usize::from(inner.bottom().saturating_sub(y));
        let top = self.top.min(lines.len().saturating_sub(room));
        for (y, (text, role)) in (y..inner.bottom()).zip(lines.iter().skip(top)) {
            let style = ground.patch(shared.theme.style(*role)).patch(shared.theme.style(Role::Popup));
            let style = if *role == Role::Text { ground } else { style };
            let (text, _) = measure.cut(text, usize::from(inner.width), shared.glyphs.ellipsis);
            measure.draw(buf, inner.x, y, &text, inner.width, style);
        }
        cursor
    }
}
