//! The server: one thread, one loop.

use core::time::Duration;
use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::TrySendError;
use std::thread::JoinHandle;

use mio::net::TcpListener;
use mio::{Events, Interest, Poll, Token, Waker};

use super::client::{self, Client, Next};
use super::helm::{Asked, OVER, Rudder};
use super::request::{Command, Guard, Request};
use super::spool::Spool;
use super::{Feed, Helm};
use crate::process::clock;
use crate::{os, scarce, viewer};

/// So many connections are served at once; each takes a few kilobytes.
const MOST_CLIENTS: usize = 64;

/// So many of them may follow the trace, which has no end before that of the run: the others are left for what is answered at once.
const MOST_FOLLOWERS: usize = 56;

/// So often deadlines are looked at, while there are any.
const GLANCE: Duration = Duration::from_millis(250);

/// So long those wait who were not accepted at once.
const PATIENCE: Duration = Duration::from_millis(5);

const LISTENER: Token = Token(MOST_CLIENTS);
const WAKER: Token = Token(MOST_CLIENTS + 1);

/// Serves a page on the loopback interface, in a thread of its own, until it is dropped.
#[derive(Debug)]
pub struct Server {
    address: String,
    waker: Arc<Waker>,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves that page, which holds all that it shows.
    ///
    /// # Errors
    /// If the system gives no socket or no thread.
    pub fn of_page(page: String) -> io::Result<Self> {
        Ok(Setup::new()?.start(page, None, None)?.0)
    }

    /// Serves the page of a run that begins; its trace goes into the feed.
    ///
    /// # Errors
    /// If the system gives no socket, no thread, or no file for what the pages have not taken.
    pub fn of_run(title: &str) -> io::Result<(Self, Feed)> {
        let setup = Setup::new()?;
        let spool = setup.spool()?;
        let (server, waker) = setup.start(viewer::live_page(title, false), Some(Arc::clone(&spool)), None)?;
        Ok((server, Feed::new(spool, waker)))
    }

    /// The same of a simulated run, with a helm for it.
    ///
    /// # Errors
    /// As [`of_run`](Server::of_run).
    pub fn of_simulation(title: &str) -> io::Result<(Self, Feed, Helm)> {
        let setup = Setup::new()?;
        let spool = setup.spool()?;
        let (helm, rudder) = Helm::new(Arc::clone(&setup.waker));
        let (server, waker) = setup.start(viewer::live_page(title, true), Some(Arc::clone(&spool)), Some(rudder))?;
        Ok((server, Feed::new(spool, waker), helm))
    }

    /// Where it is: what people open in a browser.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Release);
        let _ = self.waker.wake();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What a server needs of the system.
struct Setup {
    poll: Poll,
    waker: Arc<Waker>,
    listener: TcpListener,
    guard: Guard,
}

impl Setup {
    fn new() -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        let mut listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
        // Asks for the way to it, and sends nothing: without a loopback interface there is none.
        UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.connect(listener.local_addr()?)?;
        let guard = Guard { port: listener.local_addr()?.port(), token: random()? };
        Ok(Setup { poll, waker, listener, guard })
    }

    fn spool(&self) -> io::Result<Arc<Spool>> {
        Ok(Arc::new(Spool::new(&std::env::temp_dir(), &random()?)?))
    }

    fn start(self, page: String, trace: Option<Arc<Spool>>, rudder: Option<Rudder>) -> io::Result<(Server, Arc<Waker>)> {
        let Setup { poll, waker, listener, guard } = self;
        let address = format!("http://{}:{}/?t={}", Ipv4Addr::LOCALHOST, guard.port, guard.token);
        let ends = Arc::new(AtomicBool::new(false));
        let serving = Serving {
            poll,
            listener,
            guard,
            waker: Arc::clone(&waker),
            ends: Arc::clone(&ends),
            page: page.into_bytes().into(),
            trace,
            rudder,
            spare: spare(),
            clients: (0..MOST_CLIENTS).map(|_| None).collect(),
            somebody_knocks: false,
            asked: 0,
            buffer: vec![0; 64 << 10],
        };
        let thread = std::thread::Builder::new().name("pages".to_owned()).spawn(move || serving.serve())?;
        Ok((Server { address, waker: Arc::clone(&waker), ends, thread: Some(thread) }, waker))
    }
}

fn spare() -> Option<File> {
    File::open("/dev/null").ok()
}

/// 128 bits that nobody can guess, as text.
fn random() -> io::Result<String> {
    let mut bytes = [0; 16];
    os::random(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What the thread has.
struct Serving {
    poll: Poll,
    listener: TcpListener,
    guard: Guard,
    waker: Arc<Waker>,
    ends: Arc<AtomicBool>,
    page: Arc<[u8]>,
    trace: Option<Arc<Spool>>,
    rudder: Option<Rudder>,
    /// Given up where no other descriptor is left for who waits.
    spare: Option<File>,
    clients: Vec<Option<Client>>,
    /// Connections may be waiting to be accepted.
    somebody_knocks: bool,
    /// How many commands there have been.
    asked: u64,
    buffer: Vec<u8>,
}

impl Serving {
    fn serve(mut self) {
        let mut events = Events::with_capacity(2 * MOST_CLIENTS);
        while !self.ends.load(Ordering::Acquire) {
            let timed = self.clients.iter().flatten().any(|client| client.deadline.is_some());
            let timeout = if self.somebody_knocks { Some(PATIENCE) } else { timed.then_some(GLANCE) };
            match self.poll.poll(&mut events, timeout) {
                Err(cause) if cause.kind() != io::ErrorKind::Interrupted => return,
                _ => {}
            }
            for event in &events {
                match event.token() {
                    LISTENER => self.accept(),
                    WAKER => self.woken(),
                    Token(place) => self.go_on(place),
                }
            }
            if self.somebody_knocks {
                self.accept();
            }
            let now = clock::now();
            for place in 0..MOST_CLIENTS {
                self.look_at_the_clock(place, now);
            }
        }
        // The end of the trace is still to go.
        self.woken();
    }

    fn accept(&mut self) {
        for _ in 0..MOST_CLIENTS {
            let accepted = match self.listener.accept() {
                // It says so whether anybody waits or not.
                Err(cause) if scarce::is_of_files(&cause) => {
                    drop(self.spare.take());
                    self.listener.accept()
                }
                accepted => accepted,
            };
            let mut stream = match accepted {
                Ok((stream, _)) => stream,
                Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => {
                    self.spare = self.spare.take().or_else(spare);
                    self.somebody_knocks = false;
                    return;
                }
                // It has gone again.
                Err(_) => continue,
            };
            if self.spare.is_none() {
                self.make_room();
                self.spare = spare();
                if self.spare.is_none() {
                    client::turn_away(
                        stream,
                        "this process may have no more open files; close another page, or raise `ulimit -n`",
                    );
                    self.spare = spare();
                    continue;
                }
            }
            let place = self.clients.iter().position(Option::is_none).or_else(|| self.make_room());
            let Some(place) = place else { continue };
            let interest = Interest::READABLE | Interest::WRITABLE;
            if self.poll.registry().register(&mut stream, Token(place), interest).is_ok() {
                let _ = stream.set_nodelay(true);
                self.clients[place] = Some(Client::new(stream, clock::now()));
                self.go_on(place);
            }
        }
        // A crowd must not keep those who are in from their turn; nobody tells again that it waits.
        self.somebody_knocks = true;
    }

    /// Ends the connection of whoever has shown least that he may ask; nobody's if all have.
    fn make_room(&mut self) -> Option<usize> {
        let strangers = self.clients.iter().enumerate().filter_map(|(place, client)| Some((place, client.as_ref()?)));
        let (place, _) = strangers.filter(|(_, client)| client.is_stranger()).min_by_key(|(_, client)| client.deadline)?;
        self.close(place);
        Some(place)
    }

    fn close(&mut self, place: usize) {
        if let Some(mut client) = self.clients[place].take() {
            let _ = self.poll.registry().deregister(&mut client.stream);
        }
    }

    /// There is more of the trace, or a command has been answered, or somebody's turn has come again.
    fn woken(&mut self) {
        if let Some(spool) = &self.trace {
            spool.looks();
        }
        let now = clock::now();
        while let Some((number, answer)) = self.rudder.as_ref().and_then(|rudder| rudder.answers.try_recv().ok()) {
            let mut clients = self.clients.iter_mut().flatten();
            if let Some(client) = clients.find(|client| client.waits_for() == Some(number)) {
                match answer {
                    Ok(()) => client.say(200, "", now),
                    Err(why) => client.say(409, &why, now),
                }
            }
        }
        for place in 0..MOST_CLIENTS {
            self.go_on(place);
        }
    }

    fn go_on(&mut self, place: usize) {
        let now = clock::now();
        // A refusal is said at once, and a request answered; what is longer waits for its turn.
        for _ in 0..4 {
            let Some(client) = &mut self.clients[place] else { return };
            match client.go_on(&self.guard, now, &mut self.buffer) {
                Next::Rest => return,
                Next::Again => {}
                Next::Close => return self.close(place),
                Next::Answer(request) => self.answer(place, request, now),
            }
        }
        let _ = self.waker.wake();
    }

    fn answer(&mut self, place: usize, request: Request, now: Duration) {
        let followers = self.clients.iter().flatten().filter(|client| client.is_follower()).count();
        let asked = match request {
            Request::Command(command) => self.ask(command),
            Request::Trace if followers >= MOST_FOLLOWERS => {
                Err((503, "as many pages follow the run as may; close one of them"))
            }
            _ => Err((404, "there is no such run")),
        };
        let Some(client) = &mut self.clients[place] else { return };
        match (request, &self.trace) {
            (Request::Page, _) => client.send_page(&self.page, now),
            (Request::Trace, Some(spool)) if followers < MOST_FOLLOWERS => client.send_trace(spool),
            _ => match asked {
                Ok(number) => client.wait_for(number, now),
                Err((status, why)) => client.say(status, why, now),
            },
        }
    }

    /// Hands a command to the run; its number.
    fn ask(&mut self, command: Command) -> Result<u64, (u16, &'static str)> {
        let Some(rudder) = &self.rudder else { return Err((404, "this run cannot be steered")) };
        self.asked += 1;
        let asked: Asked = (self.asked, command);
        match rudder.commands.try_send(asked) {
            Ok(()) => Ok(self.asked),
            Err(TrySendError::Disconnected(_)) => Err((409, OVER)),
            Err(TrySendError::Full(_)) => Err((503, "the run has not answered earlier commands")),
        }
    }

    fn look_at_the_clock(&mut self, place: usize, now: Duration) {
        let Some(client) = &mut self.clients[place] else { return };
        if client.is_late(now) {
            if client.waits_for().is_some() {
                client.say(503, "the run does not answer", now);
                self.go_on(place);
            } else {
                self.close(place);
            }
        }
    }
}
