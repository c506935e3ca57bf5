//! `tcrm edit`: one record in the user's editor.

use super::assign;
use super::change;
use super::failure::Failure;
use super::output::{look, note};
use super::session::{Session, Want, find_object};
use crate::backend::Backend;
use crate::backend::error::Error;
use crate::backend::request::View;
use crate::domain::message::FieldError;
use crate::domain::record::Fields;
use crate::msg;
use crate::schema::kind;
use crate::schema::model::{Field, Kind, Object, Schema};
use crate::transfer::record_text::{self, Entry, LineError, Pairs};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Opens a record in the editor, as often as there are errors in it, and saves what changed.
pub(super) fn run(session: &Session, object: &str, id: &str) -> Result<(), Failure> {
    let backend = session.open(Want::Write)?;
    let key = assign::record(session, &backend, object, id)?;
    let view = session.wait(backend.get(key.clone()))?;
    let schema = backend.schema();
    let object = find_object(&schema, &key.object, session.lang)?;
    let desk = Desk { session, backend: &backend, schema: &schema, object, view: &view };
    let file = Draft::new(&format!("{}-{}", key.object, key.id))?;
    let mut text = record_text::write(&desk.heading(&[]), &desk.entries(None, &[]));
    loop {
        file.write(&text)?;
        let before = text.clone();
        call_editor(session, &file.path)?;
        text = file.read()?;
        if text == before || text.trim().is_empty() {
            return desk.give_up(file, &text, &before);
        }
        match desk.changes(&text) {
            Ok(changes) => return change::save(session, &backend, key, view.record.version, changes, false),
            Err(next) => text = next,
        }
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
    fn fields(&self) -> impl Iterator<Item = &Field> {
        self.object.fields.iter().filter(|f| f.is_editable() && !matches!(f.kind, Kind::Attachment))
    }

    fn plain(&self, field: &Field) -> String {
        let look = look(self.session, self.schema, &self.view.titles);
        kind::plain(&field.kind, self.view.record.get(&field.name), &look)
    }

    fn heading(&self, errors: &[String]) -> String {
        let object = self.object.label.get(self.session.lang);
        let mut heading = self.session.say(&msg!("cli-edit-heading", object = object, id = self.view.record.id));
        for error in errors {
            heading.push_str("\n! ");
            heading.push_str(error);
        }
        heading
    }

    fn entries(&self, given: Option<&Pairs>, errors: &[FieldError]) -> Vec<Entry> {
        let entry = |field: &Field| {
            let typed = given.and_then(|p| p.iter().find(|(n, _)| n == &field.name).map(|(_, v)| v.clone()));
            let wrong: Vec<String> =
                errors.iter().filter(|e| e.field == field.name).map(|e| self.session.say(&e.message)).collect();
            Entry {
                name: field.name.clone(),
                value: typed.unwrap_or_else(|| self.plain(field)),
                hint: self.hint(field),
                error: (!wrong.is_empty()).then(|| wrong.join("\n")),
            }
        };
        self.fields().map(entry).collect()
    }

    fn hint(&self, field: &Field) -> String {
        let label = field.label.get(self.session.lang).to_owned();
        let dictionary = field.kind.dictionary().and_then(|d| self.schema.dictionary(d));
        let choices: Vec<&str> = dictionary
            .iter()
            .flat_map(|d| d.items.iter().filter(|i| !i.retired))
            .map(|i| i.label.get(self.session.lang))
            .collect();
        if choices.is_empty() { label } else { format!("{label}: {}", choices.join(", ")) }
    }

    /// What changed against the record, checked; or the text with the errors in it.
    fn changes(&self, text: &str) -> Result<Fields, String> {
        let pairs = record_text::read(text).map_err(|errors| self.with_line_errors(text, &errors))?;
        let differs = |name: &str, value: &str| self.object.find_field(name).is_none_or(|f| self.plain(f) != value);
        let changed = pairs.iter().filter(|(n, v)| differs(n, v)).map(|(n, v)| (n.as_str(), v.as_str()));
        let changes = assign::parse(self.session, self.backend, self.object, changed).map_err(|e| self.again(&pairs, &e))?;
        let mut fields = self.view.record.fields.clone();
        fields.extend(changes.clone());
        let request = crate::backend::request::CheckRequest {
            object: self.object.name.clone(),
            id: Some(self.view.record.id),
            fields,
            duplicates: false,
        };
        match self.session.wait(self.backend.check(request)) {
            Ok(answer) if !answer.errors.is_empty() => Err(self.again(&pairs, &answer.errors)),
            Err(Error::Invalid(errors)) => Err(self.again(&pairs, &errors)),
            // Any other failure is told by the saving that follows.
            _ => Ok(changes),
        }
    }

    fn again(&self, pairs: &Pairs, errors: &[FieldError]) -> String {
        let known = |e: &&FieldError| self.fields().any(|f| f.name == e.field);
        let rest: Vec<String> = errors
            .iter()
            .filter(|e| !known(e))
            .map(|e| format!("{} {}", e.field, self.session.say(&e.message)).trim().to_owned())
            .collect();
        record_text::write(&self.heading(&rest), &self.entries(Some(pairs), errors))
    }

    fn with_line_errors(&self, text: &str, errors: &[LineError]) -> String {
        let mut lines = Vec::new();
        for (at, line) in text.lines().enumerate().filter(|(_, l)| !l.starts_with("#! ")) {
            let wrong = errors.iter().filter(|e| e.line == at + 1);
            lines.extend(wrong.map(|e| format!("#! {}", self.session.say(&e.message))));
            lines.push(line.to_owned());
        }
        lines.join("\n") + "\n"
    }

    /// The editor was left without a change: nothing to save, or errors that the user doesn't mean to mend now.
    fn give_up(&self, file: Draft, text: &str, before: &str) -> Result<(), Failure> {
        if text.trim().is_empty() || !before.lines().any(|l| l.starts_with("#! ") || l.starts_with("# ! ")) {
            note(&self.session.say(&msg!("cli-edit-unchanged")));
            return Ok(());
        }
        let path = file.keep();
        Err(Failure::Other(3, msg!("cli-edit-errors", path = path.display())))
    }
}

/// The editor's command: settings, `$VISUAL`, `$EDITOR`, `vi`. No shell is in between.
fn call_editor(session: &Session, file: &Path) -> Result<(), Failure> {
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
struct Draft {
    path: PathBuf,
    kept: bool,
}

impl Draft {
    fn new(name: &str) -> Result<Draft, Failure> {
        let path = std::env::temp_dir().join(format!("tcrm-{name}-{}.txt", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).map_err(|e| crate::transfer::Error::io(&path.display().to_string(), &e))?;
        Ok(Draft { path, kept: false })
    }

    fn write(&self, text: &str) -> Result<(), Failure> {
        let mut file = OpenOptions::new().write(true).truncate(true).open(&self.path)?;
        Ok(file.write_all(text.as_bytes())?)
    }

    fn read(&self) -> Result<String, Failure> {
        let bytes = std::fs::read(&self.path)?;
        String::from_utf8(bytes).map_err(|_| Failure::Other(3, msg!("cli-not-utf8", path = self.path.display(), line = 1)))
    }

    fn keep(mut self) -> PathBuf {
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
