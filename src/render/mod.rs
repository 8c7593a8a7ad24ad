//! An alert to the payload of each kind of receiver, within its limits.
