//! What a sweep would take back, and the question whether to do it.

use super::frame;
use crate::contract::error::Error;
use crate::contract::pool::{PassedOn, SweepReport, SweptRow};
use crate::domain::message::Message;
use crate::msg;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Shared};
use crate::tui::input::KeyCode;
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::text::Align;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// What a sweep came to.
fn done(report: &SweepReport) -> Message {
    match report.overdue {
        0 => msg!("sweep-done", number = report.total()),
        votes => msg!("sweep-done-votes", number = report.total(), votes = votes),
    }
}

/// The preview, then the sweep itself.
pub struct SweepLayer {
    slot: Slot,
    waiting: Option<Ticket>,
    preview: Option<Result<SweepReport, Error>>,
    /// The sweep is under way.
    doing: bool,
    top: usize,
}

impl SweepLayer {
    /// Asks what would go.
    pub fn new(cx: &mut Context<'_>) -> SweepLayer {
        let slot = cx.slot();
        let waiting = Some(cx.ask(slot, Request::Sweep { dry_run: true, if_due: false }));
        SweepLayer { slot, waiting, preview: None, doing: false, top: 0 }
    }

    fn begin(&mut self, cx: &mut Context<'_>) {
        match &self.preview {
            Some(Ok(report)) if report.total() + report.overdue > 0 && !self.doing => {
                self.doing = true;
                self.waiting = Some(cx.ask(self.slot, Request::Sweep { dry_run: false, if_due: false }));
            }
            Some(_) if !self.doing => cx.close(Closed::Cancelled),
            _ => {}
        }
    }

    fn take(&mut self, answer: Result<SweepReport, Error>, cx: &mut Context<'_>) {
        self.waiting = None;
        match answer {
            Ok(report) if self.doing => {
                cx.info(done(&report));
                cx.close(Closed::Answered(0));
            }
            Err(error) if self.doing => {
                cx.fail(&error, None);
                cx.close(Closed::Cancelled);
            }
            answer => self.preview = Some(answer),
        }
    }

    fn lines(&self, shared: &Shared) -> Vec<(String, Role)> {
        let report = match &self.preview {
            None => return vec![(shared.text("list-loading"), Role::Dim)],
            Some(Err(error)) => return vec![(shared.error(error, None), Role::Error)],
            Some(Ok(report)) => report,
        };
        if report.pools.is_empty() && report.overdue == 0 {
            return vec![(shared.text("sweep-none"), Role::Dim)];
        }
        let mut lines = Vec::new();
        for pool in &report.pools {
            lines.push(match &pool.problem {
                Some(problem) => (shared.message(problem), Role::Error),
                None => {
                    let of = msg!("cli-sweep-of", pool = &pool.name, touch = pool.touch, deal = pool.deal);
                    (shared.message(&of), Role::Title)
                }
            });
        }
        lines.push((String::new(), Role::Text));
        if report.total() + report.overdue == 0 {
            lines.push((shared.text("sweep-nothing"), Role::Dim));
        }
        lines.extend(report.rows.iter().map(|row| (line(row, shared), Role::Text)));
        if report.total() > report.rows.len() as u64 {
            let more = msg!("sweep-more", number = report.total() - report.rows.len() as u64);
            lines.push((shared.message(&more), Role::Dim));
        }
        let passed = |vote: &PassedOn| {
            let flow = vote.flow.get(shared.lang);
            let told = msg!("sweep-passed-on", flow = flow, title = &vote.title, from = &vote.from, to = &vote.to);
            (shared.message(&told), Role::Text)
        };
        lines.extend(report.passed_on.iter().map(passed));
        lines
    }
}

/// A record that would go: what, whose, since when, why.
fn line(row: &SweptRow, shared: &Shared) -> String {
    let measure = shared.glyphs.measure;
    let fit = |text: &str, width| measure.fit(text, width, shared.glyphs.ellipsis, Align::Left);
    let reason = shared.text(if row.deal { "cli-sweep-no-deal" } else { "cli-sweep-no-touch" });
    format!("{} {} {} {reason}", fit(&row.title, 26), fit(&row.owner.1, 10), row.since)
}

impl Layer for SweepLayer {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Dialog]
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("action-app-sweep")
    }

    fn hints(&self) -> Vec<Action> {
        vec![Action::Yes, Action::No, Action::DialogNext]
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        let last = self.lines(cx.shared).len().saturating_sub(1);
        match event {
            Event::Action(Action::Yes) => self.begin(cx),
            Event::Key(key) if key.code == KeyCode::Enter => self.begin(cx),
            Event::Action(Action::No | Action::Back | Action::Quit) => cx.close(Closed::Cancelled),
            Event::Key(key) if key.code == KeyCode::Esc => cx.close(Closed::Cancelled),
            Event::Action(Action::DialogNext) => self.top = (self.top + 1).min(last),
            Event::Action(Action::DialogPrevious) => self.top = self.top.saturating_sub(1),
            Event::Reply(ticket, Reply::Foreseen(answer) | Reply::Swept(answer)) if self.waiting == Some(ticket) => {
                self.take(answer, cx)
            }
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let question = match &self.preview {
            _ if self.doing => shared.text("sweep-doing"),
            Some(Ok(report)) if report.total() + report.overdue > 0 => shared.message(&match report.overdue {
                0 => msg!("sweep-ask", number = report.total()),
                votes => msg!("sweep-ask-votes", number = report.total(), votes = votes),
            }),
            _ => shared.text("sweep-close"),
        };
        let (title, lines) = (self.title(shared), self.lines(shared));
        frame::asking(area, (72, &title), (&lines, self.top), &question, buf, shared);
        None
    }
}
