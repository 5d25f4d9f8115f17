//! What the system is short of when it refuses something, and what gives more of it.

use std::io;

use crate::os::{self, Resource};

/// What the system says, and what helps if it is short of something.
pub(crate) fn in_words(cause: &io::Error) -> String {
    match remedy(cause) {
        Some(remedy) => format!("{cause}; {remedy}"),
        None => cause.to_string(),
    }
}

/// Whether the process or the system has too many files open, or no memory for one more.
#[cfg(feature = "viewer")]
pub(crate) fn is_of_files(cause: &io::Error) -> bool {
    matches!(cause.raw_os_error(), Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM | libc::ENOBUFS))
}

/// What helps; `None` if nothing is short.
pub(crate) fn remedy(cause: &io::Error) -> Option<String> {
    let remedy = match cause.raw_os_error()? {
        libc::EMFILE => match os::limit(Resource::OpenFiles).current {
            Some(most) => return Some(format!("this process may have {most}: raise the limit (`ulimit -n`)")),
            None => "close some",
        },
        libc::ENFILE => "the whole system has too many: raise its limit (`sysctl fs.file-max`)",
        // fork(2), pthread_create(3): a limit of processes and threads is reached.
        libc::EAGAIN => {
            "no more processes and threads may be started: raise the limit (`ulimit -u`, or `pids.max` of the control group)"
        }
        libc::ENOMEM => "no memory is left: free some",
        // Nothing asks for a certain port.
        libc::EADDRINUSE => "no port is free: let the system give away more (`sysctl net.ipv4.ip_local_port_range`)",
        libc::EADDRNOTAVAIL => "no interface has that address: `ip address` shows which there are",
        // Linux sends what is for an address of the machine through the loopback interface, whatever interface has the address.
        libc::ENETUNREACH | libc::ENETDOWN => "bring the loopback interface up (`ip link set lo up`)",
        _ => return None,
    };
    Some(remedy.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_is_named_with_what_helps() {
        // errno(3), on Linux.
        for (number, says) in
            [(24, "`ulimit -n`"), (11, "`ulimit -u`"), (12, "free some"), (98, "ip_local_port_range"), (101, "lo up")]
        {
            let said = in_words(&io::Error::from_raw_os_error(number));
            assert!(said.contains(&format!("(os error {number}); ")) && said.contains(says), "{said}");
        }
        let most = os::limit(Resource::OpenFiles).current.expect("tests run under a limit");
        assert!(in_words(&io::Error::from_raw_os_error(24)).contains(&format!("this process may have {most}: ")));
    }

    #[test]
    #[cfg(feature = "viewer")]
    fn a_socket_that_has_nothing_for_now_is_not_short_of_files() {
        // errno(3), on Linux; 11 is both EAGAIN and EWOULDBLOCK.
        for (number, is_short) in [(24, true), (23, true), (12, true), (105, true), (11, false), (103, false)] {
            assert_eq!(is_of_files(&io::Error::from_raw_os_error(number)), is_short, "{number}");
        }
    }

    #[test]
    fn what_is_not_short_speaks_for_itself() {
        for cause in [io::Error::from_raw_os_error(2), io::Error::other("it is locked")] {
            assert_eq!(in_words(&cause), cause.to_string());
        }
    }
}
