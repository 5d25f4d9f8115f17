"""What the native library of the package consists of.

    cargo build --release -p nodes-python && python benches/shares.py ../target/release/lib_native.so

A wheel has the same without its symbols, compressed.  Functions count for the catalogue if their symbol names it, or if
they are generic in `nodes` and there are about as many as algorithms; others for the first crate that their symbol
names, or for Rust's own libraries, of which some more is generated for the catalogue.
"""

from __future__ import annotations

import re
import subprocess
import sys
import zlib
from collections import Counter
from pathlib import Path

OF_RUST = ("core", "alloc", "std", "hashbrown", "gimli", "addr2line", "rustc_demangle", "compiler_builtins", "memchr")
SECTIONS = {
    ".eh_frame": "tables for unwinding",
    ".eh_frame_hdr": "tables for unwinding",
    ".gcc_except_table": "tables for unwinding",
    ".rodata": "constants: texts, tables, the page of a run",
    ".rela.dyn": "relocations, and what they fill",
    ".data.rel.ro": "relocations, and what they fill",
    ".got": "relocations, and what they fill",
}
GENERATED = 20
"""A function of `nodes` that is there so often was generated for each algorithm of the catalogue, which has 26."""
CATALOGUE = "code: the catalogue's algorithms, and what is generated for each"
CRATE = re.compile(r"(?<![:\w])([a-z_][a-z0-9_]*)(?:\[[0-9a-f]+\])?::")


def lines(*command: str) -> list[str]:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def owner(symbol: str, copies: int) -> str:
    """Which part a function belongs to that is there so often."""
    crates = CRATE.findall(symbol)
    if "catalogue" in crates:
        return CATALOGUE
    if "_native" in crates:
        return "code: classes of Python, and what is generated for them"
    own = next((crate for crate in crates if crate not in OF_RUST), None)
    if own == "nodes" and copies >= GENERATED:
        return CATALOGUE
    if own == "nodes":
        found = re.search(r"(?<![:\w])nodes(?:\[[0-9a-f]+\])?::([a-z_]+)", symbol)
        return f"code: nodes::{found[1]}" if found else "code: nodes"
    return f"code: {own or 'libraries of Rust'}"


def shares(library: Path) -> Counter[str]:
    """Bytes by part."""
    parts: Counter[str] = Counter()
    sections: dict[str, int] = {}
    for line in lines("size", "-A", str(library)):
        if re.match(r"\.\S+\s+\d+", line):
            name, size = line.split()[:2]
            sections[name] = int(size)
    for name, size in sections.items():
        if name in SECTIONS:
            parts[SECTIONS[name]] += size
    functions: dict[str, tuple[str, int]] = {}
    for line in lines("nm", "-S", "--demangle", str(library)):
        address, size, kind, symbol = (line.split(maxsplit=3) + [""] * 4)[:4]
        if kind in ("t", "T", "w", "W"):
            # By their place: functions that came out alike stand at one.
            functions[address] = symbol, int(size, 16)
    if not functions:
        sys.exit(f"{library} has no symbols: build it with `cargo build --release -p nodes-python`")
    copies = Counter(symbol for symbol, _ in functions.values())
    for symbol, size in functions.values():
        parts[owner(symbol, copies[symbol])] += size
    parts["code: between functions"] = max(sections[".text"] - sum(size for _, size in functions.values()), 0)
    return parts


def main() -> None:
    (library,) = sys.argv[1:]
    parts = shares(Path(library))
    small = sum(size for size in parts.values() if size < 40_000)
    rows = [(part, size) for part, size in parts.most_common() if size >= 40_000]
    for part, size in [*rows, ("all that has less than 40 kB", small)]:
        print(f"{size / 1e3:8.0f} kB  {size / parts.total():6.1%}  {part}")
    stripped = Path(library).with_suffix(".stripped")
    subprocess.run(["strip", "-o", stripped, library], check=True)
    content = stripped.read_bytes()
    stripped.unlink()
    print(f"{len(content) / 1e3:8.0f} kB in all; compressed {len(zlib.compress(content, 9)) / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
