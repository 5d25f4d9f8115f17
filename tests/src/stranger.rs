//! A stranger on the same machine: finds the ports of a run, and sends whatever it likes.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use nodes::protocol::Random;

/// Where these processes listen for UDP datagrams on the loopback interface.
pub fn ports(processes: &[u32]) -> BTreeSet<u16> {
    let inodes = processes.iter().flat_map(|process| sockets(*process)).collect::<BTreeSet<_>>();
    let table = std::fs::read_to_string("/proc/net/udp").unwrap_or_default();
    let port = |line: &str| {
        // proc_net_udp(5): the second field is the local address, the tenth the inode.
        let fields = line.split_whitespace().collect::<Vec<_>>();
        let (_, port) = fields.get(1)?.split_once(':')?;
        inodes.contains(*fields.get(9)?).then(|| u16::from_str_radix(port, 16).ok())?
    };
    table.lines().skip(1).filter_map(port).collect()
}

/// The inodes of a process's sockets.
fn sockets(process: u32) -> Vec<String> {
    let Ok(files) = std::fs::read_dir(Path::new("/proc").join(process.to_string()).join("fd")) else { return Vec::new() };
    let links = files.flatten().filter_map(|file| std::fs::read_link(file.path()).ok());
    links.filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())).collect()
}

/// The datagrams that `in-the-middle record` wrote into that directory.
pub fn recorded(directory: &Path) -> Vec<Vec<u8>> {
    let files = std::fs::read_dir(directory).expect("there is a record").flatten().map(|entry| entry.path());
    let of_datagrams = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("datagrams-"));
    let mut datagrams = Vec::new();
    for path in files.filter(of_datagrams) {
        let bytes = std::fs::read(path).expect("it can be read");
        let mut rest = &bytes[..];
        while let Some((length, more)) = rest.split_first_chunk::<2>() {
            // The last may be cut short by the end of the process.
            let Some((datagram, more)) = more.split_at_checked(u16::from_le_bytes(*length).into()) else { break };
            datagrams.push(datagram.to_vec());
            rest = more;
        }
    }
    datagrams
}

/// Sends to ports that it is told of until it is dropped.
pub struct Stranger {
    over: Arc<AtomicBool>,
    sent: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Stranger {
    /// Floods the ports that `find` finds, again and again, with garbage of every length, and with `known` datagrams: as they
    /// are, with a bit flipped, cut, and longer.
    pub fn flood(known: Vec<Vec<u8>>, seed: u64, find: impl Fn() -> BTreeSet<u16> + Send + 'static) -> Self {
        let (over, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let thread = std::thread::spawn({
            let (over, sent) = (over.clone(), sent.clone());
            move || {
                let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a stranger finds a port");
                let mut random = Random::stream(seed, "stranger", 0);
                let mut ports = BTreeSet::new();
                for round in 0.. {
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    if round % 32 == 0 {
                        ports = find();
                    }
                    for port in &ports {
                        let to = SocketAddr::from((Ipv4Addr::LOCALHOST, *port));
                        for _ in 0..64 {
                            // Counted before it can be rejected.
                            sent.fetch_add(1, Ordering::Relaxed);
                            let _ = socket.send_to(&nonsense(&known, &mut random), to);
                        }
                    }
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
        });
        Stranger { over, sent, thread: Some(thread) }
    }

    /// How many datagrams it has sent, or is just sending.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn nonsense(known: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let kind = if known.is_empty() { 0 } else { random.range(0..5) };
    if kind == 0 {
        let length = random.range(0..1600);
        return (0..length).map(|_| random.range(0..=255) as u8).collect();
    }
    let mut datagram = known[random.range(0..known.len())].clone();
    match kind {
        1 => {}
        2 => {
            let bit = random.range(0..datagram.len() * 8);
            datagram[bit / 8] ^= 1 << (bit % 8);
        }
        3 => datagram.truncate(random.range(0..datagram.len())),
        _ => datagram.extend(std::iter::repeat_n(0, random.range(1..100))),
    }
    datagram
}
