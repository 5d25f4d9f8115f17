//! The page that shows a run: one HTML file that holds everything, the trace among it, and asks no network for anything.
//!
//! It is plain HTML, CSS and ES modules, in `page/` next to this file, without a build step: an import map names the modules, each a
//! `data:` address in the page itself, so they stay modules, and a page opened from a file works like one from a server.
//! The trace is in the page as it is in its file (see [`trace`](mod@crate::trace)), in base64; the page reads the same bytes from a live run,
//! where they come one after the other.
//!
//! What the page does is written where it does it: `file.js` reads, `trace.js` holds, `causality.js` and `axis.js` derive, `session.js`
//! knows what is looked at, and each pane has a file.  Types stand in comments, and `tsc --checkJs` holds the modules to them.

mod base64;
mod modules;

use crate::markup::escaped;

/// What the page may load: nothing but itself.
const ALONE: &str = "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; img-src data: blob:";

/// What a live page may load: itself, and from where it came.
const LIVE: &str = "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; img-src data: blob:; \
                    connect-src 'self'";

/// A page that holds a trace: `trace` is the content of its file.
pub fn page(trace: &[u8], title: &str) -> String {
    let element = format!("<script id=\"trace\" type=\"application/octet-stream\">{}</script>", base64::encode(trace));
    filled(&[("{{LIVE}}", ""), ("{{POLICY}}", ALONE), ("{{TITLE}}", &escaped(title)), ("{{TRACE}}", &element)])
}

/// A page that reads a trace from the address `trace` beside its own, and, if `steers`, sends commands to `cmd`.
pub fn live_page(title: &str, steers: bool) -> String {
    let live = format!(" data-live=\"{}\"", if steers { "simulate" } else { "run" });
    filled(&[("{{LIVE}}", &live), ("{{POLICY}}", LIVE), ("{{TITLE}}", &escaped(title)), ("{{TRACE}}", "")])
}

/// The page with that in its gaps.
fn filled(gaps: &[(&str, &str)]) -> String {
    let modules = modules::import_map();
    let gaps = [gaps, &[("{{STYLE}}", include_str!("page/style.css")), ("{{MODULES}}", &modules)]].concat();
    let mut page = String::new();
    let mut rest = include_str!("page/index.html");
    // A gap's content is not looked through for gaps.
    while let Some(start) = rest.find("{{") {
        page.push_str(&rest[..start]);
        rest = &rest[start..];
        match gaps.iter().find(|(name, _)| rest.starts_with(name)) {
            Some((name, content)) => {
                page.push_str(content);
                rest = &rest[name.len()..];
            }
            None => {
                page.push_str("{{");
                rest = &rest[2..];
            }
        }
    }
    page + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_whole_and_asks_for_nothing() {
        let page = page(b"\x89NODES", "Echo <on> ring:8");
        for gap in ["LIVE", "POLICY", "TITLE", "TRACE", "STYLE", "MODULES"] {
            assert!(!page.contains(&format!("{{{{{gap}}}}}")), "the gap {gap} was left");
        }
        assert!(page.contains("<title>Echo &lt;on&gt; ring:8</title>"));
        assert!(page.contains(">iU5PREVT</script>"));
        assert!(!page.contains("http://") || page.matches("http://").count() == page.matches("http://www.w3.org/").count());
        assert!(!page.contains("https://"));
    }
}
