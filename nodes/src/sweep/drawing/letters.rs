//! The outlines of letters.

use std::sync::LazyLock;

use super::Point;

/// Lengths in a font's file are in so many parts of its size.
const UNITS: f64 = 1000.0;
/// A curve is drawn as so many straight pieces.
const PIECES: u32 = 6;

/// A font: of each letter that it has, how far the next one is, and its outlines.
pub(super) struct Font {
    letters: Vec<Letter>,
}

struct Letter {
    letter: char,
    advance: f64,
    /// As in SVG: M, L and Q with absolute places, y upwards from the line.
    path: &'static str,
}

impl Font {
    pub(super) fn of(bold: bool) -> &'static Font {
        static BOOK: LazyLock<Font> = LazyLock::new(|| Font::read(include_str!("letters/book.txt")));
        static BOLD: LazyLock<Font> = LazyLock::new(|| Font::read(include_str!("letters/bold.txt")));
        if bold { &BOLD } else { &BOOK }
    }

    /// Reads a file: `n 634 M549 330L549 0..` in each line; the first, for letters that are not there, has no name.
    fn read(text: &'static str) -> Self {
        let read = |line: &'static str| {
            let mut letters = line.chars();
            let letter = letters.next()?;
            let (advance, path) = letters.as_str().trim_start().split_once(' ').unwrap_or((letters.as_str().trim(), ""));
            Some(Letter { letter, advance: advance.parse().ok()?, path })
        };
        Font { letters: text.lines().filter_map(read).collect() }
    }

    fn letter(&self, letter: char) -> &Letter {
        self.letters.iter().find(|other| other.letter == letter).unwrap_or(&self.letters[0])
    }

    /// How wide a text of size 1 is.
    pub(super) fn width(&self, text: &str) -> f64 {
        text.chars().map(|letter| self.letter(letter).advance).sum::<f64>() / UNITS
    }

    /// The outlines of a text of size 1 that begins at (0, 0), y downwards.
    pub(super) fn outlines(&self, text: &str) -> Vec<Vec<Point>> {
        let (mut outlines, mut at) = (Vec::new(), 0.0);
        for letter in text.chars().map(|letter| self.letter(letter)) {
            let part = |(x, y): Point| ((at + x) / UNITS, -y / UNITS);
            outlines.extend(flattened(letter.path).into_iter().map(|outline| outline.into_iter().map(part).collect()));
            at += letter.advance;
        }
        outlines
    }
}

/// The outlines of a path, curves as straight pieces.
fn flattened(path: &str) -> Vec<Vec<Point>> {
    let mut outlines: Vec<Vec<Point>> = Vec::new();
    let mut rest = path;
    while let Some(command) = rest.chars().next() {
        let end = rest[1..].find(|letter: char| letter.is_ascii_alphabetic()).map_or(rest.len(), |end| end + 1);
        let numbers = rest[1..end].split(' ').filter_map(|number| number.parse::<f64>().ok()).collect::<Vec<_>>();
        rest = &rest[end..];
        match (command, &numbers[..]) {
            ('M', [x, y]) => outlines.push(vec![(*x, *y)]),
            (_, numbers) => {
                let Some(outline) = outlines.last_mut() else { continue };
                let Some(from) = outline.last().copied() else { continue };
                match numbers {
                    [x, y] => outline.push((*x, *y)),
                    [cx, cy, x, y] => outline.extend((1..=PIECES).map(|piece| {
                        let t = f64::from(piece) / f64::from(PIECES);
                        let between =
                            |from: f64, c: f64, to: f64| (1.0 - t).powi(2) * from + 2.0 * t * (1.0 - t) * c + t * t * to;
                        (between(from.0, *cx, *x), between(from.1, *cy, *y))
                    })),
                    _ => {}
                }
            }
        }
    }
    outlines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_fonts_have_all_that_figures_say() {
        for font in [Font::of(false), Font::of(true)] {
            let needed = (' '..='~').chain("±×·²³–⌈⌉\u{2009}".chars());
            let missing = needed.filter(|letter| font.letter(*letter).letter != *letter).collect::<String>();
            assert_eq!(missing, "");
            assert!((font.width("00") - 2.0 * font.width("0")).abs() < 1e-9);
            assert_eq!((font.outlines("o").len(), font.outlines("i").len(), font.outlines(" ").len()), (2, 2, 0));
        }
    }
}
