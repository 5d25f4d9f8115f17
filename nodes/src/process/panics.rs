//! What a handler's panic said, kept for the initializer.

use core::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
}

/// From now on the text and place of a panic inside [`caught`] are kept, instead of printed; any other is printed as usual.
pub(super) fn keep() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // A program that is built to abort never comes back to say it.
        if !GUARDED.get() || cfg!(panic = "abort") {
            return print(panic);
        }
        let payload = panic.payload();
        let text = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
        let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
        SAID.set(format!("{}{place}", text.unwrap_or("a value that is no text")));
    }));
}

/// Runs a piece of the user's code; the error is what its panic said.
pub(super) fn caught<T>(code: impl FnOnce() -> T) -> Result<T, String> {
    GUARDED.set(true);
    let result = catch_unwind(AssertUnwindSafe(code));
    GUARDED.set(false);
    result.map_err(|_| SAID.take())
}
