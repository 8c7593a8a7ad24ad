//! One `step` each; the only rooms that combine others.
