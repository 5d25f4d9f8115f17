//! A man in the middle: started in place of a node process, it starts the node itself, and every datagram from and to the node
//! passes through it.
//!
//! `in-the-middle record DIR PROGRAM` writes the datagrams and the run's key into files; `in-the-middle attack DIR PROGRAM`
//! sends, besides each datagram, damaged ones, parts of it, the same again, and earlier ones, some of them meant for somebody
//! else; and counts what nobody can believe.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

/// What an initializer tells a node at its birth, as it stands in the pipe behind its length.
#[derive(Serialize, Deserialize)]
struct Birth {
    node: u32,
    incarnation: u32,
    key: [u8; 32],
    initializer: SocketAddr,
    bind: IpAddr,
    parent: u32,
    outbox_limit: u64,
    max_message: u64,
}

/// What it does with what passes.
enum Doing {
    Record(Mutex<File>),
    Attack { earlier: Mutex<Vec<Vec<u8>>>, count: AtomicU64 },
}

impl Doing {
    /// Passes a datagram on.
    fn pass(&self, datagram: &[u8], socket: &UdpSocket, to: SocketAddr) {
        let send = |bytes: &[u8]| drop(socket.send_to(bytes, to));
        match self {
            Doing::Record(file) => {
                let mut file = file.lock().expect("nobody panics with it");
                file.write_all(&(datagram.len() as u16).to_le_bytes()).expect("the record can be written");
                file.write_all(datagram).expect("the record can be written");
                send(datagram);
            }
            Doing::Attack { earlier, count } => {
                let turn = count.fetch_add(4, Ordering::Relaxed) as usize;
                let bit = turn.wrapping_mul(7919) % (datagram.len() * 8);
                let mut flipped = datagram.to_vec();
                flipped[bit / 8] ^= 1 << (bit % 8);
                send(&flipped);
                send(&datagram[..turn.wrapping_mul(31) % datagram.len()]);
                send(datagram);
                send(&[datagram, b"and more"].concat());
                // What is true, but not new.
                send(datagram);
                let mut earlier = earlier.lock().expect("nobody panics with it");
                if let Some(old) = earlier.get(turn % (earlier.len() + 1)) {
                    send(old);
                }
                earlier.push(datagram.to_vec());
            }
        }
    }
}

fn main() -> io::Result<()> {
    let [what, directory, program] =
        std::env::args().skip(1).collect::<Vec<_>>().try_into().expect("record|attack DIR PROGRAM");
    let directory = PathBuf::from(directory);
    let mut birth = read_birth()?;
    let node = birth.node;
    let doing = Arc::new(match what.as_str() {
        "attack" => Doing::Attack { earlier: Mutex::default(), count: AtomicU64::new(0) },
        _ => {
            fs::write(directory.join("key"), birth.key)?;
            Doing::Record(Mutex::new(File::create(directory.join(format!("datagrams-{node}")))?))
        }
    });

    // The others see `outer` in place of the node, the node sees `inner` in place of the initializer.
    let outer = Arc::new(UdpSocket::bind((birth.bind, 0))?);
    let inner = Arc::new(UdpSocket::bind((birth.bind, 0))?);
    let initializer = std::mem::replace(&mut birth.initializer, inner.local_addr()?);
    birth.parent = std::process::id();
    let mut child = begin(&program, &birth)?;
    let pipe = child.stdin.take();

    let node_port = Arc::new(AtomicU16::new(0));
    pump({
        let (doing, inner, outer, node_port) = (doing.clone(), inner.clone(), outer.clone(), node_port.clone());
        move |buffer| {
            let (length, from) = inner.recv_from(buffer)?;
            node_port.store(from.port(), Ordering::Relaxed);
            doing.pass(&buffer[..length], &outer, initializer);
            Ok(())
        }
    });
    pump({
        let (doing, bind) = (doing.clone(), birth.bind);
        move |buffer| {
            let (length, _) = outer.recv_from(buffer)?;
            // Nobody knows of the node before it has said Hello.
            doing.pass(&buffer[..length], &inner, SocketAddr::new(bind, node_port.load(Ordering::Relaxed)));
            Ok(())
        }
    });
    // The end of the pipe is passed on too.
    std::thread::spawn(move || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        drop(pipe);
    });
    let status = child.wait()?;
    if let Doing::Attack { count, .. } = &*doing {
        fs::write(directory.join(format!("damaged-{node}")), count.load(Ordering::Relaxed).to_string())?;
    }
    std::process::exit(status.code().unwrap_or(1))
}

fn read_birth() -> io::Result<Birth> {
    let mut length = [0; 2];
    io::stdin().read_exact(&mut length)?;
    let mut body = vec![0; usize::from(u16::from_le_bytes(length))];
    io::stdin().read_exact(&mut body)?;
    postcard::from_bytes(&body).map_err(io::Error::other)
}

fn begin(program: &str, birth: &Birth) -> io::Result<Child> {
    let mut child = Command::new(program).arg0(format!("node {}", birth.node)).stdin(Stdio::piped()).spawn()?;
    let body = postcard::to_allocvec(birth).map_err(io::Error::other)?;
    let pipe = child.stdin.as_mut().expect("it is piped");
    pipe.write_all(&(body.len() as u16).to_le_bytes())?;
    pipe.write_all(&body)?;
    Ok(child)
}

/// Does it again and again, beside everything else.
fn pump(mut step: impl FnMut(&mut [u8]) -> io::Result<()> + Send + 'static) {
    std::thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        loop {
            // A neighbour that has ended refuses; others go on.
            let _ = step(&mut buffer);
        }
    });
}
