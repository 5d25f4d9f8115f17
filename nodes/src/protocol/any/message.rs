//! Messages and alarms without their types.

use core::any::Any;
use core::fmt::{self, Debug};
use core::ops::Deref;
use std::rc::Rc;

use crate::protocol::codec::EncodeError;
use crate::protocol::{AlarmSet, Effect, Event, MessageSet};

/// What an [`AnyMessage`] holds: a protocol's set of messages, or what a protocol made at run time sends.
pub trait Content: Any + Debug {
    /// Which of [`Description::messages`](crate::protocol::Description::messages) this is.
    fn tag(&self) -> u8;

    /// How many bytes [`encode_into`](Content::encode_into) writes; `None` if it would refuse.
    fn length(&self) -> Option<usize>;

    /// Writes the message at the start of `buffer`, which grows as needed; returns its length, which is `limit` at most: an engine's
    /// is [`Description::max_message`](crate::protocol::Description::max_message).
    ///
    /// # Errors
    /// If a field cannot be encoded, or the message is larger.
    fn encode_into(&self, buffer: &mut Vec<u8>, limit: usize) -> Result<usize, EncodeError>;

    /// The message itself, if this is a protocol's set of messages.
    fn inner(&self) -> Option<&dyn Any> {
        None
    }
}

impl dyn Content {
    /// As text, as logs show it.
    pub fn text(&self) -> String {
        format!("{self:?}")
    }

    /// The message, if it is of type `M`: a type with `#[message]`, or the set of all messages of a protocol.
    pub fn downcast<M: 'static>(&self) -> Option<&M> {
        let whole: &dyn Any = self;
        whole.downcast_ref().or_else(|| self.inner()?.downcast_ref())
    }
}

impl<M: MessageSet> Content for M {
    fn tag(&self) -> u8 {
        MessageSet::tag(self)
    }

    fn length(&self) -> Option<usize> {
        MessageSet::length(self)
    }

    fn encode_into(&self, buffer: &mut Vec<u8>, limit: usize) -> Result<usize, EncodeError> {
        self.encode_growing(buffer, limit)
    }

    fn inner(&self) -> Option<&dyn Any> {
        Some(MessageSet::inner(self))
    }
}

/// A message of a protocol whose type is not known: opaque, with its type inside.  Bytes are made only where a wire or a file asks
/// for them.  A clone shares what is inside; what can be done with it are the methods of its [`Content`].
#[derive(Clone)]
pub struct AnyMessage(Rc<dyn Content>);

impl AnyMessage {
    /// A message that holds that.
    pub fn new(content: impl Content) -> Self {
        AnyMessage(Rc::new(content))
    }

    /// A message that holds that, which others may hold as well.
    pub(super) fn shared(content: Rc<impl Content>) -> Self {
        AnyMessage(content)
    }

    /// Its size in memory, in bytes, without what its content points to.
    pub(crate) fn size(&self) -> usize {
        // The content stands behind its two counts, in an allocation of its own.
        size_of::<Self>() + 2 * size_of::<usize>() + size_of_val(&*self.0)
    }

    /// The content, if it is of type `M`; copied if other clones of the message share it.
    pub(crate) fn take<M: Content + Clone>(self) -> Option<M> {
        let content: Rc<dyn Any> = self.0;
        content.downcast().ok().map(Rc::unwrap_or_clone)
    }
}

impl Deref for AnyMessage {
    type Target = dyn Content;

    #[inline]
    fn deref(&self) -> &dyn Content {
        &*self.0
    }
}

impl Debug for AnyMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What an [`AnyAlarm`] holds: a protocol's set of alarms, or what a protocol made at run time sets.
pub trait AlarmContent: Any + Debug {
    /// Which of [`Description::alarms`](crate::protocol::Description::alarms) this is.
    fn tag(&self) -> u8;

    /// As bytes; by default, its text.
    ///
    /// # Errors
    /// If a field cannot be encoded.
    fn encode(&self) -> Result<Vec<u8>, String> {
        Ok(format!("{self:?}").into_bytes())
    }
}

impl<A: AlarmSet> AlarmContent for A {
    fn tag(&self) -> u8 {
        AlarmSet::tag(self)
    }

    fn encode(&self) -> Result<Vec<u8>, String> {
        super::encoded(postcard::to_allocvec(self))
    }
}

/// An alarm of a protocol whose type is not known.
#[derive(Clone)]
pub struct AnyAlarm(Rc<dyn AlarmContent>);

impl AnyAlarm {
    /// An alarm that holds that.
    pub fn new(content: impl AlarmContent) -> Self {
        AnyAlarm(Rc::new(content))
    }

    /// Which of [`Description::alarms`](crate::protocol::Description::alarms) it is.
    pub fn tag(&self) -> u8 {
        self.0.tag()
    }

    /// The set of alarms that it belongs to, if that is `A`.
    pub fn downcast<A: 'static>(&self) -> Option<&A> {
        let whole: &dyn Any = &*self.0;
        whole.downcast_ref()
    }
}

impl Debug for AnyAlarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Something that happens to a node of a protocol whose type is not known.
pub type AnyEvent = Event<AnyMessage>;

/// Something that a handler of such a protocol asked for.
pub type AnyEffect = Effect<AnyMessage, AnyAlarm>;
