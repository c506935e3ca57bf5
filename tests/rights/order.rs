//! Who gives rights, and what no change of them may bring about.

use super::*;
