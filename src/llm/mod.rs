//! Clients of model services: one request and one stream type, one file a wire format.
