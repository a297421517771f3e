//! The one writer: judges inputs, records facts, sees to what follows.
