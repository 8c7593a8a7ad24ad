//! The one client: egress gate, redirects by hand, capped bodies, pace per host.
