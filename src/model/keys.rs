//! What the director types into a terminal.

use serde::{Deserialize, Deserializer, Serializer};
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

/// How keys go from one process of ours to another. Only a [`Command`] names
/// this: no fact does, so no journal can.
///
/// [`Command`]: super::Command
pub(super) mod on_the_link {
    use super::{Deserialize, Deserializer, Keys, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(
        keys: &Keys,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&keys.0)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Keys, D::Error> {
        String::deserialize(deserializer).map(Keys)
    }
}
