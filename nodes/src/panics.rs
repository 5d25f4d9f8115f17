//! What a handler's panic said, kept for whoever tells of the run.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
}

/// From now on the text and place of a panic inside [`caught`] are kept, instead of printed; any other is printed as usual.
pub(crate) fn keep() {
    static KEPT: Once = Once::new();
    KEPT.call_once(|| {
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            // A program that is built to abort never comes back to say it.
            if !GUARDED.get() || cfg!(panic = "abort") {
                return print(panic);
            }
            let payload = panic.payload();
            let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
            SAID.set(format!("{}{place}", text(payload)));
        }));
    });
}

/// Ends the engine that runs on this thread, by unwinding up to its caller: the user's code has not failed, it is interrupted.
///
/// What looks after the user's code, as [`caught`] does, lets it pass.  Who calls this also catches it.
pub fn leave() -> ! {
    resume_unwind(Box::new(Left))
}

/// What [`leave`] unwinds with.
struct Left;

/// Runs a piece of the user's code, such as a handler; the error is what its panic said, and where.
///
/// Where is known in a run that was begun by [`AnyRun::by`](crate::run::AnyRun::by); elsewhere the panic is printed as well.
pub fn caught<T>(code: impl FnOnce() -> T) -> Result<T, String> {
    let (mut code, mut result) = (Some(code), None);
    guard(&mut || result = code.take().map(|code| code()))?;
    result.ok_or_else(String::new)
}

/// The same for a piece of code that is not moved.
pub(crate) fn guard(code: &mut dyn FnMut()) -> Result<(), String> {
    let outer = GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(code));
    GUARDED.set(outer);
    result.map_err(|payload| {
        if payload.is::<Left>() {
            resume_unwind(payload);
        }
        let said = SAID.take();
        if said.is_empty() { text(&*payload).to_owned() } else { said }
    })
}

fn text(payload: &(dyn std::any::Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("a value that is no text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_leaves_is_held_up_by_nobody() {
        let mut reached = false;
        let left = catch_unwind(AssertUnwindSafe(|| {
            let _ = caught(|| caught(|| leave()));
            reached = true;
        }));
        assert!(left.is_err_and(|payload| payload.is::<Left>()));
        assert!(!reached && !GUARDED.get());
        assert_eq!(caught(|| resume_unwind(Box::new("no"))), Err::<(), _>("no".to_owned()));
    }
}
