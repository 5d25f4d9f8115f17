//! Steering a simulated run from its page.

use core::time::Duration;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, channel, sync_channel};

use mio::Waker;

use super::request::Command;
use crate::network::NotEnabled;
use crate::process::clock;
use crate::simulator::{Order, Steering};
use crate::topology::NodeIndex;

/// So many commands may wait for the run.
const MOST_WAITING: usize = 16;

/// So often whoever holds the helm of a run that stands looks whether it shall end.
const GLANCE: Duration = Duration::from_millis(50);

/// So often pages see more of a run that goes on.
const SHOW: Duration = Duration::from_millis(50);

/// The clock is read once in so many events.
const BETWEEN_LOOKS: u32 = 256;

/// A command, by number.
pub(super) type Asked = (u64, Command);

/// What came of it: a sentence if it was refused.
pub(super) type Answer = (u64, Result<(), String>);

/// What the server holds in its hand.
#[derive(Debug)]
pub(super) struct Rudder {
    pub(super) commands: SyncSender<Asked>,
    pub(super) answers: Receiver<Answer>,
}

/// Lets pages steer a simulated run.  At the beginning the run is paused.
pub struct Helm {
    commands: Receiver<Asked>,
    answers: Sender<Answer>,
    waker: Arc<Waker>,
    is_over: Box<dyn Fn() -> bool>,
    paused: bool,
    /// The command that the run is carrying out.
    current: Option<u64>,
    interventions: u64,
    /// So many events until the clock is read.
    unseen: u32,
    shown: Duration,
}

impl core::fmt::Debug for Helm {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Helm").field("paused", &self.paused).finish_non_exhaustive()
    }
}

impl Helm {
    pub(super) fn new(waker: Arc<Waker>) -> (Self, Rudder) {
        let (commands, asked) = sync_channel(MOST_WAITING);
        let (answered, answers) = channel();
        let helm = Helm {
            commands: asked,
            answers: answered,
            waker,
            is_over: Box::new(|| false),
            paused: true,
            current: None,
            interventions: 0,
            unseen: 0,
            shown: Duration::ZERO,
        };
        (helm, Rudder { commands, answers })
    }

    /// The run ends when this says so.
    pub fn until(mut self, is_over: impl Fn() -> bool + 'static) -> Self {
        self.is_over = Box::new(is_over);
        self
    }

    /// How many messages were delivered and nodes crashed by hand: if any, the run does not follow from its seed alone.
    pub fn interventions(&self) -> u64 {
        self.interventions
    }

    fn answer(&self, command: u64, answer: Result<(), String>) {
        let _ = self.answers.send((command, answer));
        let _ = self.waker.wake();
    }

    /// The next command; waits for one, or for the end, while the run is paused.
    fn take(&mut self) -> Result<Option<Asked>, End> {
        loop {
            if (self.is_over)() {
                return Err(End);
            }
            if !self.paused {
                return match self.commands.try_recv() {
                    Ok(asked) => Ok(Some(asked)),
                    Err(TryRecvError::Empty | TryRecvError::Disconnected) => Ok(None),
                };
            }
            match self.commands.recv_timeout(GLANCE) {
                Ok(asked) => return Ok(Some(asked)),
                Err(RecvTimeoutError::Timeout) => {}
                // Nobody is there who could let it go on.
                Err(RecvTimeoutError::Disconnected) => self.paused = false,
            }
        }
    }
}

/// The run shall end.
struct End;

impl Steering for Helm {
    fn looks(&mut self) -> bool {
        if self.paused {
            return true;
        }
        if self.unseen > 0 {
            self.unseen -= 1;
            return false;
        }
        self.unseen = BETWEEN_LOOKS;
        let now = clock::now();
        let due = now.saturating_sub(self.shown) >= SHOW;
        if due {
            self.shown = now;
        }
        due
    }

    fn next(&mut self) -> Order {
        loop {
            let (number, command) = match self.take() {
                Ok(Some(asked)) => asked,
                Ok(None) => return Order::GoOn,
                Err(End) => return Order::Stop,
            };
            match command {
                Command::Pause => self.paused = true,
                Command::Resume => self.paused = false,
                Command::Step => {
                    self.paused = true;
                    self.answer(number, Ok(()));
                    return Order::GoOn;
                }
                Command::Deliver { message } => {
                    self.current = Some(number);
                    return Order::Deliver(message);
                }
                Command::Crash { node } => {
                    self.current = Some(number);
                    return Order::Crash(NodeIndex::new(node as usize));
                }
            }
            self.answer(number, Ok(()));
            if self.paused {
                // What happened until now is to be seen.
                return Order::Look;
            }
        }
    }

    fn made(&mut self, made: Result<(), NotEnabled>) {
        self.interventions += u64::from(made.is_ok());
        if let Some(number) = self.current.take() {
            self.answer(number, made.map_err(|why| why.to_string()));
        }
    }
}

impl Drop for Helm {
    fn drop(&mut self) {
        while let Ok((number, _)) = self.commands.try_recv() {
            self.answer(number, Err(OVER.to_owned()));
        }
    }
}

/// What is answered to commands that come too late.
pub(super) const OVER: &str = "the run is over";

#[cfg(test)]
mod tests {
    use std::sync::mpsc::TrySendError;

    use mio::{Poll, Token};

    use super::*;

    fn helm() -> (Helm, Rudder) {
        let poll = Poll::new().expect("the system has one");
        Helm::new(Arc::new(Waker::new(poll.registry(), Token(0)).expect("the system has one")))
    }

    fn told(rudder: &Rudder, number: u64, command: Command) {
        rudder.commands.try_send((number, command)).expect("there is room");
    }

    #[test]
    fn a_run_waits_for_commands_and_tells_what_came_of_them() {
        let (mut helm, rudder) = helm();
        assert!(helm.looks(), "at the beginning it is paused");
        told(&rudder, 1, Command::Step);
        assert_eq!(helm.next(), Order::GoOn);
        assert_eq!(rudder.answers.try_recv(), Ok((1, Ok(()))));
        told(&rudder, 2, Command::Crash { node: 99 });
        assert_eq!(helm.next(), Order::Crash(NodeIndex::new(99)));
        helm.made(Err(NotEnabled::NoSuchPlace));
        assert_eq!(rudder.answers.try_recv(), Ok((2, Err(NotEnabled::NoSuchPlace.to_string()))));
        told(&rudder, 3, Command::Deliver { message: u64::MAX });
        assert_eq!(helm.next(), Order::Deliver(u64::MAX));
        helm.made(Err(NotEnabled::NotUnderWay));
        assert_eq!(helm.interventions(), 0, "nothing of that has changed the run");
        told(&rudder, 4, Command::Crash { node: 1 });
        assert_eq!(helm.next(), Order::Crash(NodeIndex::new(1)));
        helm.made(Ok(()));
        assert_eq!(helm.interventions(), 1);
        told(&rudder, 5, Command::Resume);
        assert_eq!(helm.next(), Order::GoOn);
        assert_eq!(helm.next(), Order::GoOn, "it asks nobody any more");
        told(&rudder, 6, Command::Pause);
        assert_eq!(helm.next(), Order::Look);
    }

    #[test]
    fn a_flood_of_commands_is_refused_and_the_last_are_answered() {
        let (helm, rudder) = helm();
        for number in 0..MOST_WAITING as u64 {
            told(&rudder, number, Command::Pause);
        }
        assert!(matches!(rudder.commands.try_send((99, Command::Pause)), Err(TrySendError::Full(_))));
        drop(helm);
        let answers = rudder.answers.iter().collect::<Vec<_>>();
        assert_eq!(answers.len(), MOST_WAITING);
        assert!(answers.iter().all(|(_, answer)| *answer == Err(OVER.to_owned())));
        assert!(matches!(rudder.commands.try_send((99, Command::Pause)), Err(TrySendError::Disconnected(_))));
    }

    #[test]
    fn a_paused_run_goes_on_without_a_server_and_stops_when_it_shall() {
        let (mut alone, rudder) = helm();
        drop(rudder);
        assert_eq!(alone.next(), Order::GoOn);
        let (helm, _rudder) = helm();
        assert_eq!(helm.until(|| true).next(), Order::Stop);
    }
}
