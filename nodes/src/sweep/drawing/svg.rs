//! A drawing as SVG.

use core::fmt::Write;

use super::{Drawing, Point, Shape};
use crate::markup::escaped;

impl Drawing {
    /// The document; it loads nothing from elsewhere.
    pub(in crate::sweep) fn svg(&self) -> String {
        let (width, height) = (self.width, self.height);
        let mut svg = format!(
            "<svg data-by=\"nodes\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
             font-family=\"DejaVu Sans,Verdana,Helvetica,Arial,sans-serif\">\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
        );
        for shape in &self.shapes {
            let _ = match shape {
                Shape::Line { points, pen } => {
                    let dash = pen.dash.map(|(dash, gap)| format!(" stroke-dasharray=\"{dash} {gap}\"")).unwrap_or_default();
                    let (colour, width) = (pen.colour, pen.width);
                    let path = path(points);
                    writeln!(svg, "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"{dash}/>")
                }
                Shape::Area { corners, colour } => writeln!(svg, "<path d=\"{}z\" fill=\"{colour}\"/>", path(corners)),
                Shape::Text(text) => {
                    let (x, y) = text.at;
                    let anchor = match text.anchor {
                        0.0 => "",
                        1.0 => " text-anchor=\"end\"",
                        _ => " text-anchor=\"middle\"",
                    };
                    let weight = if text.bold { " font-weight=\"bold\"" } else { "" };
                    let turn = if text.turned { format!(" transform=\"rotate(-90 {x:.1} {y:.1})\"") } else { String::new() };
                    let words = escaped(&text.text);
                    let (size, colour) = (text.size, text.colour);
                    writeln!(
                        svg,
                        "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" fill=\"{colour}\"{anchor}{weight}{turn}>{words}</text>"
                    )
                }
            };
        }
        svg + "</svg>\n"
    }
}

fn path(points: &[Point]) -> String {
    let mut path = String::new();
    for (place, (x, y)) in points.iter().enumerate() {
        let _ = write!(path, "{}{x:.1} {y:.1}", if place == 0 { 'M' } else { 'L' });
    }
    path
}
