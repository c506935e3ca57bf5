//! Files in a form: completing a typed path, attaching what stands there.

use super::{Above, FormLayer};
use crate::contract::error::Error;
use crate::domain::value::FileRef;
use crate::msg;
use crate::tui::context::Context;
use crate::tui::popup::picker::{Item, PickerLayer};
use crate::tui::request::{Request, Ticket};

/// A question about a typed path that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) ticket: Ticket,
    place: usize,
    path: String,
    /// Show the list of files even where one completion is plain.
    list: bool,
}

impl FormLayer {
    /// Attaches the file at a path; in a folder, shows what is there.
    pub(super) fn attach(&mut self, path: String, cx: &mut Context<'_>) {
        if path.ends_with('/') {
            self.complete(true, cx);
            return;
        }
        let ticket = cx.ask(self.file_slot, Request::Attach(path.clone()));
        self.attaching = Some(Asked { ticket, place: self.focus, path, list: false });
    }

    /// Completes the path that is being typed; whether there is one.
    pub(super) fn complete(&mut self, list: bool, cx: &mut Context<'_>) -> bool {
        let entry = self.current_entry().filter(|e| e.is_open());
        let path = entry.and_then(|e| e.editor.path()).filter(|path| list || !path.is_empty());
        let Some(path) = path.map(str::to_owned) else { return false };
        let ticket = cx.ask(self.file_slot, Request::Complete(path.clone()));
        self.completing = Some(Asked { ticket, place: self.focus, path, list });
        true
    }

    pub(super) fn take_attached(&mut self, asked: &Asked, result: Result<FileRef, Error>, cx: &mut Context<'_>) {
        match (result, self.entries.get_mut(asked.place)) {
            (Ok(file), Some(entry)) => {
                cx.info(msg!("form-attached", name = file.name, size = file.size_text()));
                entry.editor.attached(&asked.path, file);
                self.changed(asked.place, cx);
            }
            (Err(error), _) => cx.fail(&error, None),
            _ => {}
        }
    }

    pub(super) fn take_paths(&mut self, asked: &Asked, result: Result<Vec<String>, Error>, cx: &mut Context<'_>) {
        let paths = match result {
            Ok(paths) => paths,
            Err(Error::Cancelled) => return,
            Err(error) => return cx.fail(&error, None),
        };
        let Some(entry) = self.entries.get_mut(asked.place) else { return };
        // The user typed on, or went on.
        if entry.editor.path() != Some(asked.path.as_str()) || self.focus != asked.place || self.above != Above::Nothing
        {
            return;
        }
        let common = common_start(&paths);
        match paths.as_slice() {
            [] => cx.info(msg!("form-no-file", path = asked.path)),
            [one] if !asked.list && *one == asked.path => cx.info(msg!("form-not-attached")),
            [one] if !asked.list => {
                entry.editor.complete(one);
                self.changed(asked.place, cx);
            }
            _ if !asked.list && common.len() > asked.path.len() => {
                entry.editor.complete(common);
                self.changed(asked.place, cx);
            }
            _ => {
                let item = |path: &String| {
                    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
                    let end = if path.ends_with('/') { "/" } else { "" };
                    Item { key: path.clone(), text: format!("{name}{end}"), ..Item::default() }
                };
                let title = entry.field.label.get(cx.shared.lang).to_owned();
                self.above = Above::Files(asked.place);
                cx.push(Box::new(PickerLayer::new(title, paths.iter().map(item).collect())));
            }
        }
    }

    /// A file was chosen from the list: it is attached; a folder is looked into.
    pub(super) fn take_file(&mut self, place: usize, path: &str, cx: &mut Context<'_>) {
        let Some(entry) = self.entries.get_mut(place) else { return };
        entry.editor.complete(path);
        self.changed(place, cx);
        self.focus = place;
        self.attach(path.to_owned(), cx);
    }
}

/// The longest start that all have, whole characters only.
fn common_start(paths: &[String]) -> &str {
    let Some((first, others)) = paths.split_first() else { return "" };
    let mut end = first.len();
    for other in others {
        let same = first.char_indices().zip(other.chars()).take_while(|((_, a), b)| a == b);
        end = end.min(same.last().map_or(0, |((at, c), _)| at + c.len_utf8()));
    }
    first.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_start_is_whole_characters() {
        let of = |paths: &[&str]| common_start(&paths.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>()).to_owned();
        assert_eq!(of(&["/tmp/报价.pdf", "/tmp/报告.pdf"]), "/tmp/报");
        assert_eq!(of(&["a", "ab"]), "a");
        assert_eq!(of(&["x", "y"]), "");
        assert_eq!(of(&[]), "");
    }
}
