//! Foreign text made safe and measured: the one sanitiser, display width, wrapping, markdown and diffs.
