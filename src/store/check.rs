//! What `doctor` asks of a store.

use super::Store;
use super::column::Form;
use super::error::Result;
use super::files::LostFiles;
use super::index;
use super::table::quote;
use crate::domain::message::Message;
use crate::domain::record::system;
use crate::msg;

/// Something that is not as it should be, or worth knowing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// SQLite finds the file damaged.
    Damaged(String),
    /// References of a field that point nowhere.
    Dangling {
        /// The object that refers.
        object: String,
        /// Its field.
        field: String,
        /// How many records.
        records: u64,
    },
    /// Roll-ups of a field that aren't what their records come to.
    Rollups {
        /// The object that has the roll-up.
        object: String,
        /// The roll-up.
        field: String,
        /// How many records.
        records: u64,
    },
    /// Entries are missing from the journal.
    JournalGaps(u64),
    /// Entries of the journal without their transaction.
    JournalOrphans(u64),
    /// Transactions of the journal that aren't as they were written: the first one's number and time, and how many.
    JournalChanged {
        /// The first one's number.
        txn: i64,
        /// Its time as it stands there now.
        at: String,
        /// How many.
        number: u64,
    },
    /// A transaction that an event names isn't the one that stands there: number and the event's time.
    JournalCut(i64, String),
    /// Events that aren't as they were written: the first one's number and time, and how many.
    EventsChanged(i64, String, u64),
    /// Indexes that the schema asks for are missing: a load was interrupted, or is under way elsewhere.
    MissingIndexes(Vec<String>),
    /// Attached files are not where they should be.
    LostFiles(LostFiles),
    /// Content of attached files that nothing names any more: how many, and their bytes.
    OrphanedFiles(u64, u64),
    /// Drafts are kept for forms that were not saved.
    Drafts(u64),
}

impl Finding {
    /// Whether it is a fault (drafts and forgotten content are not).
    pub fn is_fault(&self) -> bool {
        !matches!(self, Finding::Drafts(_) | Finding::OrphanedFiles(..))
    }

    /// The finding in the user's words.
    pub fn message(&self) -> Message {
        match self {
            Finding::Damaged(detail) => msg!("store-check-damaged", detail = detail),
            Finding::Dangling { object, field, records } => {
                msg!("store-check-dangling", object = object, field = field, records = records)
            }
            Finding::Rollups { object, field, records } => {
                msg!("store-check-rollups", object = object, field = field, records = records)
            }
            Finding::JournalGaps(number) => msg!("store-check-gaps", number = number),
            Finding::JournalOrphans(number) => msg!("store-check-orphans", number = number),
            Finding::JournalChanged { txn, at, number } => {
                msg!("store-check-journal-changed", txn = txn, at = at, number = number)
            }
            Finding::JournalCut(txn, at) => msg!("store-check-journal-cut", txn = txn, at = at),
            Finding::EventsChanged(event, at, number) => {
                msg!("store-check-events-changed", event = event, at = at, number = number)
            }
            Finding::MissingIndexes(names) => msg!("store-check-indexes", names = names.join(", ")),
            Finding::LostFiles(LostFiles { object, field, count, first }) => {
                msg!("store-check-files", object = object, field = field, count = count, first = first)
            }
            Finding::OrphanedFiles(number, bytes) => {
                msg!(
                    "store-check-orphaned-files",
                    number = number,
                    size = format!("{:.1}", *bytes as f64 / 1_048_576.0)
                )
            }
            Finding::Drafts(number) => msg!("store-check-drafts", number = number),
        }
    }
}

impl Store {
    /// Looks over the whole store. Takes seconds on a large one.
    pub fn check(&self) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        if let Err(error) = self.quick_check() {
            match error {
                super::StoreError::Damaged { detail, .. } => return Ok(vec![Finding::Damaged(detail)]),
                other => return Err(other),
            }
        }
        findings.extend(self.dangling()?);
        let rollups = self.wrong_rollups()?.into_iter();
        findings.extend(rollups.map(|(object, field, records)| Finding::Rollups { object, field, records }));
        findings.extend(self.lost_files()?.into_iter().map(Finding::LostFiles));
        let orphaned = self.orphaned_files()?;
        if !orphaned.places.is_empty() {
            findings.push(Finding::OrphanedFiles(orphaned.places.len() as u64, orphaned.bytes));
        }
        let number = |sql: &str| -> Result<u64> {
            let number: i64 = self.conn.query_row(sql, [], |r| r.get(0)).map_err(self.sql())?;
            Ok(number.unsigned_abs())
        };
        let gone = self.journal_gone()?.unsigned_abs();
        let gaps = number("SELECT coalesce(max(seq), 0) - count(*) FROM _journal")?.saturating_sub(gone);
        let orphans = number("SELECT count(*) FROM _journal WHERE txn NOT IN (SELECT txn FROM _txn)")?;
        let drafts = number(&format!("SELECT count(*) FROM _setting WHERE {}", self.dialect().is_draft()))?;
        findings.extend((gaps > 0).then_some(Finding::JournalGaps(gaps)));
        findings.extend((orphans > 0).then_some(Finding::JournalOrphans(orphans)));
        findings.extend(self.chain_findings()?);
        let missing = self.missing_indexes()?;
        findings.extend((!missing.is_empty()).then_some(Finding::MissingIndexes(missing)));
        findings.extend((drafts > 0).then_some(Finding::Drafts(drafts)));
        Ok(findings)
    }

    /// What doesn't agree with the hashes of the journal and the events.
    fn chain_findings(&self) -> Result<Vec<Finding>> {
        let chain = self.chain()?;
        let changed = chain.first_broken.map(|(txn, at)| Finding::JournalChanged { txn, at, number: chain.broken });
        let events = self.event_chain()?;
        let cut = events.first_cut.map(|(txn, at)| Finding::JournalCut(txn, at));
        let rewritten = events.first_broken.map(|(event, at)| Finding::EventsChanged(event, at, events.broken));
        Ok(changed.into_iter().chain(cut).chain(rewritten).collect())
    }

    /// Whether the store lacks indexes that it should have.
    pub fn lacks_indexes(&self) -> Result<bool> {
        Ok(!self.missing_indexes()?.is_empty())
    }

    fn missing_indexes(&self) -> Result<Vec<String>> {
        let mut missing = Vec::new();
        for table in self.in_force.tables.iter() {
            let there = index::existing(&self.conn, &table.name).map_err(self.sql())?;
            let absent = table.indexes.iter().filter(|i| there.get(&i.name) != Some(&i.sql));
            missing.extend(absent.map(|i| i.name.clone()));
        }
        Ok(missing)
    }

    fn dangling(&self) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        for table in self.in_force.tables.iter() {
            for column in table.columns.iter().filter(|c| !system::ALL.contains(&c.name.as_str())) {
                let Some(target) = column.target.as_deref().and_then(|t| self.in_force.tables.get(t).ok()) else {
                    continue;
                };
                let (from, name, to) = (quote(&table.name), quote(&column.name), quote(&target.name));
                let condition = if column.form == Form::Refs {
                    let (items, item) = (self.dialect().items(&format!("t.{name}")), self.dialect().item_number());
                    format!("EXISTS (SELECT 1 FROM {items} WHERE {item} NOT IN (SELECT r.id FROM {to} r))")
                } else {
                    format!("{name} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {to} r WHERE r.id = t.{name})")
                };
                let sql = format!("SELECT count(*) FROM {from} t WHERE {condition}");
                let records: i64 = self.conn.query_row(&sql, [], |r| r.get(0)).map_err(self.sql())?;
                if records > 0 {
                    let (object, field) = (table.name.clone(), column.name.clone());
                    findings.push(Finding::Dangling { object, field, records: records.unsigned_abs() });
                }
            }
        }
        Ok(findings)
    }
}
