//! What a node is given before the run: a value of its own.

use core::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

use super::{Random, variants};

/// A type of input: `#[protocol(input = T)]`.  Integers, floats, `bool`, `String` and `()` are; others implement this.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an input",
    label = "not an input",
    note = "numbers, `bool` and `String` are; implement `nodes::Input` for a type of your own"
)]
pub trait Input: Clone + Debug + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What is expected, for messages: "a number".
    const EXPECTED: &'static str;

    /// Node i's input where none is given.
    fn by_index(index: usize) -> Self;

    /// Reads what stands on the command line or in a file.
    fn parse(text: &str) -> Option<Self>;

    /// The text that [`parse`](Input::parse) reads as this value, if there is one.
    fn text(&self) -> Option<String> {
        None
    }

    /// Draws one from `low..high`, both as [`parse`](Input::parse) reads them; `None` if the type has no such ranges.
    fn random(_low: &Self, _high: &Self, _random: &mut Random) -> Option<Self> {
        None
    }

    /// All values, if they are few: `--inputs random` draws from them.  By default those of an enum without fields, in source order;
    /// no other type has any.
    fn values() -> Vec<Self> {
        variants::of()
    }

    /// How inputs of this type are drawn, as messages say it where something else was written: `random` if there are
    /// [`values`](Input::values), `random:0..100` if there are [ranges](Input::random), else a list.
    fn how_to_draw() -> String {
        let example = |index: usize, otherwise: &str| Self::by_index(index).text().unwrap_or_else(|| otherwise.to_owned());
        if !Self::values().is_empty() {
            "random".to_owned()
        } else if Self::random(&Self::by_index(0), &Self::by_index(1), &mut Random::stream(0, "example", 0)).is_some() {
            format!("random:{}..{}", example(0, "0"), example(100, "100"))
        } else {
            format!("random:{},{}", example(0, "A"), example(1, "B"))
        }
    }
}

/// Texts as a command line takes them, between commas; `None` if they would be read otherwise there.
pub(crate) fn listed(texts: &[String]) -> Option<String> {
    let stands_alone = |text: &String| !text.is_empty() && text.trim() == text && !text.contains([',', '\n']);
    let list = texts.join(",");
    let means_more = ["random", "every"].contains(&&*list)
        || ["random:", "every:", "file:", GIVEN, "--"].iter().any(|word| list.starts_with(word));
    (texts.iter().all(stands_alone) && !means_more).then_some(list)
}

/// What stands on a command line for inputs that a program has given and that it cannot take.
pub(crate) const GIVEN: &str = "given:";

impl Input for () {
    const EXPECTED: &'static str = "nothing";

    fn by_index(_index: usize) -> Self {}

    fn parse(_text: &str) -> Option<Self> {
        None
    }

    // None of this is generated for each protocol: nearly all have no inputs.
    #[inline(never)]
    fn random((): &Self, (): &Self, _random: &mut Random) -> Option<Self> {
        None
    }

    #[inline(never)]
    fn values() -> Vec<Self> {
        Vec::new()
    }

    fn how_to_draw() -> String {
        "random".to_owned()
    }
}

macro_rules! integers {
    ($($int:ty)*) => {$(
        impl Input for $int {
            const EXPECTED: &'static str = concat!("a number (", stringify!($int), ")");

            fn by_index(index: usize) -> Self {
                index as $int
            }

            fn parse(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn text(&self) -> Option<String> {
                Some(self.to_string())
            }

            fn random(low: &Self, high: &Self, random: &mut Random) -> Option<Self> {
                (low < high).then(|| random.range(*low..*high))
            }

            fn values() -> Vec<Self> {
                Vec::new()
            }
        }
    )*};
}
integers!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

macro_rules! floats {
    ($($float:ty)*) => {$(
        impl Input for $float {
            const EXPECTED: &'static str = concat!("a number (", stringify!($float), ")");

            fn by_index(index: usize) -> Self {
                index as $float
            }

            fn parse(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn text(&self) -> Option<String> {
                Some(self.to_string())
            }

            fn random(low: &Self, high: &Self, random: &mut Random) -> Option<Self> {
                let width = high - low;
                let drawn = (low < high && width.is_finite()).then(|| low + width * random.unit() as $float)?;
                // Rounded, it may be the upper bound, which is not to be drawn.
                Some(if drawn < *high { drawn } else { *low })
            }

            fn values() -> Vec<Self> {
                Vec::new()
            }
        }
    )*};
}
floats!(f32 f64);

impl Input for bool {
    const EXPECTED: &'static str = "`true` or `false`";

    fn by_index(index: usize) -> Self {
        index % 2 == 1
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    fn text(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn values() -> Vec<Self> {
        vec![false, true]
    }
}

impl Input for String {
    const EXPECTED: &'static str = "a text";

    fn by_index(index: usize) -> Self {
        index.to_string()
    }

    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn text(&self) -> Option<String> {
        // A list on a command line is split at commas and white space.
        let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
        (!self.is_empty() && self.chars().all(plain)).then(|| self.clone())
    }

    fn values() -> Vec<Self> {
        Vec::new()
    }
}
