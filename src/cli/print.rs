//! `tcrm print`: a quote, order or contract as a page.

use super::args::{PageFormat, Print};
use super::assign;
use super::failure::Failure;
use super::output::{note, stdout};
use super::session::{Session, Want};
use crate::backend::printing;
use crate::msg;
use crate::transfer::output::Output;
use crate::transfer::print::{html, text};
use std::io::Write;

/// Writes a document to stdout as text, or to a file: as a page of HTML unless told otherwise.
pub(super) fn run(session: &Session, args: &Print) -> Result<(), Failure> {
    let backend = session.open(Want::Read)?;
    let key = assign::record(session, &backend, &args.object, &args.id)?;
    let sheet = session.wait(printing::gather(&backend, key, session.lang, &session.zone))?;
    let output = args.output.as_deref().filter(|path| path.as_os_str() != "-");
    let usual = match output.and_then(|path| path.extension()) {
        Some(extension) if extension == "txt" => PageFormat::Text,
        Some(_) => PageFormat::Html,
        None if output.is_some() => PageFormat::Html,
        None => PageFormat::Text,
    };
    let page = match args.format.unwrap_or(usual) {
        PageFormat::Html => html(&sheet),
        PageFormat::Text => text(&sheet),
    };
    let Some(path) = output else {
        let mut out = stdout();
        out.write_all(page.as_bytes())?;
        return Ok(out.flush()?);
    };
    let mut file = Output::create(path)?;
    file.write_all(page.as_bytes())?;
    file.finish()?;
    note(&session.say(&msg!("print-written", path = path.display())));
    Ok(())
}
