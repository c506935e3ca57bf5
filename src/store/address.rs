//! The address of a store: a file, or a PostgreSQL database by its URL. The two are written at the same places
//! (`--store`, a profile's `store`, `TCRM_STORE`), so both go as a path through the program.
//!
//! `postgres://USER@HOST:PORT/DATABASE?schema=NAME&folder=PATH&replica=HOST:PORT&sslmode=MODE&sslrootcert=FILE`
//! `&isolation=LEVEL`
//!
//! No password stands in it: it is shown in messages, lists of processes and logs. It comes from `PGPASSWORD`, from a
//! command of the configuration, or from the file that `PGPASSFILE` names (`~/.pgpass`), as for PostgreSQL's own
//! programs.

use super::error::{Result, StoreError};
use super::password_source::Source;
use crate::config::place::SCHEMES;
pub use crate::config::place::is_database;
use crate::msg;
use std::path::{Path, PathBuf};

/// What a store is called: its file's name, or the database's with that of its schema.
pub fn name(path: &Path) -> String {
    if is_database(path) {
        let address = Address::parse(path).ok();
        return address.map_or_else(String::new, |address| match address.schema {
            Some(schema) => format!("{}.{schema}", address.database),
            None => address.database,
        });
    }
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The file beside which everything stands that belongs to a store and isn't in it (attached files, the search index):
/// the store's own, or for a database one of its name in a folder for it.
pub fn beside(path: &Path) -> PathBuf {
    if !is_database(path) {
        return path.to_owned();
    }
    match Address::parse(path) {
        Ok(address) => address.folder().join("store"),
        Err(_) => PathBuf::from("store"),
    }
}

/// How far transactions are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Isolation {
    /// Each statement sees what is committed; writers wait for one another.
    #[default]
    Committed,
    /// As if one after the other: what distributed engines do anyway.
    Serializable,
}

impl Isolation {
    /// The level in SQL.
    #[cfg(feature = "postgres")]
    pub(super) fn sql(self) -> &'static str {
        match self {
            Isolation::Committed => "READ COMMITTED",
            Isolation::Serializable => "SERIALIZABLE",
        }
    }
}

/// Whether the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encryption {
    /// It is not.
    Off,
    /// It is, and the server's certificate is one for its name.
    Verified,
}

/// The address of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// The host's name, or the folder of its socket.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) database: String,
    /// Where the tables are; the database's own rule if it isn't named.
    pub(super) schema: Option<String>,
    folder: Option<PathBuf>,
    pub(super) encryption: Encryption,
    /// Certificates to trust beside the system's.
    pub(super) certificates: Option<PathBuf>,
    pub(super) isolation: Isolation,
    /// Hosts and ports of copies that what only reads may ask.
    pub(super) replicas: Vec<(String, u16)>,
    /// Where its password comes from, if a way was named for it.
    source: Option<Source>,
}

impl Address {
    /// Reads an address. What isn't given comes from `PGHOST`, `PGPORT`, `PGUSER` and `PGDATABASE`.
    ///
    /// # Errors
    /// `Address` for a password in it, and for words that mean nothing.
    pub(super) fn parse(path: &Path) -> Result<Address> {
        let refuse = |message| StoreError::Address(message);
        let text = path.to_str().unwrap_or_default();
        let rest = SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme)).unwrap_or_default();
        let (place, options) = rest.split_once('?').unwrap_or((rest, ""));
        let (server, database) = place.split_once('/').unwrap_or((place, ""));
        let (who, server) = server.rsplit_once('@').unwrap_or(("", server));
        if who.contains(':') {
            return Err(refuse(msg!("store-address-password")));
        }
        let given = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let (host, port) = server_of(server).ok_or_else(|| refuse(msg!("store-address-port", text = server)))?;
        let user = Some(decoded(who)).filter(|user| !user.is_empty()).or_else(|| given("PGUSER"));
        let user = user.or_else(|| given("USER")).unwrap_or_else(|| "postgres".to_owned());
        let database = Some(decoded(database)).filter(|name| !name.is_empty()).or_else(|| given("PGDATABASE"));
        let host = Some(host).filter(|host| !host.is_empty()).or_else(|| given("PGHOST"));
        let port = port.or_else(|| given("PGPORT")?.parse().ok());
        let mut address = Address {
            host: host.unwrap_or_else(|| "/var/run/postgresql".to_owned()),
            port: port.unwrap_or(5432),
            database: database.unwrap_or_else(|| user.clone()),
            user,
            schema: None,
            folder: None,
            encryption: Encryption::Verified,
            certificates: None,
            isolation: Isolation::Committed,
            replicas: Vec::new(),
            source: Source::of(path),
        };
        if address.is_near() {
            address.encryption = Encryption::Off;
        }
        options.split('&').filter(|option| !option.is_empty()).try_for_each(|option| address.take(option))?;
        Ok(address)
    }

    fn take(&mut self, option: &str) -> Result<()> {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let value = decoded(value);
        match (name, value.as_str()) {
            ("schema", _) => self.schema = Some(value).filter(|name| !name.is_empty()),
            ("folder", _) => self.folder = Some(PathBuf::from(value)),
            ("host", _) => self.host = value,
            ("user", _) => self.user = value,
            ("sslmode", "disable") => self.encryption = Encryption::Off,
            ("sslmode", "require" | "verify-full") => self.encryption = Encryption::Verified,
            ("sslrootcert", _) => self.certificates = Some(PathBuf::from(value)),
            ("isolation", "serializable") => self.isolation = Isolation::Serializable,
            ("isolation", "read-committed") => self.isolation = Isolation::Committed,
            ("replica", server) => {
                let (host, port) = server_of(server)
                    .filter(|(host, _)| !host.is_empty())
                    .ok_or_else(|| StoreError::Address(msg!("store-address-port", text = server)))?;
                self.replicas.push((host, port.unwrap_or(self.port)));
            }
            ("password", _) => return Err(StoreError::Address(msg!("store-address-password"))),
            _ => return Err(StoreError::Address(msg!("store-address-option", option = option))),
        }
        Ok(())
    }

    /// The same database on a copy of its server; which one goes in turn.
    #[cfg(feature = "postgres")]
    pub(super) fn of_replica(&self, turn: usize) -> Option<Address> {
        let (host, port) = self.replicas.get(turn.checked_rem(self.replicas.len())?)?;
        Some(Address { host: host.clone(), port: *port, ..self.clone() })
    }

    /// Whether it is this machine.
    fn is_near(&self) -> bool {
        self.host.starts_with('/')
            || self.host == "localhost"
            || self.host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// The folder of what belongs to the store and isn't in the database.
    fn folder(&self) -> PathBuf {
        if let Some(folder) = &self.folder {
            return folder.clone();
        }
        let schema = self.schema.as_deref().unwrap_or("public");
        let host = self.host.trim_start_matches('/');
        let name = format!("{host}-{}-{}-{schema}", self.port, self.database);
        let plain = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' };
        let data = crate::config::place::data_folder().unwrap_or_else(std::env::temp_dir);
        data.join("postgres").join(name.chars().map(plain).collect::<String>())
    }
}

/// How one is let in.
#[cfg(feature = "postgres")]
impl Address {
    /// The password that `PGPASSWORD`, the named command, or the file of passwords has for it.
    ///
    /// # Errors
    /// Why the command has none.
    pub(super) fn password(&self) -> Result<Option<Vec<u8>>, String> {
        if let Ok(password) = std::env::var("PGPASSWORD") {
            return Ok(Some(password.into_bytes()));
        }
        match &self.source {
            Some(source) => source.password().map(|password| Some(password.bytes().to_vec())),
            None => Ok(self.password_of_file().map(String::into_bytes)),
        }
    }

    /// The server has refused the password.
    pub(super) fn refused(&self) {
        if let Some(source) = &self.source {
            source.forget();
        }
    }

    fn password_of_file(&self) -> Option<String> {
        let named = std::env::var_os("PGPASSFILE").map(PathBuf::from);
        let file = named.or_else(|| Some(directories::BaseDirs::new()?.home_dir().join(".pgpass")))?;
        if !is_private(&file) {
            return None;
        }
        self.password_in(&std::fs::read_to_string(file).ok()?)
    }

    /// The password of the first line that is for this address: `host:port:database:user:password`.
    fn password_in(&self, text: &str) -> Option<String> {
        let host = if self.host.starts_with('/') { "localhost" } else { &self.host };
        let wanted = [host, &self.port.to_string(), &self.database, &self.user];
        text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
            let fields = fields_of(line);
            let (password, own) = fields.split_last()?;
            let fits =
                own.len() == wanted.len() && own.iter().zip(wanted).all(|(own, wanted)| own == "*" || own == wanted);
            fits.then(|| password.clone())
        })
    }
}

/// The host and the port of `host:port`, `[address]:port` or `%2Ffolder`.
fn server_of(server: &str) -> Option<(String, Option<u16>)> {
    if let Some((host, rest)) = server.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let port = rest.strip_prefix(':').map(str::parse).transpose().ok()?;
        return Some((host.to_owned(), port));
    }
    match server.split_once(':') {
        Some((host, port)) => Some((decoded(host), Some(port.parse().ok()?))),
        None => Some((decoded(server), None)),
    }
}

/// The fields of a line of the file of passwords; a backslash takes the meaning of what follows it.
#[cfg(feature = "postgres")]
fn fields_of(line: &str) -> Vec<String> {
    let (mut fields, mut field) = (Vec::new(), String::new());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => field.extend(chars.next()),
            ':' => fields.push(std::mem::take(&mut field)),
            c => field.push(c),
        }
    }
    fields.push(field);
    fields
}

/// Whether nobody else can read a file.
#[cfg(feature = "postgres")]
fn is_private(file: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(file).is_ok_and(|meta| meta.permissions().mode() & 0o077 == 0)
    }
    #[cfg(not(unix))]
    file.is_file()
}

/// A part of an address without its `%2F`.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = text.get(at + 1..at + 3).filter(|_| *byte == b'%');
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(meant) => {
                out.push(meant);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    fn parse(text: &str) -> Result<Address> {
        Address::parse(Path::new(text))
    }

    #[test]
    fn an_address_names_what_it_says() {
        let address = parse("postgres://li@db.example.com:5433/crm?schema=team&sslrootcert=/etc/ca.pem").unwrap();
        assert_eq!((address.host.as_str(), address.port), ("db.example.com", 5433));
        assert_eq!((address.user.as_str(), address.database.as_str()), ("li", "crm"));
        assert_eq!(address.schema.as_deref(), Some("team"));
        assert_eq!(address.encryption, Encryption::Verified, "what leaves the machine is encrypted");
        assert_eq!(address.certificates, Some(PathBuf::from("/etc/ca.pem")));
        let near = parse("postgresql://li@%2Ftmp%2Fpg/crm").unwrap();
        assert_eq!((near.host.as_str(), near.encryption), ("/tmp/pg", Encryption::Off));
        assert_eq!(parse("postgres://li@[::1]:6000/crm").unwrap().host, "::1");
        assert_eq!(parse("postgres://li@10.0.0.7/crm?sslmode=disable").unwrap().encryption, Encryption::Off);
    }

    #[test]
    fn a_password_in_an_address_is_refused_and_not_repeated() {
        for text in ["postgres://li:geheim@localhost/crm", "postgres://localhost/crm?password=geheim"] {
            let error = parse(text).unwrap_err();
            assert!(matches!(error, StoreError::Address(_)));
            assert!(!error.to_string().contains("geheim"), "{error}");
        }
    }

    #[test]
    fn what_an_address_does_not_know_is_refused() {
        for text in ["postgres://h/crm?sslmod=disable", "postgres://h:port/crm", "postgres://h/crm?sslmode=prefer"] {
            assert!(matches!(parse(text), Err(StoreError::Address(_))), "{text}");
        }
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn copies_are_asked_in_turn() {
        let address = parse("postgres://li@db/crm?replica=one:6000&replica=two").unwrap();
        let hosts: Vec<_> = (0..3).map(|turn| address.of_replica(turn).map(|a| (a.host, a.port))).collect();
        let (one, two) = (Some(("one".to_owned(), 6000)), Some(("two".to_owned(), 5432)));
        assert_eq!(hosts, [one.clone(), two, one]);
        assert_eq!(parse("postgres://li@db/crm").unwrap().of_replica(0), None);
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn the_password_is_that_of_the_first_line_that_fits() {
        let address = parse("postgres://li@db.example.com/crm").unwrap();
        let file = "# ours\nother:*:*:li:no\ndb.example.com:5432:*:li:a\\:b\\\\c\n*:*:*:*:last\n";
        assert_eq!(address.password_in(file).as_deref(), Some("a:b\\c"));
        assert_eq!(address.password_in("db.example.com:5433:crm:li:no\n"), None);
    }

    #[test]
    fn files_stand_beside_a_file_and_in_a_folder_for_a_database() {
        assert_eq!(beside(Path::new("/a/crm.db")), PathBuf::from("/a/crm.db"));
        assert_eq!(beside(Path::new("postgres://h/crm?folder=/srv/crm")), PathBuf::from("/srv/crm/store"));
        assert!(!is_database(Path::new("postgres/h")));
        assert_eq!(name(Path::new("/a/crm.db")), "crm.db");
        assert_eq!(name(Path::new("postgres://h/crm?folder=/srv/files")), "crm");
        assert_eq!(name(Path::new("postgres://h/crm?schema=team")), "crm.team");
    }
}
