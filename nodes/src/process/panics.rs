//! What a handler's panic said, kept for the initializer.

use std::sync::Mutex;

static LAST: Mutex<String> = Mutex::new(String::new());

/// Keeps the text and place of each panic, instead of printing it.
pub(super) fn keep() {
    std::panic::set_hook(Box::new(|panic| {
        let payload = panic.payload();
        let text = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
        let text = text.unwrap_or("a value that is no text");
        let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
        if let Ok(mut last) = LAST.lock() {
            *last = format!("{text}{place}");
        }
    }));
}

/// What the last panic said.
pub(super) fn last() -> String {
    LAST.lock().map(|last| last.clone()).unwrap_or_default()
}
