//! Files to typed settings: every error names file, line and mend.
