//! What an operator sees and does: paused receivers, dead deliveries, the queue.
