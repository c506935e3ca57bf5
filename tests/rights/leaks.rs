//! The ways by which something could be told of what may not be seen.

use super::*;
