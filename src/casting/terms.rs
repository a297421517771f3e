//! What a model costs, and how much it holds.

use crate::model::Money;

/// What a role's model costs and holds, as far as that is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terms {
    /// A million tokens of fresh input, and of output; none where nobody knows.
    pub price: Option<(Money, Money)>,
    /// The tokens that it holds at once; none where nobody knows.
    pub window: Option<u64>,
}
