//! The seam to the agents: one trait, one folder a kind.
