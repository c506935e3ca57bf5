//! `tcrm edit`: one record in the user's editor.

use super::assign;
use super::change;
use super::failure::Failure;
use super::output::{look, note};
use super::session::{Session, Want, find_object};
use crate::backend::Backend;
use crate::contract::error::Error;
use crate::contract::request::{CheckRequest, View};
use crate::domain::message::FieldError;
use crate::domain::record::Fields;
use crate::msg;
use crate::schema::kind::FormatContext;
use crate::schema::model::{Object, Schema};
use crate::transfer::record_text::{self, TextError};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Opens a record in the editor, as often as there are errors in it, and saves what changed.
pub(super) fn run(session: &Session, object: &str, id: &str) -> Result<(), Failure> {
    let backend = session.open(Want::Write)?;
    let key = assign::record(session, &*backend, object, id)?;
    let view = session.wait(backend.get(key.clone()))?;
    let schema = backend.schema();
    let object = find_object(&schema, &key.object, session.lang)?;
    let desk = Desk { session, backend: &*backend, schema: &schema, object, view: &view };
    let file = Draft::new(&format!("{}-{}", key.object, key.id), "txt")?;
    let mut text = record_text::write(object, &view.record, &desk.look(), &[]);
    let mut wrong = false;
    loop {
        file.write(&text)?;
        call_editor(session, &file.path)?;
        let edited = file.read()?;
        if edited == text || edited.trim().is_empty() {
            return desk.give_up(file, wrong && edited == text);
        }
        match desk.changes(&edited)? {
            Ok(changes) => return change::save(session, &*backend, key, view.record.version, changes, false),
            Err(marked) => text = marked,
        }
        wrong = true;
    }
}

struct Desk<'a> {
    session: &'a Session,
    backend: &'a dyn Backend,
    schema: &'a Schema,
    object: &'a Object,
    view: &'a View,
}

impl Desk<'_> {
    fn look(&self) -> FormatContext<'_> {
        look(self.session, self.schema, &self.view.titles)
    }

    /// What changed against the record, checked; or the text with the errors in it.
    fn changes(&self, text: &str) -> Result<Result<Fields, String>, Failure> {
        let given = match record_text::read(self.object, text) {
            Ok(given) => given,
            Err(errors) => return Ok(Err(self.mark_lines(text, &errors))),
        };
        let before = record_text::texts(self.object, &self.view.record, &self.look());
        let changed = record_text::changed(&before, given.clone());
        let again = |errors: &[FieldError]| {
            let mut texts = before.clone();
            texts.extend(given.clone());
            let title = format!("{} {}", self.object.label.get(self.session.lang), self.view.record.id);
            record_text::render(self.object, &texts, &self.look(), errors, &title)
        };
        let stored = &self.view.record.fields;
        let changes = match assign::parse(self.session, self.backend, self.object, stored, &changed) {
            Ok(changes) => changes,
            Err(Error::Invalid(errors)) => return Ok(Err(again(&errors))),
            Err(error) => return Err(error.into()),
        };
        let mut fields = self.view.record.fields.clone();
        fields.extend(changes.clone());
        let id = Some(self.view.record.id);
        let request = CheckRequest { object: self.object.name.clone(), id, fields, duplicates: false };
        Ok(match self.session.wait(self.backend.check(request)) {
            Ok(answer) if !answer.errors.is_empty() => Err(again(&answer.errors)),
            Err(Error::Invalid(errors)) => Err(again(&errors)),
            // Any other failure is told by the saving that follows.
            _ => Ok(changes),
        })
    }

    /// The text with a mark above each line that can't be read.
    fn mark_lines(&self, text: &str, errors: &[TextError]) -> String {
        let mut marked = String::new();
        for (at, line) in text.lines().enumerate().filter(|(_, l)| !l.starts_with("#!")) {
            for error in errors.iter().filter(|e| e.line == at + 1) {
                let why = self.session.say(&msg!("transfer-text-line", what = &error.what));
                marked.push_str(&format!("#! {why}\n"));
            }
            marked.push_str(line);
            marked.push('\n');
        }
        marked
    }

    /// The editor was left without a change: nothing to save, or errors that the user doesn't mean to mend now.
    fn give_up(&self, file: Draft, wrong: bool) -> Result<(), Failure> {
        if !wrong {
            note(&self.session.say(&msg!("cli-edit-unchanged")));
            return Ok(());
        }
        let path = file.keep();
        Err(Failure::Other(3, msg!("cli-edit-errors", path = path.display())))
    }
}

/// The editor's command: settings, `$VISUAL`, `$EDITOR`, `vi`. No shell is in between.
pub(super) fn call_editor(session: &Session, file: &Path) -> Result<(), Failure> {
    let variable = |name: &str| std::env::var(name).ok().filter(|v| !v.trim().is_empty());
    let named = session.config.edit.editor.clone().or_else(|| variable("VISUAL")).or_else(|| variable("EDITOR"));
    let command = named.unwrap_or_else(|| "vi".to_owned());
    let mut words = command.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let fail = |reason: String| Failure::Other(1, msg!("cli-editor", command = &command, reason = reason));
    let status = Command::new(program).args(words).arg(file).status().map_err(|e| fail(e.to_string()))?;
    if status.success() { Ok(()) } else { Err(fail(status.to_string())) }
}

/// The file that is edited: only its owner may read it, and it goes when it is done with.
pub(super) struct Draft {
    pub(super) path: PathBuf,
    kept: bool,
}

impl Draft {
    pub(super) fn new(name: &str, extension: &str) -> Result<Draft, Failure> {
        let path = std::env::temp_dir().join(format!("tcrm-{name}-{}.{extension}", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).map_err(|e| crate::transfer::Error::io(&path.display().to_string(), &e))?;
        Ok(Draft { path, kept: false })
    }

    pub(super) fn write(&self, text: &str) -> Result<(), Failure> {
        let mut file = OpenOptions::new().write(true).truncate(true).open(&self.path)?;
        Ok(file.write_all(text.as_bytes())?)
    }

    pub(super) fn read(&self) -> Result<String, Failure> {
        let bytes = std::fs::read(&self.path)?;
        String::from_utf8(bytes)
            .map_err(|_| Failure::Other(3, msg!("cli-not-utf8", path = self.path.display(), line = 1)))
    }

    pub(super) fn keep(mut self) -> PathBuf {
        self.kept = true;
        self.path.clone()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
