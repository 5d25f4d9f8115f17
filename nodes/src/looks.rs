//! How states and types of messages look in pictures: colours that the colour-blind can tell apart (Okabe and Ito 2008, Tol 2021), and
//! shapes, so that no colour alone says anything.  The page's module `look.js` has the same.

use core::f64::consts::{FRAC_PI_2, FRAC_PI_4, FRAC_PI_8, TAU};

/// The colours of types of messages, by number, again and again.
pub(crate) const MESSAGES: [&str; 8] = ["#0077bb", "#c2410c", "#00806b", "#b3125f", "#7a5c00", "#5b3fa8", "#33708f", "#4b5563"];

/// Fill and legible ink: of the initial state, of those in which a node has not decided, and of those in which it has.
const INITIAL: [&str; 2] = ["#a8b0bd", "#14181f"];
const UNDECIDED: [[&str; 2]; 5] =
    [["#f0b429", "#1d1600"], ["#d55e00", "#ffffff"], ["#cc79a7", "#1d0512"], ["#f0e442", "#1d1b00"], ["#8c6d46", "#ffffff"]];
const DECIDED: [[&str; 2]; 5] =
    [["#0072b2", "#ffffff"], ["#56b4e9", "#04121d"], ["#009e73", "#ffffff"], ["#7a5fb5", "#ffffff"], ["#84d2b8", "#04160f"]];

/// The shapes of states, by number, again and again.
const SHAPES: [Shape; 8] =
    [Shape::Circle, Shape::Square, Shape::Hexagon, Shape::Diamond, Shape::Octagon, Shape::Up, Shape::Pentagon, Shape::Down];

/// The shape of nodes in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A circle.
    Circle,
    /// A square on its side.
    Square,
    /// A hexagon.
    Hexagon,
    /// A square on its corner.
    Diamond,
    /// An octagon.
    Octagon,
    /// A triangle that points upwards.
    Up,
    /// A pentagon.
    Pentagon,
    /// A triangle that points downwards.
    Down,
}

impl Shape {
    /// Its corners where it covers about as much as a circle of radius 1 around 0, y downwards; `None` of a circle.
    pub fn corners(self) -> Option<Vec<[f64; 2]>> {
        let (radius, corners, turn, lower) = match self {
            Shape::Circle => return None,
            Shape::Square => (1.22, 4, FRAC_PI_4, 0.0),
            Shape::Diamond => (1.25, 4, 0.0, 0.0),
            Shape::Hexagon => (1.14, 6, 0.0, 0.0),
            Shape::Octagon => (1.1, 8, FRAC_PI_8, 0.0),
            Shape::Pentagon => (1.18, 5, -FRAC_PI_2, 0.0),
            Shape::Up => (1.42, 3, -FRAC_PI_2, 0.2),
            Shape::Down => (1.42, 3, FRAC_PI_2, -0.2),
        };
        let angle = |corner: u32| turn + f64::from(corner) / f64::from(corners) * TAU;
        Some(
            (0..corners).map(|corner| [radius * libm::cos(angle(corner)), lower + radius * libm::sin(angle(corner))]).collect(),
        )
    }
}

/// How nodes in a state look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The colour of the node, `#rrggbb`.
    pub fill: &'static str,
    /// A colour that is legible on it.
    pub ink: &'static str,
    /// The shape of the node.
    pub shape: Shape,
}

/// How the states of a protocol look, in their order, given which are terminal.  The first is grey, terminal ones are cold, others warm.
pub fn of_states(terminal: impl IntoIterator<Item = bool>) -> Vec<Look> {
    let (mut decided, mut undecided) = (DECIDED.iter().cycle(), UNDECIDED.iter().cycle());
    let look = |(place, is_terminal): (usize, bool)| {
        let [fill, ink] = match is_terminal {
            true => decided.next().copied(),
            false if place == 0 => None,
            false => undecided.next().copied(),
        }
        .unwrap_or(INITIAL);
        Look { fill, ink, shape: SHAPES[place % SHAPES.len()] }
    };
    terminal.into_iter().enumerate().map(look).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text without blanks and ends of lines.
    fn plain(text: &str) -> String {
        text.chars().filter(|letter| !letter.is_whitespace()).collect()
    }

    #[test]
    #[cfg(feature = "viewer")]
    fn the_page_has_the_same_looks() {
        let page = plain(include_str!("viewer/page/look.js"));
        let shapes = SHAPES.map(|shape| format!("{shape:?}").to_lowercase());
        for list in [
            format!("SHAPES=/**@type{{Shape[]}}*/({shapes:?});"),
            format!("INITIAL={INITIAL:?};"),
            format!("UNDECIDED={UNDECIDED:?};"),
            format!("DECIDED={DECIDED:?};"),
            format!("ON_LIGHT={MESSAGES:?};"),
        ] {
            assert!(page.contains(&plain(&list)), "look.js has no {list}");
        }
    }

    #[test]
    fn states_are_told_apart_by_colour_and_by_shape() {
        let looks = of_states([false, false, true, false, true]);
        assert_eq!(
            looks.iter().map(|look| look.fill).collect::<Vec<_>>(),
            ["#a8b0bd", "#f0b429", "#0072b2", "#d55e00", "#56b4e9"]
        );
        for (place, look) in looks.iter().enumerate() {
            assert!(looks[..place].iter().all(|other| other.shape != look.shape));
        }
    }
}
