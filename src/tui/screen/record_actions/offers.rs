//! The actions that the schema offers on a record: choosing one, and its form or question.

use super::{RecordActions, Step};
use crate::backend::request::{ActRequest, DoRequest, Offer};
use crate::domain::record::{Fields, RecordKey};
use crate::msg;
use crate::tui::context::Context;
use crate::tui::form::FormLayer;
use crate::tui::popup::confirm::ConfirmLayer;
use crate::tui::popup::picker::{Item, PickerLayer};
use crate::tui::request::Request;

impl RecordActions {
    /// Offers the actions of a record; those that can't be done now stand last, with the reason.
    pub(super) fn choose_action(&mut self, key: RecordKey, offers: &[Offer], cx: &mut Context<'_>) {
        let shared = cx.shared;
        let Some(object) = shared.object(&key.object) else { return };
        let item = |offer: &Offer| {
            let label = &object.action(&offer.action)?.label;
            let (text, also) =
                (label.get(shared.lang).to_owned(), format!("{}\n{}\n{}", label.zh, label.en, offer.action));
            let detail = offer.refusal.as_ref().map(|reason| shared.message(reason)).unwrap_or_default();
            Some(Item { key: offer.action.clone(), text, also, detail, ..Item::default() })
        };
        let (now, later): (Vec<&Offer>, Vec<&Offer>) = offers.iter().partition(|offer| offer.refusal.is_none());
        let items: Vec<Item> = now.into_iter().chain(later).filter_map(item).collect();
        if items.is_empty() {
            cx.info(msg!("actions-none", object = object.label.get(shared.lang)));
            return;
        }
        cx.push(Box::new(PickerLayer::new(shared.text("action-record-actions"), items)));
        self.step = Some(Step::ChooseAction(key, offers.to_vec()));
    }

    /// Goes on with an action: to its form, to the question it asks, or at once.
    pub(super) fn take_action(&mut self, key: RecordKey, offer: &Offer, cx: &mut Context<'_>) {
        if let Some(reason) = &offer.refusal {
            cx.warn(reason.clone());
            return;
        }
        let shared = cx.shared;
        let Some(action) = shared.object(&key.object).and_then(|o| o.action(&offer.action)) else { return };
        if !action.form.fields.is_empty() {
            let form = FormLayer::perform(&action.name, key, cx);
            cx.push(form);
        } else if action.confirm {
            let title = action.label.get(shared.lang).to_owned();
            let lines = vec![shared.message(&msg!("action-question", action = &title))];
            let buttons = vec![title.clone(), shared.text("button-cancel")];
            cx.push(Box::new(ConfirmLayer::new(title, lines, buttons, 1)));
            self.step = Some(Step::ConfirmAction(key, action.name.clone()));
        } else {
            self.perform(key, action.name.clone(), cx);
        }
    }

    pub(super) fn perform(&mut self, key: RecordKey, action: String, cx: &mut Context<'_>) {
        let (fields, comment) = (Fields::new(), String::new());
        let act = ActRequest::Do(DoRequest { action, key, fields, comment, version: None });
        let ticket = cx.ask(self.slot, Request::Act(act));
        self.step = Some(Step::Write(ticket, "acted"));
    }
}
