//! Variables and the values that they take.

/// So many values are enough for a mistyped range.
const MOST: usize = 10_000;

/// A name, and the values that stand for it one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// What stands in braces: `n` for `{n}`.
    pub name: String,
    /// As text, as they are put in.
    pub values: Vec<String>,
}

impl Variable {
    /// Reads the values: a list, whose items are values or ranges.  Both ends of a range belong to it.
    ///
    /// ```
    /// use nodes::sweep::Variable;
    ///
    /// let values = |text| Variable::read("n", text).unwrap().values.join(" ");
    /// assert_eq!(values("3..5"), "3 4 5");
    /// assert_eq!(values("5..20:5"), "5 10 15 20");
    /// assert_eq!(values("4..64:x2"), "4 8 16 32 64");
    /// assert_eq!(values("0..0.3:0.1"), "0 0.1 0.2 0.3");
    /// assert_eq!(values("1,2,10..30:10"), "1 2 10 20 30");
    /// assert_eq!(values("sequential,shuffled"), "sequential shuffled");
    /// ```
    ///
    /// # Errors
    /// What is wrong, as a sentence.
    pub fn read(name: &str, text: &str) -> Result<Self, String> {
        let wrong = |why: String| format!("--{name}: {why}; write for example `--{name} 5..45:5`, `4..64:x2` or `1,2,4`");
        let mut values = Vec::new();
        for item in text.split(',').map(str::trim) {
            if item.is_empty() {
                return Err(wrong(format!("`{text}` has an empty item")));
            }
            match item.split_once("..") {
                Some((from, rest)) if begins_as_a_number(from) => {
                    values.extend(range(from, rest).map_err(|why| wrong(format!("`{item}` {why}")))?);
                }
                _ => values.push(item.to_owned()),
            }
        }
        for (place, value) in values.iter().enumerate() {
            if values[..place].contains(value) {
                return Err(wrong(format!("`{text}` has {value} twice")));
            }
        }
        Ok(Variable { name: name.to_owned(), values })
    }
}

fn begins_as_a_number(text: &str) -> bool {
    text.trim_start_matches('-').starts_with(|letter: char| letter.is_ascii_digit() || letter == '.')
}

/// A number that is exact: so many units of so many decimals.
fn number(text: &str) -> Option<(i64, usize)> {
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    if decimals > 9 {
        return None;
    }
    text.parse::<f64>().ok().filter(|value| value.is_finite())?;
    Some((text.replace('.', "").parse().ok()?, decimals))
}

fn range(from: &str, rest: &str) -> Result<Vec<String>, String> {
    let (to, step) = rest.split_once(':').unwrap_or((rest, "1"));
    let read = |text: &str| number(text).ok_or_else(|| format!("is no range: `{text}` is not a number"));
    let (from, to) = (read(from)?, read(to)?);
    let (step, times) = step.strip_prefix('x').map_or((step, false), |step| (step, true));
    let step = read(step)?;
    let decimals = from.1.max(to.1).max(if times { 0 } else { step.1 });
    let units = |number: (i64, usize)| number.0.checked_mul(10_i64.pow((decimals - number.1) as u32)).ok_or("is too large");
    let (mut at, end) = (units(from)?, units(to)?);
    if at > end {
        return Err("is empty: it ends before it begins".into());
    }
    let factor = step.0 as f64 / 10_f64.powi(step.1 as i32);
    match times {
        true if factor <= 1.0 || at <= 0 => return Err("would not grow: start above 0, with a factor above 1".into()),
        false if step.0 <= 0 => return Err("would not grow: the step must be above 0".into()),
        _ => {}
    }
    let mut values = Vec::new();
    while at <= end {
        if values.len() == MOST {
            return Err(format!("has more than {MOST} values"));
        }
        values.push(decimal(at, decimals));
        // Of a factor such as 1.5 the next whole unit.
        let next = if times { Some(((at as f64 * factor).round() as i64).max(at + 1)) } else { at.checked_add(units(step)?) };
        let Some(next) = next else { break };
        at = next;
    }
    Ok(values)
}

/// So many units of so many decimals, as people write it.
fn decimal(units: i64, decimals: usize) -> String {
    if decimals == 0 {
        return units.to_string();
    }
    let sign = if units < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    let part = part.trim_end_matches('0');
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

/// All combinations of the values of some variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The first varies slowest.
    pub variables: Vec<Variable>,
}

impl Places {
    /// The places of the grid: for each a value of each variable, in the variables' order.
    pub fn places(&self) -> Vec<Vec<&str>> {
        let mut places = vec![Vec::new()];
        for variable in &self.variables {
            let with = |place: &Vec<_>, value| [place.as_slice(), &[value]].concat();
            let values = &variable.values;
            places = places.iter().flat_map(|place| values.iter().map(move |value| with(place, value.as_str()))).collect();
        }
        places
    }

    /// The text with each `{name}` replaced by the value at a place.
    pub fn fill(&self, text: &str, place: &[&str]) -> String {
        let replace =
            |text: String, (variable, value): (&Variable, &&str)| text.replace(&format!("{{{}}}", variable.name), value);
        self.variables.iter().zip(place).fold(text.to_owned(), replace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_range_is_told_with_a_right_one() {
        for wrong in
            ["", "1,,2", "5..", "5..x", "9..5", "1..5:0", "1..5:-1", "0..8:x2", "1..8:x1", "1,1", "0..999999999", "1..2:y"]
        {
            let why = Variable::read("n", wrong).expect_err(wrong);
            assert!(why.starts_with("--n: ") && why.ends_with("`1,2,4`"), "{why}");
        }
    }

    #[test]
    fn decimals_are_exact() {
        let values = Variable::read("p", "-0.1..0.25:0.05").expect("a range").values;
        assert_eq!(values, ["-0.1", "-0.05", "0", "0.05", "0.1", "0.15", "0.2", "0.25"]);
    }

    #[test]
    fn several_variables_make_a_grid() {
        let grid = Places {
            variables: vec![Variable::read("n", "1,2").expect("a list"), Variable::read("p", "a,b").expect("a list")],
        };
        assert_eq!(grid.places(), [["1", "a"], ["1", "b"], ["2", "a"], ["2", "b"]]);
        assert_eq!(grid.fill("gnp:{n},{p}{n}", &["2", "b"]), "gnp:2,b2");
        assert_eq!(Places::default().places(), [[""; 0]; 1]);
    }
}
