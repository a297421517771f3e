//! What a native agent can do, and the permission policy that every engine's requests pass.
