//! Whoever asks the server of a run's page for what he may not have, or asks badly, gets a sentence or nothing; the run goes
//! on.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use nodes::live::Server;

use crate::begin;

/// Nothing here takes so long; a test that would hang fails instead.
const PATIENCE: Duration = Duration::from_secs(60);

/// A served page: where, and the token.
struct Page {
    address: SocketAddr,
    token: String,
}

impl Page {
    fn of(url: &str) -> Self {
        let (address, token) = url.trim_start_matches("http://").split_once("/?t=").expect("it has a token");
        Page { address: address.parse().expect("it is an address"), token: token.to_owned() }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("it is a socket");
        stream
    }

    /// What is answered; empty if the connection is closed.
    fn say(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        // It may be closed before all is said.
        let _ = stream.write_all(bytes);
        rest(&mut stream)
    }

    fn get(&self, path: &str, fields: &str) -> String {
        let request = format!("GET {path}?t={} HTTP/1.1\r\nHost: {}\r\n{fields}\r\n", self.token, self.address);
        String::from_utf8(self.say(request.as_bytes())).expect("it is text")
    }

    #[track_caller]
    fn assert_serves(&self) {
        let page = self.get("/", "");
        assert!(page.starts_with("HTTP/1.1 200 ") && page.ends_with("</html>\n"), "{page:.200}");
    }
}

/// All that comes until the end; whoever is cut off has got what he has got.
fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Err(cause) if cause.kind() == std::io::ErrorKind::WouldBlock => panic!("nothing came in {PATIENCE:?}"),
        _ => answer,
    }
}

fn status(answer: &[u8]) -> String {
    String::from_utf8_lossy(answer.get(9..12).unwrap_or_default()).into_owned()
}

#[test]
fn only_the_page_itself_is_answered() {
    let (server, mut feed) = Server::of_run("Echo").expect("it starts");
    let page = Page::of(server.address());
    assert!(page.address.ip().is_loopback());
    let Page { address, token } = &page;
    page.assert_serves();
    assert_eq!(page.token.len(), 32);
    let other = Server::of_page(String::new()).expect("it starts");
    assert_ne!(Page::of(other.address()).token, page.token);
    for (request, right) in [
        (format!("GET / HTTP/1.1\r\nHost: {address}\r\n\r\n"), "403"),
        (format!("GET /trace?t={} HTTP/1.1\r\nHost: {address}\r\n\r\n", "0".repeat(32)), "403"),
        (format!("GET /trace?t={token} HTTP/1.1\r\nHost: evil.example:{}\r\n\r\n", address.port()), "403"),
        (format!("GET /trace?t={token} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://evil.example\r\n\r\n"), "403"),
        (format!("GET /trace?t={token} HTTP/1.1\r\n\r\n"), "403"),
        (format!("GET /../secret?t={token} HTTP/1.1\r\nHost: {address}\r\n\r\n"), "404"),
        (format!("DELETE /?t={token} HTTP/1.1\r\nHost: {address}\r\n\r\n"), "405"),
        (format!("GET /?t={token} HTTP/1.1\r\nHost: {address}\r\nA: {}\r\n\r\n", "a".repeat(1 << 18)), "431"),
        ("\x16\x03\x01\x02\x00\x01\x00\x01\u{1}\r\n\r\n".to_owned(), "400"),
        // This run cannot be steered.
        (
            format!(
                "POST /cmd?t={token} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: \
                 14\r\n\r\n{{\"do\":\"pause\"}}"
            ),
            "404",
        ),
    ] {
        assert_eq!(status(&page.say(request.as_bytes())), right, "{request:.200}");
    }
    // Every request, cut off at every byte.
    let whole = format!("GET /trace?t={token} HTTP/1.1\r\nHost: {address}\r\n\r\n");
    for cut in 0..whole.len() {
        page.connect().write_all(&whole.as_bytes()[..cut]).expect("it listens");
    }
    assert!(feed.push(b"some of it") && feed.push(b", and the rest"));
    drop(feed);
    assert!(page.get("/trace", "").ends_with("\r\n\r\nsome of it, and the rest"));
    page.assert_serves();
}

#[test]
fn however_many_pages_follow_a_run_one_more_is_answered() {
    let (server, _feed) = Server::of_run("Echo").expect("it starts");
    let page = Page::of(server.address());
    let follow = || {
        let mut stream = page.connect();
        write!(stream, "GET /trace?t={} HTTP/1.1\r\nHost: {}\r\n\r\n", page.token, page.address).expect("it is open");
        let mut beginning = [0; 12];
        stream.read_exact(&mut beginning).expect("it is answered");
        (stream, status(&beginning))
    };
    let mut following = (0..70).map(|_| follow()).collect::<Vec<_>>();
    let refused = following.split_off(56);
    assert!(following.iter().all(|(_, status)| status == "200"));
    for (mut stream, status) in refused {
        assert_eq!(status, "503");
        assert!(
            String::from_utf8_lossy(&rest(&mut stream)).ends_with("as many pages follow the run as may; close one of them\n")
        );
        page.assert_serves();
    }
    drop(following);
    // Once it is seen that they have gone.
    let is_served = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        follow().1 == "200"
    });
    assert!(is_served);
}

#[test]
fn who_says_nothing_makes_room() {
    let (server, _feed) = Server::of_run("Echo").expect("it starts");
    let page = Page::of(server.address());
    let mut silent = (0..300).map(|_| page.connect()).collect::<Vec<_>>();
    for stream in &mut silent {
        let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: ");
    }
    page.assert_serves();
    // And in the end all of them are gone.
    for stream in &mut silent {
        assert_eq!(rest(stream), b"");
    }
    page.assert_serves();
}

#[test]
fn who_comes_among_many_is_not_sent_away_for_another() {
    // Fewer at a time than may follow, and with files to spare: each is answered, though it asks only when all have come.
    for round in 0..200 {
        let (server, _feed) = Server::of_run("Echo").expect("it starts");
        let page = Page::of(server.address());
        let request = format!("GET /trace?t={} HTTP/1.1\r\nHost: {}\r\n\r\n", page.token, page.address);
        let mut streams = (0..8).map(|_| page.connect()).collect::<Vec<_>>();
        for stream in &mut streams {
            let _ = stream.write_all(request.as_bytes());
        }
        for stream in &mut streams {
            let mut beginning = [0; 12];
            let is_read = stream.read_exact(&mut beginning);
            assert!(is_read.is_ok() && status(&beginning) == "200", "round {round}: {is_read:?}");
        }
    }
}

#[test]
fn nobody_waits_for_a_page_that_does_not_read() {
    let (server, mut feed) = Server::of_run("Echo").expect("it starts");
    let page = Page::of(server.address());
    let request = format!("GET /trace?t={} HTTP/1.1\r\nHost: {}\r\n\r\n", page.token, page.address);
    let mut slow = (0..5).map(|_| page.connect()).collect::<Vec<_>>();
    slow.iter_mut().for_each(|stream| stream.write_all(request.as_bytes()).expect("it listens"));
    let right = (0..32 << 20).map(|at: u32| at.wrapping_mul(2_654_435_769).to_le_bytes()[3]).collect::<Vec<_>>();
    for piece in right.chunks(100_000) {
        assert!(feed.push(piece));
    }
    page.assert_serves();
    drop(feed);
    let trace = page.say(request.as_bytes());
    assert!(trace.ends_with(&right), "who comes late gets it all: {}", trace.len());
    // One goes, the others read on.
    slow.pop();
    for stream in &mut slow {
        assert!(rest(stream).ends_with(&right), "who has not read for long gets it all");
    }
}

#[test]
fn a_run_that_is_attacked_through_its_page_ends_as_it_should() {
    let mut run = begin("run lamport --topology complete:6 --requests 40 --seed 1 --live --json");
    let mut line = String::new();
    while !line.ends_with('\n') {
        line.push(run.read_stderr_byte().expect("it tells where its page is").into());
    }
    let page = Page::of(line.trim().split_once("http").map(|(_, rest)| format!("http{rest}")).expect("an address").as_str());
    let mut held = Vec::new();
    for round in 0..40_u32 {
        let mut stream = page.connect();
        let noise = (0..2000).map(|at: u32| (at ^ round).wrapping_mul(2_654_435_769).to_le_bytes()[2]).collect::<Vec<_>>();
        let _ = stream.write_all(&noise);
        held.push(stream);
        let _ = page.say(format!("GET /trace?t={round} HTTP/1.1\r\nHost: {}\r\n\r\n", page.address).as_bytes());
        let mut reader = page.connect();
        let asked = format!("GET /trace?t={} HTTP/1.1\r\nHost: {}\r\n\r\n", page.token, page.address);
        let _ = reader.write_all(asked.as_bytes());
        held.push(reader);
    }
    drop(held);
    // The answer ends when the run does.
    let trace = page.say(format!("GET /trace?t={} HTTP/1.1\r\nHost: {}\r\n\r\n", page.token, page.address).as_bytes());
    let begin = trace.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("there is a head") + 4;
    let trace = nodes::trace::Trace::read(&trace[begin..]).expect("it is a trace");
    assert!(trace.is_complete());
    assert_eq!(trace.messages().len(), 3 * 5 * 6 * 40);
    page.assert_serves();
    run.signal("INT");
    let ended = run.wait();
    ended.assert_nothing_is_left();
    assert_eq!(ended.status(), Some(0), "{}", ended.stderr());
    let document = ended.json();
    assert_eq!(document["outcome"], "quiescent");
    assert_eq!(document["messages"]["total"], 3 * 5 * 6 * 40);
}
