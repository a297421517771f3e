//! Where an agent works. One shared folder today; worktrees, checkpoints and the sandbox come here.
