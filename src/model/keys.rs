//! What the director types into a terminal.

use std::fmt;

/// Keys on their way to a program, as the program reads them.
///
/// They may be a password, and nobody can know: so they are in no journal and in
/// no log of ours. What a program shows of them is in what it prints.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Keys(pub String);

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({} bytes)", self.0.len())
    }
}
