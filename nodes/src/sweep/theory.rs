//! What the literature says that a protocol costs, as it stands in its declaration, read as a formula.
//!
//! A declaration is a sentence, `n H(n) + n messages on average, at most n(n + 1)/2 + n messages`.  Its formulas are what
//! stands before the word *messages*: in n (nodes), m (links) and k (initiators), with H for harmonic numbers; a blank
//! multiplies.  A formula in anything else, such as the number of phases of a run, is not known before the run, and left out.

use core::fmt;

/// What a formula says of the number of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// It is that.
    Exactly,
    /// It is that on average, over all arrangements of ids.
    OnAverage,
    /// It is not more.
    AtMost,
}

/// A formula for the number of messages.
#[derive(Clone, Debug)]
pub struct Theory {
    /// What it says.
    pub says: Says,
    /// Whether it is about one entry of a node into its critical section, not about the whole run.
    pub per_entry: bool,
    text: String,
    formula: Formula,
}

impl Theory {
    /// All formulas of a declaration, in its order.
    ///
    /// ```
    /// use nodes::sweep::{Says, Theory};
    ///
    /// let theories = Theory::read("n H(n) + n messages on average, at most n(n + 1)/2 + n messages");
    /// assert_eq!(theories[0].says, Says::OnAverage);
    /// assert_eq!(theories[1].value(10.0, 10.0, 10.0), 65.0);
    /// ```
    pub fn read(declared: &str) -> Vec<Self> {
        declared.split([',', ';', ':']).filter_map(|clause| Theory::of(clause.trim())).collect()
    }

    fn of(clause: &str) -> Option<Self> {
        let (bound, rest) = clause.strip_prefix("at most ").map_or((false, clause), |rest| (true, rest));
        let mut reader = Reader { rest };
        let formula = reader.sum()?;
        let text = rest[..rest.len() - reader.rest.len()].trim().to_owned();
        let what = reader.rest.trim_start().strip_prefix("messages")?;
        let says = match (bound, what.starts_with(" on average")) {
            (true, _) => Says::AtMost,
            (false, true) => Says::OnAverage,
            (false, false) => Says::Exactly,
        };
        Some(Theory { says, per_entry: what.starts_with(" per entry"), text, formula })
    }

    /// Its value with n nodes, m links and k initiators.
    pub fn value(&self, n: f64, m: f64, k: f64) -> f64 {
        self.formula.value(&[n, m, k])
    }
}

impl fmt::Display for Theory {
    /// The formula as it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What a formula may be in.
const QUANTITIES: [&str; 3] = ["n", "m", "k"];

#[derive(Clone, Debug)]
enum Formula {
    Number(f64),
    /// By its place among [`QUANTITIES`].
    Quantity(usize),
    Sum(Box<Formula>, Box<Formula>),
    Difference(Box<Formula>, Box<Formula>),
    Product(Box<Formula>, Box<Formula>),
    Quotient(Box<Formula>, Box<Formula>),
    Power(Box<Formula>, Box<Formula>),
    Of(fn(f64) -> f64, Box<Formula>),
}

impl Formula {
    fn value(&self, quantities: &[f64; 3]) -> f64 {
        let of = |formula: &Formula| formula.value(quantities);
        match self {
            Formula::Number(number) => *number,
            Formula::Quantity(place) => quantities[*place],
            Formula::Sum(a, b) => of(a) + of(b),
            Formula::Difference(a, b) => of(a) - of(b),
            Formula::Product(a, b) => of(a) * of(b),
            Formula::Quotient(a, b) => of(a) / of(b),
            Formula::Power(a, b) => libm::pow(of(a), of(b)),
            Formula::Of(function, a) => function(of(a)),
        }
    }
}

/// 1 + 1/2 + .. + 1/x; between whole numbers by the usual expansion.
fn harmonic(x: f64) -> f64 {
    if x < 64.0 && x.fract() == 0.0 {
        return (1..=x as u32).map(|part| 1.0 / f64::from(part)).sum();
    }
    const EULER: f64 = 0.577_215_664_901_532_9;
    libm::log(x) + EULER + 1.0 / (2.0 * x) - 1.0 / (12.0 * x * x)
}

fn function(name: &str) -> Option<fn(f64) -> f64> {
    Some(match name {
        "log" | "log2" => libm::log2,
        "ceil" => libm::ceil,
        "floor" => libm::floor,
        "H" => harmonic,
        _ => return None,
    })
}

/// Reads a formula from the front of a text.
struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn take(&mut self, sign: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn sum(&mut self) -> Option<Formula> {
        let mut sum = self.product()?;
        loop {
            if self.take('+') {
                sum = Formula::Sum(sum.into(), self.product()?.into());
            } else if self.take('-') {
                sum = Formula::Difference(sum.into(), self.product()?.into());
            } else {
                return Some(sum);
            }
        }
    }

    fn product(&mut self) -> Option<Formula> {
        let mut product = self.power()?;
        loop {
            if self.take('/') {
                product = Formula::Quotient(product.into(), self.power()?.into());
                continue;
            }
            // Factors stand beside each other; the first word that is none ends the formula.
            let before = self.rest;
            match self.power() {
                Some(factor) => product = Formula::Product(product.into(), factor.into()),
                None => {
                    self.rest = before;
                    return Some(product);
                }
            }
        }
    }

    fn power(&mut self) -> Option<Formula> {
        let base = self.atom()?;
        if self.take('^') { Some(Formula::Power(base.into(), self.atom()?.into())) } else { Some(base) }
    }

    fn atom(&mut self) -> Option<Formula> {
        if self.take('(') {
            let inner = self.sum()?;
            return self.take(')').then_some(inner);
        }
        let text = self.rest.trim_start();
        let is_number = text.starts_with(|letter: char| letter.is_ascii_digit());
        let part =
            |letter: char| letter.is_ascii_digit() || if is_number { letter == '.' } else { letter.is_ascii_alphabetic() };
        let (word, rest) = text.split_at(text.find(|letter| !part(letter)).unwrap_or(text.len()));
        self.rest = rest;
        if is_number {
            return word.parse().ok().map(Formula::Number);
        }
        match function(word) {
            Some(function) => Some(Formula::Of(function, self.power()?.into())),
            None => QUANTITIES.iter().position(|name| *name == word).map(Formula::Quantity),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(formula: &str) -> f64 {
        let theories = Theory::read(&format!("{formula} messages"));
        assert_eq!(theories.len(), 1, "{formula}");
        theories[0].value(8.0, 20.0, 3.0)
    }

    #[test]
    fn formulas_are_read_as_people_write_them() {
        for (formula, right) in [
            ("n^2", 64.0),
            ("4m - 2n + 2", 66.0),
            ("3n + k - 4", 23.0),
            ("n(n + 1)/2 + n", 44.0),
            ("2(n - 1)", 14.0),
            ("8n(1 + ceil(log2 n)) + n", 264.0),
            ("7n - (log n)^2 - 3 log n - 7", 31.0),
            ("n H(n)", 8.0 * (761.0 / 280.0)),
            ("2n(floor(log2 n) + 1) + n", 72.0),
        ] {
            assert!((value(formula) - right).abs() < 1e-9, "{formula} is {}, not {right}", value(formula));
        }
        assert!((harmonic(100.0) - 5.187_377_517_639_621).abs() < 1e-9);
    }

    #[test]
    fn what_is_no_formula_of_messages_is_left_out() {
        for text in ["", "O(n log n)", "0 or n messages per entry", "2n + d messages", "2m markers", "time 2m", "2m + messages"]
        {
            assert_eq!(Theory::read(text).len(), 0, "{text}");
        }
        let of_both = Theory::read("O(n log n): at most 8n messages");
        assert_eq!(
            of_both.iter().map(|theory| (theory.says, theory.to_string())).collect::<Vec<_>>(),
            [(Says::AtMost, "8n".into())]
        );
        assert!(Theory::read("3(n - 1) messages per entry")[0].per_entry);
    }
}
