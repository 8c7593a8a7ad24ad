//! Calendar slots in real time zones; `now` is an argument.
