//! Search as you type over all records: Chinese fragments of any length, pinyin in full,
//! initials and mixed, telephone and code fragments, Latin words; ranked, highlighted, cancelable.
//!
//! # Design
//! * **Text** is folded (width, case, accents) and coded in two bytes per Chinese character (`fold`).
//!   Telephone numbers keep their digits only.
//! * **Segments** of up to 131,072 documents lie newest first (`segment`). Their postings are lists of
//!   *groups* of 32 neighbouring documents: gaps of one byte, or a bitmap where that is shorter. A candidate
//!   group is verified in its text, so grams only have to be necessary, never sufficient.
//! * **Memory** holds the postings; the texts, in blocks of one group, lie in the snapshot and are read by
//!   position (`blocks`), where they are in the system's cache. Texts of young segments are in memory until
//!   the next snapshot ([`Index::save`], [`Index::rest_on`]); an index built from nothing writes its snapshot
//!   meanwhile ([`Builder::saving`]). Each block has a checksum: [`Index::is_damaged`].
//! * **Grams** (`gram`) are kept apart for titles and other values: ASCII 1–3-grams, characters, syllables,
//!   pairs of syllables, initials 1–3-grams, how titles open and close, hashes of whole values. A Chinese
//!   word is looked up by its characters and the syllable pairs that pinyin needs anyway.
//! * **Pinyin** (`pinyin`, `plan`): every cut of the typed letters into syllables and initials is an edge
//!   walk over one graph of grams; the text decides with readings by word, character and surname.
//! * **Ranking** (`ranked`): one pass per [`Tier`], newest first, ended when nothing left can change the
//!   first hits. Several words: each must match; the document ranks as its weakest word, at best as found
//!   inside the title, or as the words in a row where they stand so.
//!   A pass that is not over soon goes on in two threads. All matches without order (`every`) are found by
//!   scanning whole runs of groups.
//! * **Some of all**: a query among chosen documents ([`Chosen`]) has a bit for each of them, and looks at no group
//!   that has none.
//! * **Changes** go to a small delta that is searched document by document and sealed into segments;
//!   replaced documents get a tombstone. Copies of an index share the segments, so a copy can be changed,
//!   saved or compacted ([`Index::compaction`], [`Index::adopt`]) while the original is searched.
//!
//! # Figures
//! `TCRM_BENCH_RUNS=3 cargo bench --bench search`, 1,000,000 generated customers (title, short name, phone,
//! code, city; 75 MB as UTF-8) on two shared cores: p50 0.2 ms, p99 2–4 ms, p99.9 5–8 ms over 8,500 queries of
//! 29 classes, beside 3 ms for one `memmem` scan of the same text. Slowest are two common words that hardly
//! ever meet (p99 5–8 ms) and long full pinyin of common words (10–14 ms). On a busy machine single runs take two
//! to three times as long. A word that half of all documents have is counted in 7–15 ms with the texts in
//! memory, in 1.5 to 2 times that from the snapshot; queries take up to 1.5 times as long there.
//!
//! A store of 1,000,000 customers with their contacts, opportunities, activities and tasks, 3,270,000 documents
//! with 286 MB of text: 184 MB in memory, loaded in 0.13 s, beside 550 MB on disk; built in 30–55 s.
//!
//! # Sources
//! n-gram postings with verification: Zobel, Moffat, Sacks-Davis, "Searching large lexicons for partially
//! specified terms using compressed inverted files" (1993); block addressing: Manber and Wu, "GLIMPSE"
//! (1994); segments with tombstones as in log-structured merge trees (O'Neil et al., 1996). Readings come
//! from the `pinyin` crate (Unihan), words and surnames from the table in `pinyin`.
//!
//! ```
//! use std::sync::atomic::AtomicBool;
//! use tcrm::search::{Doc, Index, Query};
//!
//! let mut index = Index::new();
//! let extra = ["0755-8888 1234", "C-0001"];
//! index.upsert(&Doc { id: 1, object: 0, title: "深圳市华信科技有限公司", extra: &extra, touched: 0 });
//! let never = AtomicBool::new(false);
//! for typed in ["信", "hxkj", "huaxin", "88881", "c-0"] {
//!     assert_eq!(index.search(&Query::new(typed), 50, &never).unwrap()[0].id, 1);
//! }
//! ```

mod blocks;
mod checksum;
mod chosen;
mod every;
mod file_at;
mod fold;
mod gram;
mod highlight;
mod index;
mod letters;
mod pinyin;
mod plan;
mod postings;
mod query;
mod ranked;
mod segment;
mod snapshot;
#[cfg(test)]
mod tests;

pub use chosen::Chosen;
pub use highlight::highlight;
pub use index::{Builder, Compaction, Doc, Index};
pub use pinyin::make_ready;
pub use query::{Query, Tier};
pub use ranked::{Cancelled, Hit};
pub use snapshot::{SnapshotError, Stamp};
