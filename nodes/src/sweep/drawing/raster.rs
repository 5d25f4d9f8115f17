//! Areas of one colour, as pixels, with smooth edges.

use super::Point;
use crate::sorting;

/// So many lines of samples in a row of pixels; along a line the covered length is exact.
const LINES: usize = 8;

/// A picture of pixels; white at first.
pub(super) struct Raster {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Red, green and blue, row by row.
    pub(super) pixels: Vec<u8>,
}

impl Raster {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Raster { width, height, pixels: vec![255; 3 * width * height] }
    }

    /// Paints what lies inside any of the outlines: wherever they wind around a point more often one way than the other.
    pub(super) fn fill(&mut self, outlines: &[Vec<Point>], colour: [u8; 3]) {
        let heights = || outlines.iter().flatten().map(|point| point.1);
        let first = heights().fold(f64::INFINITY, f64::min).floor().max(0.0);
        let last = heights().fold(0.0, f64::max).ceil().min(self.height as f64);
        let mut covered = vec![0.0; self.width];
        for row in first as usize..last as usize {
            covered.fill(0.0);
            for line in 0..LINES {
                let y = row as f64 + (line as f64 + 0.5) / LINES as f64;
                let mut winding = 0;
                let mut from = 0.0;
                for (x, turn) in crossings(outlines, y) {
                    if winding != 0 {
                        cover(&mut covered, from, x);
                    }
                    winding += turn;
                    from = x;
                }
            }
            for (column, share) in covered.iter().enumerate().filter(|(_, share)| **share > 0.0) {
                let share = f64::min(share / LINES as f64, 1.0);
                let place = 3 * (row * self.width + column);
                for (pixel, new) in self.pixels[place..place + 3].iter_mut().zip(colour) {
                    *pixel = (f64::from(*pixel) * (1.0 - share) + f64::from(new) * share).round() as u8;
                }
            }
        }
    }
}

/// Where the outlines cross a height, from left to right, and whether downwards or upwards.
fn crossings(outlines: &[Vec<Point>], y: f64) -> Vec<(f64, i32)> {
    let mut crossings = Vec::new();
    for outline in outlines {
        for (place, (x0, y0)) in outline.iter().enumerate() {
            let (x1, y1) = outline[(place + 1) % outline.len()];
            if (*y0 <= y) != (y1 <= y) {
                crossings.push((x0 + (y - y0) / (y1 - y0) * (x1 - x0), if y1 > *y0 { 1 } else { -1 }));
            }
        }
    }
    sorting::by(&mut crossings, |one, other| one.0.total_cmp(&other.0));
    crossings
}

/// Adds how much of each pixel lies between two places on a line.
fn cover(covered: &mut [f64], from: f64, to: f64) {
    let (from, to) = (from.max(0.0), to.min(covered.len() as f64));
    for (column, share) in covered.iter_mut().enumerate().take(to.ceil() as usize).skip(from as usize) {
        let (left, right) = (f64::max(from, column as f64), f64::min(to, column as f64 + 1.0));
        *share += (right - left).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_covers_what_it_should() {
        let square = |from: f64, to: f64| vec![(from, from), (to, from), (to, to), (from, to)];
        let mut raster = Raster::new(10, 10);
        // Two that overlap count once.
        raster.fill(&[square(2.0, 5.5), square(3.0, 5.5)], [0; 3]);
        let dark = raster.pixels.chunks(3).map(|pixel| 1.0 - f64::from(pixel[0]) / 255.0).sum::<f64>();
        assert!((dark - 3.5 * 3.5).abs() < 0.05, "{dark}");
        assert_eq!((&raster.pixels[..3], raster.pixels[3 * (4 * 10 + 4)]), (&[255; 3][..], 0));
    }
}
