//! The actions that the schema offers on a record: choosing one, and its form or question.

use super::{RecordActions, Step};
use crate::contract::request::{ActRequest, DoRequest, EachRequest, Offer};
use crate::domain::record::{Fields, RecordKey};
use crate::msg;
use crate::schema::model::UseCase;
use crate::tui::context::{Context, Shared};
use crate::tui::form::FormLayer;
use crate::tui::popup::confirm::ConfirmLayer;
use crate::tui::popup::picker::{Item, PickerLayer};
use crate::tui::request::Request;

/// The action by which the work of a record's user passes to others.
fn hand_over(shared: &Shared, key: &RecordKey) -> Option<String> {
    let actions = &shared.object(&key.object)?.actions;
    actions.iter().find(|action| action.does == UseCase::HandOver).map(|action| action.name.clone())
}

impl RecordActions {
    /// Offers the actions of records; of one record those that can't be done now stand last, with the reason. Of
    /// several, each record is asked when the action is done.
    pub(super) fn choose_action(&mut self, keys: Vec<RecordKey>, offers: &[Offer], cx: &mut Context<'_>) {
        let shared = cx.shared;
        let Some(object) = keys.first().and_then(|key| shared.object(&key.object)) else { return };
        let mut offers = offers.to_vec();
        if keys.len() > 1 {
            offers.iter_mut().for_each(|offer| offer.refusal = None);
        }
        let item = |offer: &Offer| {
            let label = &object.action(&offer.action)?.label;
            let (text, also) =
                (label.get(shared.lang).to_owned(), format!("{}\n{}\n{}", label.zh, label.en, offer.action));
            let detail = offer.refusal.as_ref().map(|reason| shared.message(reason)).unwrap_or_default();
            let dim = offer.refusal.is_some();
            Some(Item { key: offer.action.clone(), text, also, detail, dim, ..Item::default() })
        };
        let (now, later): (Vec<&Offer>, Vec<&Offer>) = offers.iter().partition(|offer| offer.refusal.is_none());
        let items: Vec<Item> = now.into_iter().chain(later).filter_map(item).collect();
        if items.is_empty() {
            cx.info(msg!("actions-none", object = object.label.get(shared.lang)));
            return;
        }
        let mut title = shared.text("action-record-actions");
        if keys.len() > 1 {
            title = format!(
                "{title} {} {}",
                shared.glyphs.separator,
                shared.message(&msg!("record-count", count = keys.len()))
            );
        }
        cx.push(Box::new(PickerLayer::new(title, items)));
        self.step = Some(Step::ChooseAction(keys, offers));
    }

    /// Goes on with an action: to its form, to the question it asks, or at once.
    pub(super) fn take_action(&mut self, keys: Vec<RecordKey>, offer: &Offer, cx: &mut Context<'_>) {
        if let Some(reason) = &offer.refusal {
            cx.warn(reason.clone());
            return;
        }
        let shared = cx.shared;
        let Some(key) = keys.first() else { return };
        let Some(action) = shared.object(&key.object).and_then(|o| o.action(&offer.action)) else { return };
        if !action.form.fields.is_empty() {
            let form = match keys.as_slice() {
                [one] => FormLayer::perform(&action.name, one.clone(), cx),
                _ => FormLayer::perform_each(&action.name, keys, cx),
            };
            cx.push(form);
        } else if action.confirm || keys.len() > 1 {
            let title = action.label.get(shared.lang).to_owned();
            let mut lines = vec![shared.message(&msg!("action-question", action = &title, what = &self.named))];
            lines.extend(action.note.as_ref().map(|note| note.get(shared.lang).to_owned()));
            if keys.len() > 1 {
                lines.push(shared.message(&msg!("record-count", count = keys.len())));
            }
            let notes: Vec<String> = offer.notes.iter().map(|note| shared.message(note)).collect();
            let mut buttons = vec![title.clone(), shared.text("button-cancel")];
            let mut start = usize::from(action.confirm);
            // Whoever goes leaves work behind: it can be handed over first.
            let first = hand_over(shared, key).filter(|_| !notes.is_empty() && keys.len() == 1);
            if !notes.is_empty() {
                lines.push(shared.message(&msg!("user-still-has", what = shared.listed(&notes))));
            }
            if first.is_some() {
                buttons.insert(1, shared.text("button-hand-over-first"));
                start = 1;
            }
            cx.push(Box::new(ConfirmLayer::new(title, lines, buttons, start)));
            self.step = Some(Step::ConfirmAction(keys, action.name.clone(), first));
        } else {
            self.perform(keys, action.name.clone(), cx);
        }
    }

    pub(super) fn perform(&mut self, keys: Vec<RecordKey>, action: String, cx: &mut Context<'_>) {
        let (fields, comment) = (Fields::new(), String::new());
        let object = keys.first().and_then(|key| cx.shared.object(&key.object));
        let label = object.and_then(|object| object.action(&action)).map(|a| a.label.get(cx.shared.lang).to_owned());
        self.acting = label.unwrap_or_default();
        let act = match <[RecordKey; 1]>::try_from(keys) {
            Ok([key]) => ActRequest::Do(DoRequest { action, key, fields, comment, version: None }),
            Err(keys) => ActRequest::DoEach(EachRequest { action, keys, fields, comment }),
        };
        let ticket = cx.ask(self.slot, Request::Act(act));
        self.step = Some(Step::Write(ticket, "acted"));
    }
}
