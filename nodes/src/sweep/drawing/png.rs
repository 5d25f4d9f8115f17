//! A drawing as PNG (W3C, *Portable Network Graphics*, third edition, 2025).

use super::letters::Font;
use super::raster::Raster;
use super::{Drawing, Pen, Point, Shape, Text};
use crate::crc::crc32;

/// So many pixels for one of the drawing: 240 to the inch, as print wants them.
const SCALE: f64 = 2.5;
const PIXELS_PER_METRE: u32 = 9449;

impl Drawing {
    /// The file.
    pub(in crate::sweep) fn png(&self) -> Vec<u8> {
        let mut raster = Raster::new((self.width * SCALE) as usize, (self.height * SCALE) as usize);
        for shape in &self.shapes {
            match shape {
                Shape::Line { points, pen } => raster.fill(&strokes(points, *pen), colour(pen.colour)),
                Shape::Area { corners, colour: of } => raster.fill(&[scaled(corners)], colour(of)),
                Shape::Text(text) => raster.fill(&letters(text), colour(text.colour)),
            }
        }
        encoded(&raster)
    }
}

/// Of `#rrggbb`.
fn colour(text: &str) -> [u8; 3] {
    let part = |from: usize| text.get(from..from + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(0);
    [part(1), part(3), part(5)]
}

fn scaled(points: &[Point]) -> Vec<Point> {
    points.iter().map(|(x, y)| (x * SCALE, y * SCALE)).collect()
}

fn letters(text: &Text) -> Vec<Vec<Point>> {
    let start = -text.anchor * text.width();
    let place = |(x, y): Point| {
        let (along, across) = (start + x * text.size, y * text.size);
        let (x, y) = if text.turned { (across, -along) } else { (along, across) };
        ((text.at.0 + x) * SCALE, (text.at.1 + y) * SCALE)
    };
    let outlines = Font::of(text.bold).outlines(&text.text);
    outlines.into_iter().map(|outline| outline.into_iter().map(place).collect()).collect()
}

/// The outlines of a line's strokes: a rectangle for each piece, and a disc where two meet.
fn strokes(points: &[Point], pen: Pen) -> Vec<Vec<Point>> {
    let half = pen.width * SCALE / 2.0;
    let mut outlines = Vec::new();
    for line in dashes(&scaled(points), pen.dash.map(|(dash, gap)| (dash * SCALE, gap * SCALE))) {
        for pair in line.windows(2) {
            let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
            let length = libm::hypot(x1 - x0, y1 - y0);
            if length > 0.0 {
                let (across_x, across_y) = ((y0 - y1) / length * half, (x1 - x0) / length * half);
                let corner = |x: f64, y: f64, side: f64| (x + side * across_x, y + side * across_y);
                outlines.push(vec![corner(x0, y0, -1.0), corner(x1, y1, -1.0), corner(x1, y1, 1.0), corner(x0, y0, 1.0)]);
            }
        }
        for (x, y) in line.iter().skip(1).take(line.len().saturating_sub(2)) {
            let around = (0..12).map(|part| f64::from(part) * core::f64::consts::TAU / 12.0);
            outlines.push(around.map(|angle| (x + half * libm::cos(angle), y + half * libm::sin(angle))).collect());
        }
    }
    outlines
}

/// A line in dashes.
fn dashes(points: &[Point], dash: Option<(f64, f64)>) -> Vec<Vec<Point>> {
    let Some((dash, gap)) = dash else { return vec![points.to_vec()] };
    let (mut lines, mut left, mut draws) = (Vec::new(), dash, true);
    let mut line = points.first().map(|first| vec![*first]).unwrap_or_default();
    for pair in points.windows(2) {
        let ((mut x, mut y), (to_x, to_y)) = (pair[0], pair[1]);
        loop {
            let length = libm::hypot(to_x - x, to_y - y);
            if length <= left {
                left -= length;
                break;
            }
            (x, y) = (x + (to_x - x) * left / length, y + (to_y - y) * left / length);
            if draws {
                line.push((x, y));
                lines.push(core::mem::take(&mut line));
            } else {
                line = vec![(x, y)];
            }
            draws = !draws;
            left = if draws { dash } else { gap };
        }
        if draws {
            line.push((to_x, to_y));
        }
    }
    lines.extend((line.len() > 1).then_some(line));
    lines
}

fn encoded(raster: &Raster) -> Vec<u8> {
    let size = |length: usize| (length as u32).to_be_bytes();
    let mut header = [size(raster.width), size(raster.height)].concat();
    // 8 bits for each of red, green and blue; no interlacing.
    header.extend([8, 2, 0, 0, 0]);
    let density = [&PIXELS_PER_METRE.to_be_bytes()[..], &PIXELS_PER_METRE.to_be_bytes(), &[1]].concat();
    // Each row begins with its filter: each byte is told by its difference from the one above.
    let row = 3 * raster.width;
    let mut above = vec![0; row];
    let mut filtered = Vec::with_capacity(raster.pixels.len() + raster.height);
    for pixels in raster.pixels.chunks(row) {
        filtered.push(2);
        filtered.extend(pixels.iter().zip(&above).map(|(pixel, above)| pixel.wrapping_sub(*above)));
        above.copy_from_slice(pixels);
    }
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(&filtered, 6);
    let made_by = b"Software\0nodes".to_vec();
    for (name, data) in
        [(b"IHDR", &header), (b"tEXt", &made_by), (b"pHYs", &density), (b"IDAT", &packed), (b"IEND", &Vec::new())]
    {
        file.extend(size(data.len()));
        let start = file.len();
        file.extend(name);
        file.extend(data);
        file.extend(crc32(&file[start..]).to_be_bytes());
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_are_as_long_as_they_should_be() {
        let lines = dashes(&[(0.0, 0.0), (3.0, 0.0), (3.0, 7.0)], Some((4.0, 2.0)));
        assert_eq!(lines, [vec![(0.0, 0.0), (3.0, 0.0), (3.0, 1.0)], vec![(3.0, 3.0), (3.0, 7.0)]]);
    }
}
