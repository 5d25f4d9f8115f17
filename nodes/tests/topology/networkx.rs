//! NetworkX writes graphs in each of its formats; they are read, written again, and read by NetworkX: the same.

use std::path::{Path, PathBuf};
use std::process::Command;

use nodes::topology::{Format, Topology};

/// Runs a part of networkx_files.py; gives what it printed.
fn python(part: &str, folder: &Path) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/topology/networkx_files.py");
    let ended = Command::new("python3").arg(script).arg(part).arg(folder).output().expect("python3 can be started");
    assert!(ended.status.success(), "{part}: {}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8(ended.stdout).expect("text")
}

/// Why NetworkX is not there, if it is not.
fn missing() -> Option<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/topology/networkx_files.py");
    match Command::new("python3").arg(script).output() {
        Ok(ended) if ended.status.success() => None,
        Ok(ended) => Some(String::from_utf8_lossy(&ended.stderr).lines().last().unwrap_or("it failed").to_owned()),
        Err(cause) => Some(cause.to_string()),
    }
}

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("networkx-{}", std::process::id()));
        std::fs::create_dir_all(path.join("again")).expect("a folder");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The formats that NetworkX reads without further packages.
const AGAIN: [Format; 6] = [Format::Edges, Format::AdjacencyList, Format::GraphMl, Format::Gml, Format::Json, Format::Graph6];

#[test]
fn graphs_of_networkx_come_back_the_same() {
    if let Some(why) = missing() {
        assert!(std::env::var_os("NODES_DEMAND_NETWORKX").is_none(), "NetworkX is demanded: {why}");
        eprintln!("skipped, as NetworkX is not there: {why}");
        return;
    }
    let folder = Folder::new();
    python("write", &folder.0);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some());
    files.sort();
    let (mut written, mut refused) = (0, Vec::new());
    for file in &files {
        let graph = match Topology::file(file).build(0) {
            Ok(built) => built.graph,
            Err(error) => {
                refused.push(error.to_string());
                continue;
            }
        };
        for format in AGAIN {
            // Lists have no place for directions, and some formats none for names.
            let is_list = matches!(format, Format::Edges | Format::AdjacencyList | Format::Graph6);
            let has_names = graph.nodes().any(|node| graph.name(node).is_some());
            if is_list && (graph.is_directed() || (has_names && format != Format::Edges)) {
                continue;
            }
            let name = format!("{}+{format}", file.file_name().unwrap().to_string_lossy());
            std::fs::write(folder.0.join("again").join(name), graph.write(format).unwrap()).unwrap();
            written += 1;
        }
    }
    assert!(refused.is_empty(), "{} refused: {:#?}", refused.len(), &refused[..refused.len().min(20)]);
    assert!(files.len() > 600 && written > 2000, "{} files, {written} again", files.len());
    assert_eq!(python("check", &folder.0).trim(), written.to_string());
}
