//! Whether the system allows a run of that size; asked before anything is started, so that a run is never half-started.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use crate::execution::RunError;
use crate::os::{self, Limit, Resource};
use crate::sorting;

/// What the initializer itself needs.
const OWN_FILES: u64 = 64;

/// What is left to the rest of the system.
const OTHERS_PROCESSES: u64 = 64;

/// What a node process takes, in bytes: 0.3 MB where the program is optimised, 0.6 MB where it is not, page tables and the
/// kernel's part included; and some messages.
const NODE_MEMORY: u64 = 1 << 20;

/// Refuses a run of so many node processes, be it recorded, that bind to that address, if the system has no room for it.  Raises the
/// limit of open files if that is allowed.
pub(super) fn allow(nodes: usize, recorded: bool, bind: IpAddr) -> Result<(), RunError> {
    let nodes = nodes as u64;
    allow_files(nodes, if recorded { 2 } else { 1 })?;
    // They are looked at one after the other, since a look at all of a user's processes takes time.
    let rooms: [fn(u64) -> Option<Room>; 4] = [user_processes, system_processes, group_processes, memory];
    let rooms = rooms.into_iter().filter_map(|room| room(nodes));
    rooms.chain(std::iter::once_with(|| ports(bind)).flatten()).try_for_each(|room| room.allow(nodes))
}

/// For how many node processes there is room, and why.
struct Room {
    nodes: u64,
    /// What bounds it.
    why: String,
    /// How there could be more.
    remedy: &'static str,
}

impl Room {
    fn allow(self, nodes: u64) -> Result<(), RunError> {
        if nodes <= self.nodes {
            return Ok(());
        }
        Err(RunError::refused(format!(
            "{nodes} node processes are too many: {}, which leaves room for {}; {}, or take a smaller graph",
            self.why, self.nodes, self.remedy
        )))
    }
}

fn allow_files(nodes: u64, each: u64) -> Result<(), RunError> {
    let files = nodes * each + OWN_FILES;
    let limit = os::limit(Resource::OpenFiles);
    if limit.current.is_none_or(|current| files <= current) {
        return Ok(());
    }
    if limit.maximum.is_some_and(|maximum| maximum < files) {
        return Err(RunError::refused(format!(
            "{nodes} node processes need {files} open files, and this process may have {}; raise the limit (`ulimit -Hn`), \
             or take a smaller graph",
            limit.maximum.unwrap_or_default()
        )));
    }
    os::set_limit(Resource::OpenFiles, Limit { current: Some(files), ..limit })
        .map_err(|cause| RunError::System { what: format!("the limit of open files cannot be raised to {files}"), cause })
}

/// The limit of processes of this user, which does not hold for root.
fn user_processes(nodes: u64) -> Option<Room> {
    let limit = os::limit(Resource::Processes).current.filter(|_| os::user() != 0)?;
    // Where even all processes of the system would fit, nobody need look whose they are.
    if system_tasks().is_some_and(|all| nodes + all <= limit) {
        return None;
    }
    let own = tasks_of(os::user());
    Some(Room {
        nodes: limit.saturating_sub(own),
        why: format!("this user may have {limit} processes and threads, and has {own}"),
        remedy: "raise the limit (`ulimit -u`)",
    })
}

/// The processes and threads of a user.
fn tasks_of(user: u32) -> u64 {
    let Ok(entries) = fs::read_dir("/proc") else { return 0 };
    let of_user = |status: String| {
        let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next());
        (field("Uid:")?.parse() == Ok(user)).then(|| field("Threads:")?.parse::<u64>().ok())?
    };
    let processes = entries.flatten().filter(|entry| entry.file_name().as_encoded_bytes().iter().all(u8::is_ascii_digit));
    processes.filter_map(|process| of_user(fs::read_to_string(process.path().join("status")).ok()?)).sum()
}

/// All processes and threads of the system.
fn system_tasks() -> Option<u64> {
    // proc(5): "the fourth field ..  after the slash is the number of kernel scheduling entities that currently exist".
    fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().nth(3)?.split_once('/')?.1.parse().ok()
}

/// What the kernel allows altogether.
fn system_processes(_: u64) -> Option<Room> {
    let settings = ["/proc/sys/kernel/pid_max", "/proc/sys/kernel/threads-max"];
    let most = settings.into_iter().filter_map(|setting| number(Path::new(setting))).min()?;
    let tasks = system_tasks()?;
    Some(Room {
        nodes: most.saturating_sub(tasks + OTHERS_PROCESSES),
        why: format!("the system may have {most} processes and threads, and has {tasks}"),
        remedy: "raise the limit (`sysctl kernel.pid_max kernel.threads-max`)",
    })
}

/// What the control groups that this process is in allow.
fn group_processes(_: u64) -> Option<Room> {
    let groups = Groups::own().of("pids");
    let limits =
        groups.iter().filter_map(|group| Some((number(&group.join("pids.max"))?, number(&group.join("pids.current"))?)));
    let (limit, has) = limits.min_by_key(|(limit, has)| limit.saturating_sub(*has))?;
    Some(Room {
        nodes: limit.saturating_sub(has),
        why: format!("the control group may have {limit} processes and threads (pids.max), and has {has}"),
        remedy: "give it more",
    })
}

/// The memory that nobody uses.
fn memory(_: u64) -> Option<Room> {
    let info = fs::read_to_string("/proc/meminfo").ok()?;
    let available = info.lines().find_map(|line| line.strip_prefix("MemAvailable:")?.split_whitespace().next())?;
    let available = available.parse::<u64>().ok()? << 10;
    let least = Groups::own().of("memory").iter().filter_map(|group| group_memory(group)).chain([available]).min()?;
    Some(Room {
        nodes: least / NODE_MEMORY,
        why: format!("{} MiB of memory are free, and a node process takes up to {} MiB", least >> 20, NODE_MEMORY >> 20),
        remedy: "free some",
    })
}

/// What a control group's limit of memory leaves.  Pages of files that nobody reads do not count: they give way.
fn group_memory(group: &Path) -> Option<u64> {
    let either = |new: &str, old: &str| number(&group.join(new)).or_else(|| number(&group.join(old)));
    let limit = either("memory.max", "memory.limit_in_bytes")?;
    let usage = either("memory.current", "memory.usage_in_bytes")?;
    let statistics = fs::read_to_string(group.join("memory.stat")).unwrap_or_default();
    let idle = statistics.lines().find_map(|line| line.strip_prefix("inactive_file ")?.trim().parse().ok()).unwrap_or(0);
    Some(limit.saturating_sub(usage.saturating_sub(idle)))
}

/// The UDP ports that the system gives away and that are free; the initializer takes one too.
fn ports(bind: IpAddr) -> Option<Room> {
    let range = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok()?;
    let mut ends = range.split_whitespace().map_while(|end| end.parse::<u16>().ok());
    let (first, last) = (ends.next()?, ends.next()?);
    let taken = ["/proc/net/udp", "/proc/net/udp6"].map(|file| fs::read_to_string(file).unwrap_or_default());
    let taken = taken.iter().flat_map(|table| table.lines()).filter_map(|line| taken_at(line, bind));
    let taken = sorting::set(taken.filter(|port| (first..=last).contains(port)).map(usize::from)).len() as u64;
    Some(Room {
        nodes: u64::from(last.saturating_sub(first)).saturating_sub(taken),
        why: format!("the system gives away the UDP ports {first} to {last}, and {taken} of them are taken"),
        remedy: "let it give more (`sysctl net.ipv4.ip_local_port_range`)",
    })
}

/// The port that a socket has which stands on this line of /proc/net/udp or udp6, if nothing else can bind to it at that address.
fn taken_at(line: &str, bind: IpAddr) -> Option<u16> {
    // proc(5): the second field is the local address and port, in hexadecimal, the address in words of the machine's byte order.
    let (address, port) = line.split_whitespace().nth(1)?.split_once(':')?;
    let in_words = |octets: &[u8]| {
        let words = octets.chunks_exact(4).filter_map(|word| Some(u32::from_ne_bytes(word.try_into().ok()?)));
        words.map(|word| format!("{word:08X}")).collect::<String>()
    };
    let bound = match bind {
        IpAddr::V4(bind) => in_words(&bind.octets()),
        IpAddr::V6(bind) => in_words(&bind.octets()),
    };
    let is_any = |address: &str| address.bytes().all(|digit| digit == b'0');
    let collides = is_any(address) || is_any(&bound) || address == bound;
    u16::from_str_radix(port, 16).ok().filter(|_| collides)
}

/// The control groups of a process: cgroups(7).
struct Groups {
    mount: PathBuf,
    /// As in /proc/self/cgroup.
    membership: String,
}

impl Groups {
    fn own() -> Self {
        Groups { mount: "/sys/fs/cgroup".into(), membership: fs::read_to_string("/proc/self/cgroup").unwrap_or_default() }
    }

    /// The directories in which limits of that controller may stand, the outermost last.
    fn of(&self, controller: &str) -> Vec<PathBuf> {
        let mut directories = Vec::new();
        for line in self.membership.lines() {
            let mut fields = line.splitn(3, ':').skip(1);
            let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else { continue };
            // The second version has one tree for all controllers, the first one for each.
            let root = if controllers.is_empty() {
                self.mount.clone()
            } else if controllers.split(',').any(|one| one == controller) {
                self.mount.join(controller)
            } else {
                continue;
            };
            let group = root.join(path.trim_start_matches('/'));
            directories.extend(group.ancestors().take_while(|group| group.starts_with(&root)).map(Path::to_path_buf));
        }
        directories
    }
}

/// The number that is all that stands in a file; `max` is none.
fn number(file: &Path) -> Option<u64> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOPBACK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn groups(membership: &str) -> Groups {
        Groups { mount: "/cg".into(), membership: membership.into() }
    }

    #[test]
    fn limits_stand_in_every_group_above() {
        // cgroups(7): "0::/user.slice/user-1000.slice" in the second version, "7:pids:/jobs" in the first.
        let both = groups("0::/user.slice/one.scope\n7:cpu,cpuacct:/jobs\n5:pids:/jobs\n");
        let found = ["/cg/user.slice/one.scope", "/cg/user.slice", "/cg", "/cg/pids/jobs", "/cg/pids"];
        assert_eq!(both.of("pids"), found.map(PathBuf::from));
        assert_eq!(both.of("cpuacct")[3..], ["/cg/cpuacct/jobs", "/cg/cpuacct"].map(PathBuf::from));
        assert_eq!(groups("garbage").of("pids"), [] as [PathBuf; 0]);
    }

    #[test]
    fn memory_that_gives_way_is_free() {
        let directory = std::env::temp_dir().join(format!("nodes-limits-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let write = |name: &str, text: &str| fs::write(directory.join(name), text).unwrap();
        write("memory.max", "max\n");
        write("memory.current", "700\n");
        assert_eq!(group_memory(&directory), None, "no limit");
        write("memory.max", "1000\n");
        write("memory.stat", "anon 400\ninactive_file 300\nactive_file 0\n");
        assert_eq!(group_memory(&directory), Some(600));
        write("memory.current", "2000\n");
        assert_eq!(group_memory(&directory), Some(0), "over its limit");
        fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn a_port_is_taken_by_who_is_bound_to_the_address_or_to_all() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        let taken = |table: &str, bind| {
            let table = fs::read_to_string(table).unwrap();
            table.lines().filter_map(|line| taken_at(line, bind)).any(|taken| taken == port)
        };
        assert!(taken("/proc/net/udp", LOOPBACK) && taken("/proc/net/udp", "0.0.0.0".parse().unwrap()));
        assert!(!taken("/proc/net/udp", "192.0.2.1".parse().unwrap()));
        // As proc(5) shows them, where the least significant byte comes first: 0xFFFF of 127.0.0.1, `*`, and `::1`.
        let line = |local: &str| format!("  0: {local} 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 1 2 0 0");
        if cfg!(target_endian = "little") {
            assert_eq!(taken_at(&line("0100007F:FFFF"), LOOPBACK), Some(65535));
            assert_eq!(taken_at(&line("00000000:9C40"), LOOPBACK), Some(40000));
            let six = line("00000000000000000000000001000000:9C40");
            assert_eq!((taken_at(&six, LOOPBACK), taken_at(&six, "::1".parse().unwrap())), (None, Some(40000)));
        }
        assert_eq!(taken_at("  sl  local_address rem_address   st", LOOPBACK), None);
    }

    #[test]
    fn this_process_is_counted() {
        let tasks = tasks_of(os::user());
        assert!(tasks >= 1);
        assert!(system_tasks().is_some_and(|all| all >= 1));
        assert!(allow(1, true, LOOPBACK).is_ok());
        let refusal = Room { nodes: 63, why: "there are 100".into(), remedy: "add some" }.allow(64).unwrap_err().to_string();
        assert_eq!(
            refusal,
            "64 node processes are too many: there are 100, which leaves room for 63; add some, or take a smaller graph"
        );
    }
}
