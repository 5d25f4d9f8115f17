//! Whether the system allows a run of that size; asked before anything is started, so that a run is never half-started.

use std::fs;
use std::path::{Path, PathBuf};

use crate::execution::RunError;
use crate::os::{self, Limit, Resource};

/// What the initializer itself needs.
const OWN_FILES: u64 = 64;

/// What is left to the rest of the system.
const OTHERS_PROCESSES: u64 = 64;

/// What a node process takes, in bytes: 0.3 MB where the program is optimised, 0.6 MB where it is not, page tables and the
/// kernel's part included; and some messages.
const NODE_MEMORY: u64 = 1 << 20;

/// Refuses a run of so many node processes, be it recorded, if the system has no room for it.  Raises the limit of open files
/// if that is allowed.
pub(super) fn allow(nodes: usize, recorded: bool) -> Result<(), RunError> {
    let nodes = nodes as u64;
    allow_files(nodes, if recorded { 2 } else { 1 })?;
    // They are looked at one after the other, since a look at all of a user's processes takes time.
    let rooms: [fn(u64) -> Option<Room>; 5] = [user_processes, system_processes, group_processes, memory, ports];
    rooms.into_iter().filter_map(|room| room(nodes)).try_for_each(|room| room.allow(nodes))
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

/// The UDP ports that the system gives away; the initializer takes one too.
fn ports(_: u64) -> Option<Room> {
    let range = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok()?;
    let mut ends = range.split_whitespace().map_while(|end| end.parse::<u64>().ok());
    let (first, last) = (ends.next()?, ends.next()?);
    Some(Room {
        nodes: last.saturating_sub(first),
        why: format!("the system gives away the UDP ports {first} to {last}"),
        remedy: "let it give more (`sysctl net.ipv4.ip_local_port_range`)",
    })
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
    fn this_process_is_counted() {
        let tasks = tasks_of(os::user());
        assert!(tasks >= 1);
        assert!(system_tasks().is_some_and(|all| all >= 1));
        assert!(allow(1, true).is_ok());
        let refusal = Room { nodes: 63, why: "there are 100".into(), remedy: "add some" }.allow(64).unwrap_err().to_string();
        assert_eq!(
            refusal,
            "64 node processes are too many: there are 100, which leaves room for 63; add some, or take a smaller graph"
        );
    }
}
