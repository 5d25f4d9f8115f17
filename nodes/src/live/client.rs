//! One connection: a request, its answer, and the end.

use core::time::Duration;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::sync::Arc;

use mio::net::TcpStream;

use super::request::{Guard, LONGEST_BODY, LONGEST_HEAD, Refusal, Request};
use super::spool::Spool;

/// A request that has not come whole by then will not.
const TIME_TO_ASK: Duration = Duration::from_secs(5);

/// A run that has not answered by then is busy with something else.
const TIME_TO_ANSWER: Duration = Duration::from_secs(10);

/// Who takes nothing of an answer for so long is gone.  A page may take the trace as slowly as it likes.
const TIME_TO_TAKE: Duration = Duration::from_secs(30);

/// So long, and so much, is read of what nobody wants: closed at once, the answer might be lost on its way.
const TIME_TO_LEAVE: Duration = Duration::from_secs(1);
const MOST_UNWANTED: usize = 1 << 20;

/// So much of a trace goes to one page before others have their turn.
const TURN: usize = 1 << 20;

/// What comes behind the head of an answer.
#[derive(Debug)]
enum Body {
    Nothing,
    Page(Arc<[u8]>),
    Trace(Arc<Spool>),
}

#[derive(Debug)]
enum State {
    Reading(Vec<u8>),
    /// Until the run answers the command of that number.
    Waiting(u64),
    /// So much of the body has gone.
    Sending(Vec<u8>, Body, u64),
    Leaving(usize),
}

/// A connection.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) stream: TcpStream,
    state: State,
    /// When it is closed, whatever happens.
    pub(super) deadline: Option<Duration>,
}

/// What is to be done with a connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing, until something happens.
    Rest,
    /// It may go on at once.
    Again,
    Close,
    /// It has asked for that.
    Answer(Request),
}

impl Client {
    pub(super) fn new(stream: TcpStream, now: Duration) -> Self {
        Client { stream, state: State::Reading(Vec::new()), deadline: Some(now + TIME_TO_ASK) }
    }

    /// Whether it has not shown that it may ask.
    pub(super) fn is_stranger(&self) -> bool {
        matches!(self.state, State::Reading(_) | State::Leaving(_))
    }

    /// Whether the trace goes to it.
    pub(super) fn is_follower(&self) -> bool {
        matches!(self.state, State::Sending(_, Body::Trace(_), _))
    }

    /// The command whose answer it waits for.
    pub(super) fn waits_for(&self) -> Option<u64> {
        if let State::Waiting(number) = self.state { Some(number) } else { None }
    }

    /// Goes on as far as it can.
    pub(super) fn go_on(&mut self, guard: &Guard, now: Duration, buffer: &mut [u8]) -> Next {
        let gone = match &mut self.state {
            State::Reading(bytes) => match read_request(&mut self.stream, bytes, guard, buffer) {
                Ok(Some(request)) => return Next::Answer(request),
                Ok(None) => return Next::Rest,
                Err(Some(refusal)) => {
                    self.say(refusal.0, refusal.1, now);
                    return Next::Again;
                }
                Err(None) => true,
            },
            State::Waiting(_) => has_gone(&mut self.stream, buffer),
            State::Sending(head, body, at) => match send(&mut self.stream, head, body, at, buffer) {
                Ok(Sent::All) => {
                    let _ = self.stream.shutdown(Shutdown::Write);
                    self.state = State::Leaving(0);
                    self.deadline = Some(now + TIME_TO_LEAVE);
                    return Next::Again;
                }
                Ok(Sent::Turn) => return Next::Again,
                Ok(Sent::Some) => {
                    self.deadline = (!matches!(body, Body::Trace(_))).then(|| now + TIME_TO_TAKE);
                    has_gone(&mut self.stream, buffer)
                }
                Ok(Sent::Nothing) => has_gone(&mut self.stream, buffer),
                Err(_) => true,
            },
            State::Leaving(unwanted) => loop {
                match read(&mut self.stream, buffer) {
                    Ok(0) => break true,
                    Ok(length) => *unwanted += length,
                    Err(cause) => break !is_later(&cause),
                }
                if *unwanted > MOST_UNWANTED {
                    break true;
                }
            },
        };
        if gone { Next::Close } else { Next::Rest }
    }

    /// Answers with a sentence.
    pub(super) fn say(&mut self, status: u16, sentence: &str, now: Duration) {
        self.send(said(status, sentence), Body::Nothing, Some(now + TIME_TO_TAKE));
    }

    pub(super) fn send_page(&mut self, page: &Arc<[u8]>, now: Duration) {
        let head = head(200, "text/html; charset=utf-8", Some(page.len()));
        self.send(head, Body::Page(Arc::clone(page)), Some(now + TIME_TO_TAKE));
    }

    /// The trace, from its beginning to the end of the run; then the connection ends.
    pub(super) fn send_trace(&mut self, spool: &Arc<Spool>) {
        let head = head(200, "application/octet-stream", None);
        self.send(head, Body::Trace(Arc::clone(spool)), None);
    }

    pub(super) fn wait_for(&mut self, command: u64, now: Duration) {
        self.state = State::Waiting(command);
        self.deadline = Some(now + TIME_TO_ANSWER);
    }

    fn send(&mut self, head: Vec<u8>, body: Body, deadline: Option<Duration>) {
        self.state = State::Sending(head, body, 0);
        self.deadline = deadline;
    }

    /// Its time is up.
    pub(super) fn is_late(&self, now: Duration) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= now)
    }
}

/// Answers whatever is asked with a sentence, and closes the connection at once.
pub(super) fn turn_away(mut stream: TcpStream, sentence: &str) {
    // So short an answer fits into the buffer of a new connection.
    let _ = stream.write_all(&said(503, sentence));
    let _ = stream.shutdown(Shutdown::Write);
    // What is closed with something unread is reset, and the answer may be lost.
    has_gone(&mut stream, &mut [0; LONGEST_HEAD]);
}

/// An answer that is a sentence.
fn said(status: u16, sentence: &str) -> Vec<u8> {
    let text = if sentence.is_empty() { String::new() } else { format!("{sentence}\n") };
    let mut answer = head(status, "text/plain; charset=utf-8", Some(text.len()));
    answer.extend_from_slice(text.as_bytes());
    answer
}

/// The first lines of an answer.
fn head(status: u16, kind: &str, length: Option<usize>) -> Vec<u8> {
    let reason = if status == 200 { "OK" } else { "Refused" };
    let length = length.map_or(String::new(), |length| format!("Content-Length: {length}\r\n"));
    format!(
        "HTTP/1.1 {status} {reason}\r\nContent-Type: {kind}\r\n{length}Connection: close\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nReferrer-Policy: no-referrer\r\n\
         Cross-Origin-Resource-Policy: same-origin\r\n\r\n"
    )
    .into_bytes()
}

fn is_later(cause: &io::Error) -> bool {
    cause.kind() == io::ErrorKind::WouldBlock
}

/// Reads what has come; a signal to another part of the program is no answer.
fn read(stream: &mut TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match stream.read(buffer) {
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Whether the other side is no longer there, or does not listen but talk.
fn has_gone(stream: &mut TcpStream, buffer: &mut [u8]) -> bool {
    for _ in 0..16 {
        match read(stream, buffer) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(cause) => return !is_later(&cause),
        }
    }
    true
}

/// Reads what has come; a request if it is whole, `Err(None)` if nobody is there any more.
fn read_request(
    stream: &mut TcpStream,
    bytes: &mut Vec<u8>,
    guard: &Guard,
    buffer: &mut [u8],
) -> Result<Option<Request>, Option<Refusal>> {
    loop {
        let room = (LONGEST_HEAD + LONGEST_BODY).saturating_sub(bytes.len());
        if room == 0 {
            return Err(Some(Refusal(431, "the request is too long")));
        }
        let most = room.min(buffer.len());
        match read(stream, &mut buffer[..most]) {
            Ok(0) => return Err(None),
            Ok(length) => bytes.extend_from_slice(&buffer[..length]),
            Err(cause) if is_later(&cause) => return Ok(None),
            Err(_) => return Err(None),
        }
        if let Some(request) = guard.read(bytes).map_err(Some)? {
            return Ok(Some(request));
        }
    }
}

enum Sent {
    All,
    /// Its turn is over, though it would take more.
    Turn,
    Some,
    Nothing,
}

fn send(stream: &mut TcpStream, head: &mut Vec<u8>, body: &Body, at: &mut u64, buffer: &mut [u8]) -> io::Result<Sent> {
    let mut total = 0;
    loop {
        let piece = if !head.is_empty() {
            &head[..]
        } else {
            match body {
                Body::Nothing => return Ok(Sent::All),
                Body::Page(page) => match page.get(*at as usize..).filter(|rest| !rest.is_empty()) {
                    Some(rest) => rest,
                    None => return Ok(Sent::All),
                },
                Body::Trace(spool) => {
                    let is_read = spool.is_read(*at);
                    let length = spool.read(*at, buffer)?;
                    match length {
                        0 if is_read => return Ok(Sent::All),
                        0 if total == 0 => return Ok(Sent::Nothing),
                        0 => return Ok(Sent::Some),
                        _ => &buffer[..length],
                    }
                }
            }
        };
        match stream.write(piece) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(length) => {
                total += length;
                if head.is_empty() { *at += length as u64 } else { drop(head.drain(..length)) }
            }
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => {
                return Ok(if total == 0 { Sent::Nothing } else { Sent::Some });
            }
            Err(cause) => return Err(cause),
        }
        if total > TURN {
            return Ok(Sent::Turn);
        }
    }
}
