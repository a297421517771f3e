//! The session on disk: write, recover, lock, index, seek, follow.
