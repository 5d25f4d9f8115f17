//! Messages under way, and what their links allow with each.

use std::collections::VecDeque;

use super::NotEnabled;
use crate::protocol::{AnyMessage, Links};

/// Which life of a node: how often it has recovered, and whether it is alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) incarnation: u32,
    pub(super) alive: bool,
}

/// A message under way.
#[derive(Clone, Debug)]
pub(super) struct Transit {
    /// The n-th on its way, from 1.
    pub(super) number: u64,
    pub(super) msg: AnyMessage,
    /// Its number in the whole run.
    pub(super) sending: u64,
    /// It was sent while the link was cut, which has not been whole since.
    held: bool,
    /// There are two of it, or have been.
    copied: bool,
    /// The life in which it was sent, and what the receiver's life was.
    sender: u32,
    receiver: Life,
}

/// One way of a link: the messages under way, in the order of sending.
#[derive(Clone, Debug, Default)]
pub(super) struct Channel {
    sent: u64,
    transits: VecDeque<Transit>,
}

/// What of the run a channel has to know to tell what is allowed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) links: Links,
    /// Whether the link is cut now.
    pub(super) cut: bool,
    pub(super) sender: Life,
    pub(super) receiver: Life,
}

impl Channel {
    pub(super) fn is_empty(&self) -> bool {
        self.transits.is_empty()
    }

    /// In the order of sending.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Transit> {
        self.transits.iter()
    }

    /// A message sets out.
    pub(super) fn send(&mut self, msg: AnyMessage, sending: u64, rules: Rules) {
        self.sent += 1;
        let (sender, receiver) = (rules.sender.incarnation, rules.receiver);
        self.transits.push_back(Transit { number: self.sent, msg, sending, held: rules.cut, copied: false, sender, receiver });
    }

    /// The number of the message that is sent next.
    pub(super) fn next_number(&self) -> u64 {
        self.sent + 1
    }

    /// The link is whole again.
    pub(super) fn mend(&mut self) {
        self.transits.iter_mut().for_each(|transit| transit.held = false);
    }

    /// The message of that number, if it is under way.
    pub(super) fn get(&self, number: u64) -> Option<&AnyMessage> {
        Some(&self.transits[self.place(number).ok()?].msg)
    }

    /// They stand in the order of their numbers, and there may be very many.
    fn place(&self, number: u64) -> Result<usize, NotEnabled> {
        let place = self.transits.partition_point(|transit| transit.number < number);
        let is_there = self.transits.get(place).is_some_and(|transit| transit.number == number);
        if is_there { Ok(place) } else { Err(NotEnabled::NotUnderWay) }
    }

    /// Whether the message may arrive now, and where it stands.
    pub(super) fn may_deliver(&self, number: u64, rules: Rules) -> Result<usize, NotEnabled> {
        let place = self.place(number)?;
        if rules.links == Links::Fifo && place > 0 {
            return Err(NotEnabled::NotFirst);
        }
        match self.transits[place].held {
            // What is sent again after the cut, does arrive; nobody sends again over lossy links.
            true if rules.cut || rules.links == Links::Lossy => Err(NotEnabled::Cut),
            _ => Ok(place),
        }
    }

    /// Where the message stands that is to vanish, and whether it may since a node has crashed, or since the link was cut.
    pub(super) fn may_vanish(&self, number: u64, rules: Rules) -> Result<(usize, bool), NotEnabled> {
        // Of two that are the same, the second: where the order is kept, what was sent last is lost first.
        let copies = self.transits.range(self.place(number)?..).take_while(|transit| transit.number == number).count();
        let place = self.place(number)? + copies - 1;
        let transit = &self.transits[place];
        let is_of_the_dead = |transit: &Transit| !rules.sender.alive || transit.sender != rules.sender.incarnation;
        let for_the_dead = !transit.receiver.alive || !rules.receiver.alive || transit.receiver != rules.receiver;
        // Who crashes may take with it what has not left; where the order is kept, that is what it sent last.
        let kept_order =
            || rules.links != Links::Fifo || self.transits.get(place + 1).is_none_or(|next| next.sender != transit.sender);
        let was_cut = rules.links == Links::Lossy && transit.held;
        Ok((place, was_cut || for_the_dead || (is_of_the_dead(transit) && kept_order())))
    }

    /// Whether the message may be doubled, on links that do so, and where it stands; `again` if that does not depend on whether it has
    /// been before.
    pub(super) fn may_duplicate(&self, number: u64, again: bool) -> Result<usize, NotEnabled> {
        let place = self.place(number)?;
        match &self.transits[place] {
            transit if transit.held => Err(NotEnabled::Cut),
            transit if transit.copied && !again => Err(NotEnabled::Copied),
            _ => Ok(place),
        }
    }

    /// Whether there is another message that is the same as the one at that place.
    pub(super) fn has_another(&self, place: usize) -> bool {
        let encoded = |transit: &Transit| {
            let mut bytes = Vec::new();
            let length = transit.msg.encode_into(&mut bytes, usize::MAX).unwrap_or(0);
            bytes.truncate(length);
            bytes
        };
        let one = &self.transits[place];
        // Bytes are made only where they may be the same.
        let is_alike = |other: &Transit| other.msg.tag() == one.msg.tag() && other.msg.length() == one.msg.length();
        let others = self.transits.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, transit)| transit);
        others.filter(|other| is_alike(other)).any(|other| encoded(other) == encoded(one))
    }

    pub(super) fn take(&mut self, place: usize) -> Option<Transit> {
        self.transits.remove(place)
    }

    /// A second one beside it; returns the type of both, and their number in the run.
    pub(super) fn duplicate(&mut self, place: usize) -> (u8, u64) {
        self.transits[place].copied = true;
        let copy = self.transits[place].clone();
        let told = (copy.msg.tag(), copy.sending);
        self.transits.insert(place + 1, copy);
        told
    }
}
