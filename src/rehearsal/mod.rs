//! The scripted model and its loopback server, with faults on demand.
