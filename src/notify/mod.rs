//! One delivery to one receiver, and the verdict.
