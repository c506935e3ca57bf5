//! Fields that may not be written, or not even be seen.

use super::*;
