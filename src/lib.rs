//! tcrm
