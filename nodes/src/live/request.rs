//! What a browser asks for, and whether it may.

use serde::Deserialize;

/// A request's head is not longer.
pub(super) const LONGEST_HEAD: usize = 8 << 10;

/// Nor its body.
pub(super) const LONGEST_BODY: usize = 1 << 10;

/// So many fields may stand in a head.
const MOST_FIELDS: usize = 64;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Request {
    Page,
    Trace,
    Command(Command),
}

/// What a page wants of a simulated run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(super) enum Command {
    Pause,
    Resume,
    Step,
    /// By its number in the trace.
    Deliver {
        message: u64,
    },
    Crash {
        node: u32,
    },
}

/// What is answered instead: a status, and a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal(pub(super) u16, pub(super) &'static str);

/// Who may ask.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    pub(super) port: u16,
    pub(super) token: String,
}

impl Guard {
    /// Reads what has come so far; `None` if more must come.
    pub(super) fn read(&self, bytes: &[u8]) -> Result<Option<Request>, Refusal> {
        let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
        let mut head = httparse::Request::new(&mut fields);
        let length = match head.parse(bytes) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) if bytes.len() < LONGEST_HEAD => return Ok(None),
            Ok(httparse::Status::Partial) | Err(httparse::Error::TooManyHeaders) => {
                return Err(Refusal(431, "the request is too long"));
            }
            Err(_) => return Err(Refusal(400, "this is not HTTP")),
        };
        self.check_origin(head.headers)?;
        let target = head.path.unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let token = query.split('&').find_map(|part| part.strip_prefix("t=")).unwrap_or_default();
        if !is_same(token.as_bytes(), self.token.as_bytes()) {
            return Err(Refusal(403, "the token is missing or wrong; open the address that the run has printed"));
        }
        match (head.method.unwrap_or_default(), path) {
            ("GET", "/") => Ok(Some(Request::Page)),
            ("GET", "/trace") => Ok(Some(Request::Trace)),
            ("POST", "/cmd") => command(head.headers, &bytes[length..]),
            (_, "/" | "/trace" | "/cmd") => Err(Refusal(405, "that is not done with this address")),
            _ => Err(Refusal(404, "there is nothing at this address")),
        }
    }

    /// The request must be meant for this server, and come from its own page or from none.
    fn check_origin(&self, fields: &[httparse::Header<'_>]) -> Result<(), Refusal> {
        let own = ["127.0.0.1", "localhost"].map(|name| format!("{name}:{}", self.port));
        let is_own = |host: &[u8]| own.iter().any(|own| own.as_bytes() == host);
        let mut hosts = values(fields, "host");
        if !hosts.next().is_some_and(is_own) || hosts.next().is_some() {
            return Err(Refusal(403, "the name in `Host` is not this server's"));
        }
        let is_own_origin = |origin: &[u8]| origin.strip_prefix(b"http://").is_some_and(is_own);
        if !values(fields, "origin").all(is_own_origin) {
            return Err(Refusal(403, "a page from elsewhere may not ask"));
        }
        Ok(())
    }
}

/// The values of a field.
fn values<'a>(fields: &'a [httparse::Header<'a>], name: &'static str) -> impl Iterator<Item = &'a [u8]> {
    fields.iter().filter(move |field| field.name.eq_ignore_ascii_case(name)).map(|field| field.value)
}

/// A command; `None` if its body has not come.
fn command(fields: &[httparse::Header<'_>], body: &[u8]) -> Result<Option<Request>, Refusal> {
    // What a form can send, without asking first, is no command.
    if !values(fields, "content-type").any(|kind| kind.starts_with(b"application/json")) {
        return Err(Refusal(415, "a command is JSON"));
    }
    let mut lengths = values(fields, "content-length");
    let length = lengths.next().and_then(|length| std::str::from_utf8(length).ok()?.parse::<usize>().ok());
    let (Some(length), None) = (length, lengths.next()) else {
        return Err(Refusal(411, "the command's length is missing"));
    };
    if length > LONGEST_BODY {
        return Err(Refusal(413, "the command is too long"));
    }
    let Some(body) = body.get(..length) else { return Ok(None) };
    match serde_json::from_slice(body) {
        Ok(command) => Ok(Some(Request::Command(command))),
        Err(_) => Err(Refusal(400, "this is no command")),
    }
}

/// Compares in a time that does not tell where the first difference is.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |difference, (one, other)| difference | (one ^ other)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Request>, Refusal> {
        Guard { port: 4711, token: "secret".to_owned() }.read(text.as_bytes())
    }

    fn status(text: &str) -> u16 {
        match read(text) {
            Err(Refusal(status, _)) => status,
            other => panic!("{text}: {other:?}"),
        }
    }

    const HOST: &str = "Host: 127.0.0.1:4711\r\n";

    #[test]
    fn the_page_may_ask() {
        assert_eq!(read(&format!("GET /?t=secret HTTP/1.1\r\n{HOST}\r\n")), Ok(Some(Request::Page)));
        assert_eq!(read(&format!("GET /?theme=dark&t=secret HTTP/1.1\r\n{HOST}\r\n")), Ok(Some(Request::Page)));
        assert_eq!(read("GET /trace?t=secret HTTP/1.1\r\nhost: localhost:4711\r\n\r\n"), Ok(Some(Request::Trace)));
        let post = |body: &str| {
            let length = body.len();
            format!(
                "POST /cmd?t=secret HTTP/1.1\r\n{HOST}Origin: http://127.0.0.1:4711\r\nContent-Type: application/json\r\n\
                 Content-Length: {length}\r\n\r\n{body}"
            )
        };
        for (body, command) in [
            ("{\"do\":\"pause\"}", Command::Pause),
            ("{\"do\":\"resume\"}", Command::Resume),
            ("{\"do\":\"step\"}", Command::Step),
            ("{\"do\":\"deliver\",\"message\":7}", Command::Deliver { message: 7 }),
            ("{\"do\":\"crash\",\"node\":3}", Command::Crash { node: 3 }),
        ] {
            let whole = post(body);
            assert_eq!(read(&whole), Ok(Some(Request::Command(command))));
            for cut in 0..whole.len() {
                assert_eq!(read(&whole[..cut]), Ok(None), "{cut} bytes of it");
            }
        }
        assert_eq!(status(&post("{\"do\":\"deliver\"}")), 400);
        assert_eq!(status(&post("{\"do\":\"format\"}")), 400);
        assert_eq!(status(&post(&" ".repeat(LONGEST_BODY + 1))), 413);
    }

    #[test]
    fn others_may_not() {
        for (text, right) in [
            (format!("GET / HTTP/1.1\r\n{HOST}\r\n"), 403),
            (format!("GET /?t=secreT HTTP/1.1\r\n{HOST}\r\n"), 403),
            (format!("GET /?t=secret2 HTTP/1.1\r\n{HOST}\r\n"), 403),
            (format!("GET /other HTTP/1.1\r\n{HOST}\r\n"), 403),
            (format!("GET /other?t=secret HTTP/1.1\r\n{HOST}\r\n"), 404),
            (format!("PUT /?t=secret HTTP/1.1\r\n{HOST}\r\n"), 405),
            ("GET /?t=secret HTTP/1.1\r\n\r\n".into(), 403),
            ("GET /?t=secret HTTP/1.1\r\nHost: evil.example:4711\r\n\r\n".into(), 403),
            ("GET /?t=secret HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n".into(), 403),
            (format!("GET /?t=secret HTTP/1.1\r\n{HOST}Host: evil.example\r\n\r\n"), 403),
            (format!("GET /?t=secret HTTP/1.1\r\n{HOST}Origin: http://evil.example\r\n\r\n"), 403),
            (format!("GET /?t=secret HTTP/1.1\r\n{HOST}Origin: null\r\n\r\n"), 403),
            (format!("POST /cmd?t=secret HTTP/1.1\r\n{HOST}Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{{}}"), 415),
            (format!("POST /cmd?t=secret HTTP/1.1\r\n{HOST}Content-Type: application/json\r\n\r\n"), 411),
            (format!("GET /?t=secret HTTP/1.1\r\n{HOST}A: {}", "a".repeat(LONGEST_HEAD)), 431),
            (format!("GET /?t=secret HTTP/1.1\r\n{HOST}{}\r\n", "A: a\r\n".repeat(MOST_FIELDS)), 431),
            ("\x16\x03\x01\x02\x00\x01".into(), 400),
        ] {
            assert_eq!(status(&text), right, "{text}");
        }
    }
}
