//! System calls that `std` does not have, each behind a safe function.
//!
//! A crate that has all system calls would be one of the largest dependencies to build, for these few.  The rest of this crate
//! does without `unsafe`, but for `tables`.

#![allow(unsafe_code, reason = "no system call is safe by itself; each block says why it is sound")]

use core::ffi::c_int;
use core::time::Duration;
use std::io;
use std::net::SocketAddr;
#[cfg(target_os = "linux")]
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
use std::os::fd::{AsFd, AsRawFd};
#[cfg(feature = "cli")]
use std::os::fd::{FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
#[cfg(feature = "cli")]
use std::sync::atomic::{AtomicBool, Ordering};

use mio::net::UdpSocket;

/// What a call returns that returns -1 for an error.
fn checked(result: c_int) -> io::Result<()> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Fills `bytes` from the system's secure source.
///
/// # Errors
/// If the system has no such source, or `bytes` has more than 256.
pub(crate) fn random(bytes: &mut [u8]) -> io::Result<()> {
    // SAFETY: the system writes into memory that is borrowed mutably here, and not beyond its length.
    checked(unsafe { libc::getentropy(bytes.as_mut_ptr().cast(), bytes.len()) })
}

/// The monotonic clock, whose origin all processes of the machine share.
#[inline]
pub(crate) fn monotonic() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the system writes one `timespec` into one that is borrowed mutably here.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time) };
    // It fails only for a clock that does not exist.
    assert_eq!(result, 0, "POSIX systems have a monotonic clock");
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// What the system limits for each process.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Resource {
    /// Files that are open at a time.
    OpenFiles,
    /// Processes and threads of the process's user.
    Processes,
}

/// How much of a resource a process may use; `None` is unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    /// The limit that holds.
    pub(crate) current: Option<u64>,
    /// Up to where the process may raise it.
    pub(crate) maximum: Option<u64>,
}

/// Reads or writes a limit of this process; the constants' type differs between C libraries.
macro_rules! limit_call {
    ($call:path, $resource:expr, $limit:expr) => {
        match $resource {
            // SAFETY: the system reads or writes one `rlimit`, through a reference to one.
            Resource::OpenFiles => unsafe { $call(libc::RLIMIT_NOFILE, $limit) },
            // SAFETY: as above.
            Resource::Processes => unsafe { $call(libc::RLIMIT_NPROC, $limit) },
        }
    };
}

/// A limit of this process.
#[allow(clippy::unnecessary_cast, reason = "where a `long` has 32 bits, a limit has too")]
pub(crate) fn limit(resource: Resource) -> Limit {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // It fails only for a resource that does not exist.
    assert_eq!(limit_call!(libc::getrlimit, resource, &mut limit), 0, "POSIX systems have this limit");
    let bounded = |value: libc::rlim_t| (value != libc::RLIM_INFINITY).then_some(value as u64);
    Limit { current: bounded(limit.rlim_cur), maximum: bounded(limit.rlim_max) }
}

/// Changes a limit of this process.
///
/// # Errors
/// If it is beyond the maximum, or raises that.
#[allow(clippy::unnecessary_cast, reason = "where a `long` has 32 bits, a limit has too")]
pub(crate) fn set_limit(resource: Resource, limit: Limit) -> io::Result<()> {
    let value = |bound: Option<u64>| bound.map_or(libc::RLIM_INFINITY, |bound| bound as libc::rlim_t);
    let limit = libc::rlimit { rlim_cur: value(limit.current), rlim_max: value(limit.maximum) };
    checked(limit_call!(libc::setrlimit, resource, &limit))
}

/// The number of the user that this process belongs to; root is 0.
pub(crate) fn user() -> u32 {
    // SAFETY: the call takes nothing, and cannot fail.
    unsafe { libc::getuid() }
}

/// Lowers the priority of this thread (of this process, on systems other than Linux).
///
/// # Errors
/// If that would raise the priority, and the user may not.
pub(crate) fn set_niceness(niceness: c_int) -> io::Result<()> {
    // SAFETY: the call takes numbers; 0 is the caller.
    checked(unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, niceness) })
}

/// Has the system kill this process when the thread that started it ends.
///
/// # Errors
/// Never on Linux.
#[cfg(target_os = "linux")]
pub(crate) fn die_with_parent() -> io::Result<()> {
    // SAFETY: this request takes a number, as the `unsigned long` that prctl(2) asks for.
    checked(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL as libc::c_ulong) })
}

/// Sends bytes, and a file with them, to a process that this one talks to.
#[cfg(target_os = "linux")]
pub(crate) fn send_with(stream: &UnixStream, bytes: &[u8], file: impl AsFd) -> io::Result<()> {
    const ROOM: usize = 64;
    #[repr(align(8))]
    struct Aligned([u8; ROOM]);
    let mut control = Aligned([0; ROOM]);
    let mut data = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    // SAFETY: all-zero bytes are a `msghdr`, and the sums of CMSG_SPACE and CMSG_LEN are those of a constant.
    let (mut message, space, length) = unsafe {
        let size = size_of::<c_int>() as u32;
        (core::mem::zeroed::<libc::msghdr>(), libc::CMSG_SPACE(size) as usize, libc::CMSG_LEN(size) as usize)
    };
    debug_assert!(space <= ROOM, "a descriptor takes 24 bytes");
    (message.msg_iov, message.msg_iovlen) = (&raw mut data, 1);
    (message.msg_control, message.msg_controllen) = ((&raw mut control.0).cast(), space as _);
    // SAFETY: the first header lies at the start of `control`, which is aligned and has room for it and one descriptor; the system
    // reads what the message points to, all of which lives to the end of this function.
    let sent = unsafe {
        let header = libc::CMSG_FIRSTHDR(&raw const message);
        ((*header).cmsg_level, (*header).cmsg_type, (*header).cmsg_len) = (libc::SOL_SOCKET, libc::SCM_RIGHTS, length as _);
        libc::CMSG_DATA(header).cast::<c_int>().write_unaligned(file.as_fd().as_raw_fd());
        libc::sendmsg(stream.as_raw_fd(), &raw const message, libc::MSG_NOSIGNAL)
    };
    match usize::try_from(sent) {
        Ok(sent) if sent == bytes.len() => Ok(()),
        Ok(_) => Err(io::ErrorKind::WriteZero.into()),
        Err(_) => Err(io::Error::last_os_error()),
    }
}

/// Whether processes whose parent has ended become children of this process, if it is an ancestor of theirs; whether they did before.
#[cfg(target_os = "linux")]
pub(crate) fn adopt_orphans(adopt: bool) -> io::Result<bool> {
    let mut before: c_int = 0;
    // SAFETY: the system writes one `int` into one that is borrowed mutably here, and takes a number.
    checked(unsafe { libc::prctl(libc::PR_GET_CHILD_SUBREAPER, &raw mut before) })?;
    // SAFETY: it takes a number.
    checked(unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, libc::c_ulong::from(adopt)) })?;
    Ok(before != 0)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn send_with(_stream: &UnixStream, _bytes: &[u8], _file: impl AsFd) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn adopt_orphans(_adopt: bool) -> io::Result<bool> {
    Err(io::ErrorKind::Unsupported.into())
}

/// How a child of this process ended, if it has; `wait` waits until it has.
pub(crate) fn how_child_ended(child: u32, wait: bool) -> io::Result<Option<ExitStatus>> {
    let mut status: c_int = 0;
    let how = if wait { 0 } else { libc::WNOHANG };
    // SAFETY: the system writes one `int` into one that is borrowed mutably here.
    match unsafe { libc::waitpid(child as libc::pid_t, &raw mut status, how) } {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(None),
        _ => Ok(Some(ExitStatus::from_raw(status))),
    }
}

/// Kills a child of this process, which has not been [waited for](how_child_ended).
pub(crate) fn kill_child(child: u32) -> io::Result<()> {
    // SAFETY: it takes two numbers; the child's is its own until it is waited for.
    checked(unsafe { libc::kill(child as libc::pid_t, libc::SIGKILL) })
}

/// Whether a signal has stopped that child of this process, and none has let it go on.
pub(crate) fn is_stopped(child: u32) -> bool {
    // SAFETY: all zeros are a `siginfo_t`, which holds numbers and pointers.
    let mut info: libc::siginfo_t = unsafe { core::mem::zeroed() };
    // WNOWAIT: it is not taken from who waits for the child.
    let what = libc::WSTOPPED | libc::WNOHANG | libc::WNOWAIT;
    // SAFETY: the system writes one `siginfo_t` into one that is borrowed mutably here.
    let asked = checked(unsafe { libc::waitid(libc::P_PID, child, &mut info, what) });
    asked.is_ok() && info.si_signo == libc::SIGCHLD
}

/// A flag to open a file: not what a link leads to, and without waiting for the other end of a pipe.
pub(crate) const ONLY_A_FILE: c_int = libc::O_NOFOLLOW | libc::O_NONBLOCK;

/// Locks an open file or folder for this process, until it is closed; `false` if another holds the lock, unless `wait`.  A lock is
/// held by who has opened the file, not by who knows its name, and ends with the process, however that ends.
///
/// # Errors
/// If the file system has no locks.
pub(crate) fn lock(file: impl AsFd, wait: bool) -> io::Result<bool> {
    let how = libc::LOCK_EX | if wait { 0 } else { libc::LOCK_NB };
    loop {
        // SAFETY: the file is open while it is borrowed, and the call takes numbers.
        match checked(unsafe { libc::flock(file.as_fd().as_raw_fd(), how) }) {
            Ok(()) => return Ok(true),
            Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
}

/// A second descriptor for what is open under that number: `3` for `/dev/fd/3`.
///
/// # Errors
/// If nothing is open there.
#[cfg(feature = "cli")]
pub(crate) fn duplicated(descriptor: c_int) -> io::Result<OwnedFd> {
    // SAFETY: the call takes numbers, and fails for one that is not open.
    let new = unsafe { libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, 3) };
    checked(new)?;
    // SAFETY: the descriptor is new, open, and nobody else's.
    Ok(unsafe { OwnedFd::from_raw_fd(new) })
}

/// Whether standard output was closed when this process began.  Rust opens /dev/null in its place before `main`, and nothing tells
/// that from a /dev/null that was given.
#[cfg(feature = "cli")]
pub(crate) fn output_was_closed() -> bool {
    OUTPUT_WAS_CLOSED.load(Ordering::Relaxed)
}

#[cfg(feature = "cli")]
static OUTPUT_WAS_CLOSED: AtomicBool = AtomicBool::new(false);

#[cfg(feature = "cli")]
extern "C" fn look_at_output() {
    // SAFETY: the call takes numbers, and fails for a descriptor that is not open.
    let is_closed = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFD) } == -1;
    OUTPUT_WAS_CLOSED.store(is_closed, Ordering::Relaxed);
}

/// The C library calls what stands in this section before it calls `main`, and so before Rust's runtime begins: SAFETY: the function
/// needs nothing of that, and its type is one that can be called with the arguments of `main`, which it does not take.
#[cfg(all(feature = "cli", target_os = "linux"))]
#[used]
#[unsafe(link_section = ".init_array")]
static LOOK_AT_OUTPUT: extern "C" fn() = look_at_output;

/// From now on a file that grows beyond the limit of this process is an error of the write, and no longer ends the process.
#[cfg(feature = "cli")]
pub(crate) fn ignore_file_size_signal() {
    // SAFETY: to ignore a signal runs no code when it comes.  The call fails only for a signal that does not exist.
    unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
}

/// Makes standard input read from `file`, and closes what it read from.
///
/// # Errors
/// If a signal interrupts it.
pub(crate) fn replace_stdin(file: impl AsFd) -> io::Result<()> {
    // SAFETY: `file` is open while it is borrowed.  Descriptor 0 belongs to no value that would close it: `Stdin` only reads.
    let result = unsafe { libc::dup2(file.as_fd().as_raw_fd(), libc::STDIN_FILENO) };
    checked(result)
}

/// Gives a socket a receive buffer beyond the system's limit.
///
/// # Errors
/// If this process is not privileged.
#[cfg(target_os = "linux")]
pub(crate) fn force_receive_buffer(socket: impl AsFd, bytes: usize) -> io::Result<()> {
    let bytes = c_int::try_from(bytes).unwrap_or(c_int::MAX);
    let length = size_of::<c_int>() as libc::socklen_t;
    let socket = socket.as_fd();
    let option = (libc::SOL_SOCKET, libc::SO_RCVBUFFORCE);
    // SAFETY: the socket is open while it is borrowed; the system reads one `int`, from a reference to one of that length.
    checked(unsafe { libc::setsockopt(socket.as_raw_fd(), option.0, option.1, (&raw const bytes).cast(), length) })
}

/// How many datagrams [`receive`] takes at most.
pub(crate) const TOGETHER: usize = 8;

/// Receives the datagrams that have arrived, at most [`TOGETHER`]: each has `room` bytes of `memory`, one after the other.  Their lengths
/// and senders are written to `received`; what is longer than its room is cut off.  If there are fewer than [`TOGETHER`], no other had
/// arrived.
///
/// # Errors
/// If none has arrived, or the socket reports an error.
#[cfg(target_os = "linux")]
pub(crate) fn receive(
    socket: &UdpSocket,
    memory: &mut [u8],
    room: usize,
    received: &mut Vec<(usize, Option<SocketAddr>)>,
) -> io::Result<()> {
    // SAFETY: all of these structures are plain numbers and pointers, for which zero is a value.
    let (mut senders, mut parts, mut headers): (
        [libc::sockaddr_in6; TOGETHER],
        [libc::iovec; TOGETHER],
        [libc::mmsghdr; TOGETHER],
    ) = unsafe { core::mem::zeroed() };
    let mut count = 0;
    for (((piece, part), sender), header) in memory.chunks_exact_mut(room).zip(&mut parts).zip(&mut senders).zip(&mut headers) {
        *part = libc::iovec { iov_base: piece.as_mut_ptr().cast(), iov_len: piece.len() };
        header.msg_hdr.msg_iov = part;
        header.msg_hdr.msg_iovlen = 1;
        header.msg_hdr.msg_name = (&raw mut *sender).cast();
        header.msg_hdr.msg_namelen = size_of_val(sender) as libc::socklen_t;
        count += 1;
    }
    // SAFETY: the socket is open while it is borrowed; each of the first `count` headers points to memory that is borrowed mutably here
    // and has the length that it tells.
    let taken =
        unsafe { libc::recvmmsg(socket.as_raw_fd(), headers.as_mut_ptr(), count, libc::MSG_DONTWAIT, core::ptr::null_mut()) };
    checked(taken)?;
    received.clear();
    let taken = headers.iter().zip(&senders).take(taken as usize);
    received.extend(taken.map(|(header, sender)| (header.msg_len as usize, address(sender))));
    Ok(())
}

/// The same, one by one.
#[cfg(not(target_os = "linux"))]
pub(crate) fn receive(
    socket: &UdpSocket,
    memory: &mut [u8],
    room: usize,
    received: &mut Vec<(usize, Option<SocketAddr>)>,
) -> io::Result<()> {
    received.clear();
    for piece in memory.chunks_exact_mut(room).take(TOGETHER) {
        match socket.recv_from(piece) {
            Ok((length, from)) => received.push((length, Some(from))),
            Err(error) if received.is_empty() => return Err(error),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            // It says something of one datagram, and others may wait.
            Err(_) => {}
        }
    }
    Ok(())
}

/// The address that the system wrote; `None` if it is none of IP.
#[cfg(target_os = "linux")]
fn address(written: &libc::sockaddr_in6) -> Option<SocketAddr> {
    match c_int::from(written.sin6_family) {
        libc::AF_INET6 => {
            let ip = Ipv6Addr::from(written.sin6_addr.s6_addr);
            let (port, flow) = (u16::from_be(written.sin6_port), written.sin6_flowinfo);
            Some(SocketAddrV6::new(ip, port, flow, written.sin6_scope_id).into())
        }
        libc::AF_INET => {
            // SAFETY: the family says that it is this structure, which is shorter and has no stricter alignment.
            let written = unsafe { &*(&raw const *written).cast::<libc::sockaddr_in>() };
            let ip = Ipv4Addr::from(u32::from_be(written.sin_addr.s_addr));
            Some(SocketAddrV4::new(ip, u16::from_be(written.sin_port)).into())
        }
        _ => None,
    }
}

/// A part of a file as memory: its pages are read when they are looked at, and leave when others need the room.
#[derive(Debug)]
pub(crate) struct Mapping {
    start: core::ptr::NonNull<u8>,
    length: usize,
}

impl Mapping {
    /// The pages of the file from `offset` on, of which `length` bytes are wanted.  Nothing else may write to the file any more.
    ///
    /// # Errors
    /// If the offset is not that of a page, or the system cannot map the file.
    pub(crate) fn of(file: &std::fs::File, offset: u64, length: usize) -> io::Result<Self> {
        let offset = libc::off_t::try_from(offset).map_err(io::Error::other)?;
        let (read, private) = (libc::PROT_READ, libc::MAP_PRIVATE);
        // SAFETY: the system chooses a place where no other memory is.
        let start = unsafe { libc::mmap(core::ptr::null_mut(), length, read, private, file.as_raw_fd(), offset) };
        match core::ptr::NonNull::new(start.cast::<u8>()) {
            Some(bytes) if start != libc::MAP_FAILED => Ok(Mapping { start: bytes, length }),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

impl core::ops::Deref for Mapping {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        // SAFETY: these bytes are mapped as long as this value lives, and nobody writes to them.
        unsafe { core::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the mapping is this value's own, and nothing borrows from it any more.
        let _ = unsafe { libc::munmap(self.start.as_ptr().cast(), self.length) };
    }
}

/// The size of a huge page, on most machines.
const HUGE: usize = 1 << 21;

/// Memory of at least so many bytes, more than none, that begins where a huge page does.  The system is asked to lay it on huge pages;
/// where it does not, nothing changes but the speed.  `None` if there is not so much.
pub(crate) fn huge_pages(bytes: usize) -> Option<core::ptr::NonNull<u8>> {
    let length = bytes.checked_next_multiple_of(HUGE)?;
    let reserved = length.checked_add(HUGE)?;
    let (access, anonymous) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: the system chooses a place where no other memory is.
    let mapped = unsafe { libc::mmap(core::ptr::null_mut(), reserved, access, anonymous, -1, 0) };
    if mapped == libc::MAP_FAILED {
        return None;
    }
    let before = mapped.align_offset(HUGE);
    let start = mapped.wrapping_byte_add(before);
    for (part, length) in [(mapped, before), (start.wrapping_byte_add(length), HUGE - before)] {
        if length > 0 {
            // SAFETY: that part of the mapping lies before or behind the memory, and nothing refers to it.
            let _ = unsafe { libc::munmap(part, length) };
        }
    }
    #[cfg(target_os = "linux")]
    // SAFETY: the advice changes neither what these pages contain nor who may use them.
    let _ = unsafe { libc::madvise(start, length, libc::MADV_HUGEPAGE) };
    core::ptr::NonNull::new(start.cast())
}

/// Gives back memory of [`huge_pages`], of so many bytes.
///
/// # Safety
/// It was not given back before, and nothing refers to it any more.
pub(crate) unsafe fn give_back(start: core::ptr::NonNull<u8>, bytes: usize) {
    // SAFETY: as above; `huge_pages` has mapped so much.
    let _ = unsafe { libc::munmap(start.as_ptr().cast(), bytes.next_multiple_of(HUGE)) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datagrams_are_received_together_in_their_order() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let bound = || UdpSocket::bind(address.parse().unwrap());
            let (Ok(sender), Ok(receiver)) = (bound(), bound()) else { continue };
            let to = receiver.local_addr().unwrap();
            let (mut memory, mut received) = ([0; 20 * TOGETHER], Vec::new());
            let kind = |memory: &mut [u8], received: &mut Vec<_>| {
                receive(&receiver, memory, 20, received).map_err(|error| error.kind())
            };
            assert_eq!(kind(&mut memory, &mut received), Err(io::ErrorKind::WouldBlock));
            let sent = (0..TOGETHER as u8 + 3).map(|number| vec![number; usize::from(number) + 15]).collect::<Vec<_>>();
            for datagram in &sent {
                sender.send_to(datagram, to).unwrap();
            }
            let mut taken = Vec::new();
            for expected in [TOGETHER, 3] {
                assert_eq!(kind(&mut memory, &mut received), Ok(()));
                assert_eq!(received.len(), expected, "{address}");
                for ((length, from), piece) in received.iter().zip(memory.chunks(20)) {
                    assert_eq!(*from, Some(sender.local_addr().unwrap()));
                    taken.push(piece[..*length].to_vec());
                }
            }
            // What is longer than its room is cut off.
            let cut = sent.iter().map(|datagram| datagram[..datagram.len().min(20)].to_vec());
            assert_eq!(taken, cut.collect::<Vec<_>>());
            assert_eq!(kind(&mut memory, &mut received), Err(io::ErrorKind::WouldBlock));
        }
    }

    #[test]
    fn random_bytes_differ() {
        let mut drawn = [[0; 32]; 2];
        drawn.iter_mut().for_each(|bytes| random(bytes).unwrap());
        assert!(drawn[0] != drawn[1] && drawn.iter().all(|bytes| bytes != &[0; 32]));
        random(&mut []).unwrap();
        assert!(random(&mut [0; 257]).is_err(), "more than POSIX allows");
    }

    #[test]
    fn the_clock_goes_as_the_one_of_std() {
        #![allow(clippy::disallowed_methods, reason = "the clock is what is tested")]
        let (ours, theirs) = (monotonic(), std::time::Instant::now());
        std::thread::sleep(Duration::from_millis(20));
        let (theirs, ours) = (theirs.elapsed(), monotonic() - ours);
        assert!(ours >= theirs && ours < theirs + Duration::from_secs(5), "{ours:?}, {theirs:?}");
    }

    #[test]
    fn a_limit_may_be_lowered_and_raised_up_to_the_maximum() {
        let before = limit(Resource::OpenFiles);
        let text = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
        if let Some(line) = text.lines().find(|line| line.starts_with("Max open files")) {
            let shown = |bound: Option<u64>| bound.map_or("unlimited".to_owned(), |bound| bound.to_string());
            let fields = line["Max open files".len()..].split_whitespace().take(2).collect::<Vec<_>>();
            assert_eq!(fields, [shown(before.current), shown(before.maximum)]);
        }
        let Some(current) = before.current else { return };
        let lower = Limit { current: Some(current - 1), ..before };
        set_limit(Resource::OpenFiles, lower).unwrap();
        assert_eq!(limit(Resource::OpenFiles), lower);
        set_limit(Resource::OpenFiles, before).unwrap();
        assert_eq!(limit(Resource::OpenFiles), before);
        if let Some(maximum) = before.maximum {
            set_limit(Resource::OpenFiles, Limit { current: Some(maximum + 1), ..before }).unwrap_err();
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_user_is_the_one_that_proc_shows() {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let shown = status.lines().find_map(|line| line.strip_prefix("Uid:")?.split_whitespace().next());
        assert_eq!(shown, Some(user().to_string().as_str()));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_thread_alone_gives_way() {
        let niceness = |task: &str| {
            let stat = std::fs::read_to_string(format!("/proc/{task}/stat")).unwrap();
            // proc(5): the 19th field; the second, the name, may have blanks, and ends with the last parenthesis.
            let after_name = stat.rsplit_once(") ").unwrap().1;
            after_name.split(' ').nth(16).unwrap().parse::<c_int>().unwrap()
        };
        let before = niceness("self");
        let thread = std::thread::spawn(move || {
            set_niceness(before.max(5)).unwrap();
            niceness("thread-self")
        });
        assert_eq!((thread.join().unwrap(), niceness("self")), (before.max(5), before));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn standard_input_is_replaced() {
        let before = io::stdin().as_fd().try_clone_to_owned().unwrap();
        let file = std::env::current_exe().unwrap();
        replace_stdin(std::fs::File::open(&file).unwrap()).unwrap();
        let link = std::fs::read_link("/proc/self/fd/0").unwrap();
        replace_stdin(before).unwrap();
        assert_eq!(link, file);
    }

    #[test]
    fn a_child_is_stopped_until_a_signal_lets_it_go_on() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let signal = |name: &str| {
            std::process::Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
        };
        let becomes = |stopped: bool| {
            (0..500).any(|_| {
                std::thread::sleep(Duration::from_millis(10));
                is_stopped(child.id()) == stopped
            })
        };
        assert!(!is_stopped(child.id()));
        signal("-STOP");
        assert!(becomes(true) && is_stopped(child.id()), "it is seen again and again");
        signal("-CONT");
        assert!(becomes(false));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!is_stopped(child.id()), "it is no child any more");
    }

    #[test]
    fn a_lock_belongs_to_who_opened_the_file() {
        let folder = || std::fs::File::open(std::env::temp_dir()).unwrap();
        // Another test of another process may hold it.
        let (first, second) = (folder(), folder());
        assert!(lock(&first, true).unwrap() && lock(&first, false).unwrap());
        assert!(!lock(&second, false).unwrap());
        drop(first);
        assert!(lock(&second, true).unwrap());
    }

    #[test]
    #[cfg(feature = "cli")]
    fn a_descriptor_is_doubled() {
        use std::io::Write as _;
        let (mut reader, writer) = io::pipe().unwrap();
        let number = writer.as_raw_fd();
        std::fs::File::from(duplicated(number).unwrap()).write_all(b"through both").unwrap();
        drop(writer);
        assert_eq!(io::read_to_string(&mut reader).unwrap(), "through both");
        duplicated(-1).unwrap_err();
    }

    #[test]
    fn a_mapping_is_what_the_file_contains() {
        let path = std::env::temp_dir().join(format!("nodes-mapping-test-{}", std::process::id()));
        std::fs::write(&path, (0..10_000).map(|place| (place % 251) as u8).collect::<Vec<_>>()).unwrap();
        let file = std::fs::File::open(&path).unwrap();
        Mapping::of(&file, 1, 1).unwrap_err();
        let mapping = Mapping::of(&file, 4096, 5000).unwrap();
        std::fs::remove_file(&path).unwrap();
        drop(file);
        assert!(mapping.iter().enumerate().all(|(place, byte)| *byte == ((place + 4096) % 251) as u8));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_buffer_is_forced_or_refused() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let buffer = || socket2::SockRef::from(&socket).recv_buffer_size().unwrap();
        let before = buffer();
        match force_receive_buffer(&socket, 16 << 20) {
            // Linux doubles it, for what it needs itself.
            Ok(()) => assert_eq!(buffer(), 32 << 20),
            Err(cause) => assert_eq!((cause.kind(), buffer()), (io::ErrorKind::PermissionDenied, before)),
        }
    }

    #[test]
    fn huge_pages_begin_where_they_should_and_hold_what_is_written() {
        for length in [1, 5000, HUGE - 1, HUGE, HUGE + 1, 3 * HUGE + 5] {
            let start = huge_pages(length).unwrap();
            assert_eq!(start.as_ptr().align_offset(HUGE), 0);
            // SAFETY: nobody else has this memory.
            let bytes = unsafe { core::slice::from_raw_parts_mut(start.as_ptr(), length) };
            assert!(bytes.iter().all(|byte| *byte == 0));
            (0..length).for_each(|place| bytes[place] = place as u8);
            assert!(bytes.iter().enumerate().all(|(place, byte)| *byte == place as u8));
            // SAFETY: `bytes` is not used any more.
            unsafe { give_back(start, length) };
        }
        assert_eq!(huge_pages(usize::MAX), None);
        assert_eq!(huge_pages(usize::MAX / 2), None);
    }
}
