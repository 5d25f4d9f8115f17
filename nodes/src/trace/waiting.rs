//! Which messages a node has deferred: it keeps their contents, here are their names.

/// The deferred messages of a node, in the order in which it keeps them; see
/// [`Node::deferred`](crate::protocol::Node::deferred).
#[derive(Clone, Debug)]
pub(super) struct Waiting<T> {
    messages: Vec<T>,
    /// The first so many have been offered to the present state.
    offered: usize,
}

impl<T> Default for Waiting<T> {
    fn default() -> Self {
        Waiting { messages: Vec::new(), offered: 0 }
    }
}

impl<T> Waiting<T> {
    /// A message that has arrived is deferred.
    pub(super) fn defer(&mut self, message: T) {
        self.messages.push(message);
        self.offered = self.messages.len();
    }

    /// The one that is offered next.
    pub(super) fn take(&mut self) -> Option<T> {
        (self.offered < self.messages.len()).then(|| self.messages.remove(self.offered))
    }

    /// The one that was taken is deferred again.
    pub(super) fn give_back(&mut self, message: T) {
        self.messages.insert(self.offered, message);
        self.offered += 1;
    }

    /// The node's state has changed: all are offered again.
    pub(super) fn changed(&mut self) {
        self.offered = 0;
    }
}
