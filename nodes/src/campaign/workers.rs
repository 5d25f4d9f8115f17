//! Work for several threads, whose results come in order.

use core::any::Any;
use core::ops::{ControlFlow, Range};
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;

use crate::protocol::{AnyProtocol, Extension};

/// Attached to a protocol whose handlers run in one thread at a time, whatever is done: an engine that uses several threads then does
/// all on the one that called, which loses nothing by it.
#[derive(Clone, Copy, Debug)]
pub struct OneThread;

impl Extension for OneThread {}

/// How many threads do the work of that protocol: so many, or none but the one that called.
pub(crate) fn threads_for(protocol: &AnyProtocol, threads: usize) -> usize {
    if protocol.extension::<OneThread>().is_some() { 0 } else { threads.max(1) }
}

/// No machine has use for more threads than this, and few can start many more.
const MOST_THREADS: u64 = 1024;

/// How long results may lie before they are taken.
const REST: Duration = Duration::from_micros(500);

/// The largest number of results that are taken at once: others may come as fast as they are taken.
const MOST_AT_ONCE: usize = 1024;

/// From this number of small pieces of work on, one named thread does several: to start a thread takes as long as half a small run.
const MANY: u64 = 1000;
const BATCH: u64 = 64;

/// How many of as many small pieces of work one thread does.
pub(crate) fn batch_of(pieces: u64) -> u64 {
    if pieces < MANY { 1 } else { BATCH }
}

/// Does the pieces of work 0, 1, .. `pieces` - 1, `batch` of them at a time on a thread whose name `name` gives: if its stack overflows,
/// the system prints that name, and nothing else can be printed.  Otherwise the same as [`in_order`].
///
/// # Panics
/// If a piece of work does.
pub(crate) fn in_order_by_name<T: Send + 'static>(
    pieces: u64,
    batch: u64,
    threads: usize,
    name: &(dyn Fn(Range<u64>) -> String + Sync),
    is_over: &(dyn Fn() -> bool + Sync),
    work: &(dyn Fn(u64) -> T + Sync),
    take: &mut dyn FnMut(T) -> ControlFlow<()>,
) {
    let work = |piece| -> Given { Box::new(work(piece)) };
    named_in_order(pieces, batch, threads, name, is_over, &work, &mut |given| match given.downcast() {
        Ok(given) => take(*given),
        Err(_) => unreachable!("the work gives nothing else"),
    });
}

/// What a piece of work gives, be it what it may: threads and channels for each would be much to generate.
type Given = Box<dyn Any + Send>;

fn named_in_order(
    pieces: u64,
    batch: u64,
    threads: usize,
    name: &(dyn Fn(Range<u64>) -> String + Sync),
    is_over: &(dyn Fn() -> bool + Sync),
    work: &(dyn Fn(u64) -> Given + Sync),
    take: &mut dyn FnMut(Given) -> ControlFlow<()>,
) {
    let named = |number: u64| {
        let first = number * batch;
        let some = first..pieces.min(first.saturating_add(batch));
        let all_of_them = || some.clone().take_while(|piece| *piece == first || !is_over()).map(work).collect::<Vec<_>>();
        if threads == 0 {
            return all_of_them();
        }
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().name(name(some.clone()));
            match thread.spawn_scoped(scope, all_of_them) {
                Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                // There are threads enough already.
                Err(_) => all_of_them(),
            }
        })
    };
    in_order(pieces.div_ceil(batch), threads, is_over, &named, &mut |results| results.into_iter().try_for_each(&mut *take));
}

/// Does the pieces of work 0, 1, .. `pieces` - 1 on `threads` threads, 1024 at most, and hands the results over in that order, on
/// the thread that called: so what comes of it does not depend on the number of threads.  Where the system lets fewer be started,
/// there are fewer; if it lets none, or none is asked for, the thread that called does the work.  It ends early when `take` breaks
/// it off, or `is_over` says so; then results that are already there are handed over, with gaps.
///
/// # Panics
/// If a piece of work does.
pub fn in_order<T: Send>(
    pieces: u64,
    threads: usize,
    is_over: &(dyn Fn() -> bool + Sync),
    work: &(dyn Fn(u64) -> T + Sync),
    take: &mut dyn FnMut(T) -> ControlFlow<()>,
) {
    let next = AtomicU64::new(0);
    let (results, received) = mpsc::channel();
    std::thread::scope(|scope| {
        let mut started = 0;
        for _ in 0..(threads as u64).min(MOST_THREADS).min(pieces) {
            let (results, next) = (results.clone(), &next);
            let works = move || {
                while !is_over() {
                    let piece = next.fetch_add(1, Ordering::Relaxed);
                    // Whoever takes the results may have had enough.
                    if piece >= pieces || results.send((piece, work(piece))).is_err() {
                        return;
                    }
                }
            };
            if std::thread::Builder::new().spawn_scoped(scope, works).is_err() {
                break;
            }
            started += 1;
        }
        drop(results);
        if started == 0 {
            let _ = (0..pieces).take_while(|_| !is_over()).try_for_each(|piece| take(work(piece)));
            return;
        }
        let mut early = BTreeMap::new();
        let mut expected = 0;
        while let Ok((piece, result)) = received.recv() {
            early.insert(piece, result);
            // Small pieces are taken several at a time: to be woken for each would cost the workers more than the work.
            if expected > 0 {
                std::thread::sleep(REST);
            }
            early.extend(received.try_iter().take(MOST_AT_ONCE));
            while let Some(result) = early.remove(&expected) {
                expected += 1;
                if take(result).is_break() {
                    next.store(pieces, Ordering::Relaxed);
                    drop(received);
                    return;
                }
            }
        }
        for result in early.into_values() {
            if take(result).is_break() {
                return;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whatever_the_number_of_threads() {
        for threads in [0, 1, 2, 7] {
            let mut taken = Vec::new();
            let work = |piece: u64| {
                // The first take longest.
                std::thread::sleep(std::time::Duration::from_micros(200 - 2 * piece));
                piece * piece
            };
            in_order(100, threads, &|| false, &work, &mut |result| {
                taken.push(result);
                ControlFlow::Continue(())
            });
            assert_eq!(taken, (0..100).map(|piece| piece * piece).collect::<Vec<_>>(), "{threads} threads");
        }
    }

    #[test]
    fn a_thread_is_named_after_its_piece_of_work() {
        let mut taken = Vec::new();
        let work = |_| std::thread::current().name().map(str::to_owned);
        in_order_by_name(5, 1, 2, &|pieces| format!("ghs seed {}", pieces.start), &|| false, &work, &mut |name| {
            taken.extend(name);
            ControlFlow::Continue(())
        });
        assert_eq!(taken, (0..5).map(|piece| format!("ghs seed {piece}")).collect::<Vec<_>>());
    }

    #[test]
    fn without_threads_the_one_that_called_does_all() {
        let here = std::thread::current().id();
        let mut taken = Vec::new();
        in_order_by_name(MANY + 1, BATCH, 0, &|_| String::new(), &|| false, &|_| std::thread::current().id(), &mut |thread| {
            taken.push(thread);
            ControlFlow::Continue(())
        });
        assert_eq!(taken, vec![here; MANY as usize + 1]);
    }

    #[test]
    fn threads_follow_the_machine_not_the_number() {
        let mut sum = 0;
        in_order(5000, usize::MAX, &|| false, &|piece| piece, &mut |result| {
            sum += result;
            ControlFlow::Continue(())
        });
        assert_eq!(sum, 5000 * 4999 / 2);
    }

    #[test]
    fn who_has_enough_gets_no_more() {
        for threads in [1, 4] {
            let mut taken = Vec::new();
            in_order(u64::MAX, threads, &|| false, &|piece| piece, &mut |result| {
                taken.push(result);
                if result == 9 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            assert_eq!(taken, (0..10).collect::<Vec<_>>(), "{threads} threads");
        }
    }
}
