//! The page's modules, and the import map that holds them.

use std::fmt::Write as _;

macro_rules! modules {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("page/", $name)))),*]
    };
}

/// All modules, by name.
const MODULES: &[(&str, &str)] = modules!(
    "app.js" "axis.js" "bytes.js" "causality.js" "density.js" "dom.js" "export.js" "file.js" "filter.js" "gestures.js" "help.js"
    "index.js" "inspector.js" "keyboard.js" "kinds.js" "layout.js" "legend.js" "list.js" "live.js" "look.js" "order.js" "overview.js"
    "playback.js" "plots.js" "session.js" "spacetime.js" "splitters.js" "stabbing.js" "svg.js" "topology.js" "trace.js" "window.js"
    "words.js"
);

/// The import map, by which modules find each other as `viewer/NAME`: each address holds its module.
pub(super) fn import_map() -> String {
    let mut map = "{\"imports\":{".to_owned();
    for (at, (name, source)) in MODULES.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(map, "{comma}\n\"viewer/{name}\":\"data:text/javascript;charset=utf-8,");
        push_encoded(&mut map, source);
        // What tools call it.
        let _ = write!(map, "%0A//%23 sourceURL=viewer/{name}\"");
    }
    map + "\n}}"
}

/// Percent-encodes what an address, a JSON text or a script element would take for something else.
fn push_encoded(into: &mut String, source: &str) {
    for byte in source.bytes() {
        match byte {
            b'%' | b'#' | b'"' | b'\\' | b'<' | b'>' | b'`' | b'?' | 0..b' ' | 0x7f.. => {
                let _ = write!(into, "%{byte:02X}");
            }
            _ => into.push(char::from(byte)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_a_module_and_every_import_is_there() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/viewer/page");
        let mut files = std::fs::read_dir(folder)
            .expect("the folder is there")
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.ends_with(".js"))
            .collect::<Vec<_>>();
        files.sort();
        assert_eq!(files, MODULES.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>());
        for (name, source) in MODULES {
            for import in source.lines().filter(|line| line.starts_with("import ")) {
                let target = import.split('"').nth(1).expect("an import names its module in quotes");
                assert!(MODULES.iter().any(|(other, _)| target == format!("viewer/{other}")), "{name} imports {target}");
            }
        }
    }
}
