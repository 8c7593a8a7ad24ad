//! Which known item is this draft? Rules over candidates, pure and told one by one.
//!
//! Losing an alert is worse than repeating one, but a repeat costs trust too. `store` fetches the
//! known items that may be meant; here is said which of them one draft is, or that it is news.
//! Knows nothing of SQL, of watches, or of what becomes of an item.
