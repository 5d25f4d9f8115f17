//! Work for several threads, whose results come in order.

use core::ops::ControlFlow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;

/// No machine has use for more threads than this, and few can start many more.
const MOST_THREADS: u64 = 1024;

/// Does the pieces of work 0, 1, .. `pieces` - 1, each on a thread whose name `name` gives: if its stack overflows, the system prints that
/// name, and nothing else can be told.  Apart from that as [`in_order`].
///
/// # Panics
/// If a piece of work does.
pub(crate) fn in_order_by_name<T: Send>(
    pieces: u64,
    threads: usize,
    name: &(dyn Fn(u64) -> String + Sync),
    is_over: &(dyn Fn() -> bool + Sync),
    work: &(dyn Fn(u64) -> T + Sync),
    take: &mut dyn FnMut(T) -> ControlFlow<()>,
) {
    let named = |piece: u64| {
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().name(name(piece));
            match thread.spawn_scoped(scope, || work(piece)) {
                Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                // There are threads enough already.
                Err(_) => work(piece),
            }
        })
    };
    in_order(pieces, threads, is_over, &named, take);
}

/// Does the pieces of work 0, 1, .. `pieces` - 1 on `threads` threads, 1024 at most, and hands the results over in that order, on
/// the thread that called: so what comes of it does not depend on the number of threads.  It ends early when `take` breaks it
/// off, or `is_over` says so; then results that are already there are handed over, with gaps.
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
        for _ in 0..(threads.max(1) as u64).min(MOST_THREADS).min(pieces) {
            let (results, next) = (results.clone(), &next);
            scope.spawn(move || {
                while !is_over() {
                    let piece = next.fetch_add(1, Ordering::Relaxed);
                    // Whoever takes the results may have had enough.
                    if piece >= pieces || results.send((piece, work(piece))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(results);
        let mut early = BTreeMap::new();
        let mut expected = 0;
        for (piece, result) in &received {
            early.insert(piece, result);
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
        for threads in [1, 2, 7] {
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
        in_order_by_name(5, 2, &|piece| format!("ghs seed {piece}"), &|| false, &work, &mut |name| {
            taken.extend(name);
            ControlFlow::Continue(())
        });
        assert_eq!(taken, (0..5).map(|piece| format!("ghs seed {piece}")).collect::<Vec<_>>());
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
