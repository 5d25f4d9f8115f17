//! The limits: the same jobs over mio with nothing around them.
//!
//! Each is done by processes of their own, which are this program again.  A socket is read until it is empty after each event,
//! as mio asks for.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mio::net::UdpSocket;
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};

/// The first argument of a bare process; the second is what it does.
const ROLE: &str = "--bare";
const SOCKET: Token = Token(0);
const STDIN: Token = Token(1);

/// As many bytes as a message in a stream has, and as many as go into a datagram.
const MESSAGE: usize = 32;
const COALESCED: usize = 1408;

/// Does a bare process's part, if this is one.
pub(crate) fn serve(arguments: &[String]) -> io::Result<bool> {
    match arguments {
        [role, what] if role == ROLE => match what.as_str() {
            "relay" => relay(),
            "sink" => sink(),
            "hello" => hello(),
            _ => Err(io::Error::other("no such role")),
        }
        .map(|()| true),
        _ => Ok(false),
    }
}

fn socket() -> io::Result<UdpSocket> {
    UdpSocket::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
}

/// Takes all that has come.
fn drain(socket: &UdpSocket, buffer: &mut [u8], mut each: impl FnMut(&[u8], SocketAddr) -> io::Result<()>) -> io::Result<()> {
    loop {
        match socket.recv_from(buffer) {
            Ok((length, from)) => each(&buffer[..length], from)?,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// Waits for the socket, for ever, or until standard input is closed; whether it was.
fn wait(poll: &mut Poll, events: &mut Events) -> io::Result<bool> {
    match poll.poll(events, None) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(false),
        Err(error) => Err(error),
        Ok(()) => Ok(events.iter().any(|event| event.token() == STDIN) && io::stdin().read(&mut [0; 8])? == 0),
    }
}

fn poll_of(socket: &mut UdpSocket) -> io::Result<Poll> {
    let poll = Poll::new()?;
    poll.registry().register(socket, SOCKET, Interest::READABLE)?;
    poll.registry().register(&mut SourceFd(&io::stdin().as_raw_fd()), STDIN, Interest::READABLE)?;
    Ok(poll)
}

/// Tells where it listens, and reads a line of what it is told.
fn introduce(socket: &UdpSocket) -> io::Result<String> {
    println!("{}", socket.local_addr()?);
    let mut line = Vec::new();
    // A byte at a time: nothing of what follows may be swallowed by a buffer.
    let mut byte = [0];
    while io::stdin().read(&mut byte)? == 1 && byte != *b"\n" {
        line.push(byte[0]);
    }
    String::from_utf8(line).map_err(io::Error::other)
}

fn parse<T: std::str::FromStr>(text: &str) -> io::Result<T> {
    text.parse().map_err(|_| io::Error::other(format!("`{text}` was not expected")))
}

/// Passes each token on to the next process; the last hop goes to the parent.
fn relay() -> io::Result<()> {
    let mut socket = socket()?;
    let line = introduce(&socket)?;
    let (next, parent) = line.split_once(' ').ok_or_else(|| io::Error::other("two addresses were expected"))?;
    let (next, parent) = (parse::<SocketAddr>(next)?, parse::<SocketAddr>(parent)?);
    let mut poll = poll_of(&mut socket)?;
    let mut events = Events::with_capacity(8);
    let mut buffer = [0; MESSAGE];
    while !wait(&mut poll, &mut events)? {
        drain(&socket, &mut buffer, |token, _| {
            let mut token = <[u8; 4]>::try_from(token).map_err(io::Error::other)?;
            let left = u32::from_le_bytes(token) - 1;
            token = left.to_le_bytes();
            socket.send_to(&token, if left == 0 { parent } else { next }).map(|_| ())
        })?;
    }
    Ok(())
}

/// Takes datagrams, and acknowledges each 32nd.
fn sink() -> io::Result<()> {
    let mut socket = socket()?;
    introduce(&socket)?;
    let mut poll = poll_of(&mut socket)?;
    let mut events = Events::with_capacity(8);
    let mut buffer = [0; COALESCED];
    let mut count = 0u32;
    while !wait(&mut poll, &mut events)? {
        drain(&socket, &mut buffer, |_, from| {
            count += 1;
            if count.is_multiple_of(ACKNOWLEDGED) { socket.send_to(&count.to_le_bytes(), from).map(|_| ()) } else { Ok(()) }
        })?;
    }
    Ok(())
}

/// How many datagrams are acknowledged at once, and how many may be on their way.
const ACKNOWLEDGED: u32 = 32;
const WINDOW: u32 = 64;

/// Says hello to the parent, and waits for the end.
fn hello() -> io::Result<()> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let mut socket = socket()?;
    let mut poll = poll_of(&mut socket)?;
    socket.send_to(b"hello", parse(line.trim())?)?;
    let mut events = Events::with_capacity(8);
    while !wait(&mut poll, &mut events)? {}
    Ok(())
}

/// Bare processes; they end when this is dropped.
struct Crowd {
    children: Vec<Child>,
    addresses: Vec<String>,
}

impl Crowd {
    fn start(role: &str, count: usize) -> io::Result<Self> {
        let mut crowd = Crowd { children: Vec::new(), addresses: Vec::new() };
        for _ in 0..count {
            let child =
                Command::new("/proc/self/exe").args([ROLE, role]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
            crowd.children.push(child);
        }
        for child in &mut crowd.children {
            let mut line = String::new();
            let output = child.stdout.take().ok_or_else(|| io::Error::other("it has no output"))?;
            BufReader::new(output).read_line(&mut line)?;
            crowd.addresses.push(line.trim().to_owned());
        }
        Ok(crowd)
    }

    fn tell(&mut self, index: usize, line: &str) -> io::Result<()> {
        let pipe = self.children[index].stdin.as_mut().ok_or_else(|| io::Error::other("it has no input"))?;
        writeln!(pipe, "{line}")
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        for child in &mut self.children {
            child.stdin = None;
        }
        for child in &mut self.children {
            let _ = child.wait();
        }
    }
}

/// Hops per second of so many tokens, each of which crosses `hops` links of a ring of `nodes` processes.
pub(crate) fn ring(nodes: usize, tokens: usize, hops: u32) -> io::Result<f64> {
    let here = std::net::UdpSocket::bind("127.0.0.1:0")?;
    here.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut crowd = Crowd::start("relay", nodes)?;
    for node in 0..nodes {
        let line = format!("{} {}", crowd.addresses[(node + 1) % nodes], here.local_addr()?);
        crowd.tell(node, &line)?;
    }
    let begun = Instant::now();
    for token in 0..tokens {
        here.send_to(&hops.to_le_bytes(), &crowd.addresses[token * nodes / tokens])?;
    }
    for _ in 0..tokens {
        here.recv(&mut [0; MESSAGE])?;
    }
    Ok(tokens as f64 * f64::from(hops) / begun.elapsed().as_secs_f64())
}

/// Messages per second, as many in a datagram as go into it.
pub(crate) fn stream(messages: u32) -> io::Result<f64> {
    let mut crowd = Crowd::start("sink", 1)?;
    crowd.tell(0, "go")?;
    let to = parse::<SocketAddr>(&crowd.addresses[0])?;
    let mut socket = socket()?;
    let mut poll = Poll::new()?;
    poll.registry().register(&mut socket, SOCKET, Interest::READABLE)?;
    let mut events = Events::with_capacity(8);
    let datagrams = (messages / (COALESCED / MESSAGE) as u32).next_multiple_of(ACKNOWLEDGED);
    let (mut sent, mut acknowledged) = (0, 0);
    let begun = Instant::now();
    while acknowledged < datagrams {
        while sent < datagrams && sent < acknowledged + WINDOW {
            socket.send_to(&[7; COALESCED], to)?;
            sent += 1;
        }
        poll.poll(&mut events, Some(Duration::from_secs(30)))?;
        drain(&socket, &mut [0; MESSAGE], |count, _| {
            acknowledged = u32::from_le_bytes(count.try_into().map_err(io::Error::other)?);
            Ok(())
        })?;
    }
    Ok(f64::from(datagrams) * (COALESCED / MESSAGE) as f64 / begun.elapsed().as_secs_f64())
}

/// Seconds until so many processes have started and said hello.
pub(crate) fn start_up(nodes: usize) -> io::Result<f64> {
    let here = std::net::UdpSocket::bind("127.0.0.1:0")?;
    here.set_nonblocking(true)?;
    let mut crowd = Crowd { children: Vec::new(), addresses: Vec::new() };
    let begun = Instant::now();
    let mut heard = 0;
    let mut hear = |last: bool| -> io::Result<()> {
        here.set_nonblocking(!last)?;
        while heard < nodes {
            match here.recv(&mut [0; MESSAGE]) {
                Ok(_) => heard += 1,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    };
    for node in 0..nodes {
        let child = Command::new("/proc/self/exe").args([ROLE, "hello"]).stdin(Stdio::piped()).spawn()?;
        crowd.children.push(child);
        crowd.tell(node, &here.local_addr()?.to_string())?;
        if node % 16 == 15 {
            hear(false)?;
        }
    }
    hear(true)?;
    Ok(begun.elapsed().as_secs_f64())
}
