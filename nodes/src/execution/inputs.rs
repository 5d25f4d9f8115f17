//! What the nodes are given: as text, as values, or drawn.

use core::str::FromStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use super::{AnyRun, RunError};
use crate::file;
use crate::protocol::input::{GIVEN, listed};
use crate::protocol::{AnyInputs, AnyInstance, Description, Ids, Input, InputSource, WrongInput};
use crate::random::Random;
use crate::scarce::in_words;
use crate::topology::Graph;

/// The inputs of the nodes: `--inputs`.
///
/// What is drawn follows from the seed of the run, and from nothing else.  As text it is what stands on a command line:
///
/// ```
/// use nodes::run::InputChoice;
///
/// let drawn = "random:red,green".parse::<InputChoice>()?;
/// assert!(matches!(drawn, InputChoice::OneOf(colours) if colours == ["red", "green"]));
/// # Ok::<(), nodes::run::RunError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub enum InputChoice {
    /// Node i gets the value that the type of inputs makes of i.
    #[default]
    ByIndex,
    /// Node i gets the i-th, as text: `3,1,4`.
    Given(Vec<String>),
    /// Each is drawn from `low..high`: `random:0..100`.
    Random {
        /// The lower bound, which may be drawn.
        low: String,
        /// The upper bound, which is not drawn.
        high: String,
    },
    /// Each is drawn from all values of a type that has few, such as `bool` or an enum ([`Input::values`]): `random`.
    AnyValue,
    /// Each is drawn from these: `random:red,green,blue`.
    OneOf(Vec<String>),
    /// Read from a file: one a line, or separated by white space or commas: `file:PATH`.
    File(PathBuf),
    /// Node i gets the i-th.
    Values(AnyInputs),
}

impl FromStr for InputChoice {
    type Err = RunError;

    fn from_str(text: &str) -> Result<Self, RunError> {
        let wrong = |why: String| Err(RunError::refused(format!("--inputs: {why}")));
        let items = |text: &str| text.split(',').map(|item| item.trim().to_owned()).collect::<Vec<_>>();
        if text == "random" {
            return Ok(InputChoice::AnyValue);
        }
        if let Some(from) = text.strip_prefix("random:") {
            return match from.split_once("..") {
                _ if from.contains(',') && items(from).iter().all(|item| !item.is_empty()) => {
                    Ok(InputChoice::OneOf(items(from)))
                }
                Some((low, high)) if !low.is_empty() && !high.is_empty() => {
                    Ok(InputChoice::Random { low: low.into(), high: high.into() })
                }
                _ => wrong(format!(
                    "`{from}` is not a range; write `random:0..100`, or values to draw from such as `random:3,1,4`"
                )),
            };
        }
        if let Some(path) = text.strip_prefix("file:") {
            return match path {
                "" => wrong("which file? write `file:PATH`".to_owned()),
                path => Ok(InputChoice::File(path.into())),
            };
        }
        if text == "every" || text.starts_with("every:") {
            return wrong("only `check` looks at every input; write one for each node such as `--inputs 3,1,4`".to_owned());
        }
        if text == GIVEN {
            return wrong("a program gave them, as values without a text; make the run again from there".to_owned());
        }
        if text.is_empty() || text.starts_with("--") {
            return wrong("no values; write one for each node such as `--inputs 3,1,4`".to_owned());
        }
        Ok(InputChoice::Given(items(text)))
    }
}

/// What [`Run::inputs`](crate::run::Run::inputs) takes: one value for each node, of the protocol's type of inputs, or an
/// [`InputChoice`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither inputs of type `{I}` nor an `InputChoice`",
    label = "not the inputs of a run",
    note = "give one value for each node, `.inputs([3, 1, 4])`, or a text as on a command line, `.inputs(\"random:0..9\".parse::<InputChoice>()?)`"
)]
pub trait IntoInputs<I> {
    /// The choice.
    fn into_inputs(self) -> InputChoice;
}

impl<I: Input, T: IntoIterator<Item = I>> IntoInputs<I> for T {
    fn into_inputs(self) -> InputChoice {
        InputChoice::Values(AnyInputs::new(self.into_iter().collect()))
    }
}

impl<I> IntoInputs<I> for InputChoice {
    fn into_inputs(self) -> InputChoice {
        self
    }
}

/// Inputs as the document and a command line have them.
pub(super) struct Told {
    pub(super) value: Value,
    pub(super) argument: String,
    /// Whether a command line can take that.
    pub(super) repeatable: bool,
}

impl InputChoice {
    /// Whether the seed decides which they are.
    pub(crate) fn are_drawn(&self) -> bool {
        matches!(self, InputChoice::Random { .. } | InputChoice::AnyValue | InputChoice::OneOf(_))
    }

    /// `None` if nothing has to be said of them.
    pub(super) fn told(&self) -> Option<Told> {
        let list = |texts: Option<&[String]>, value: Value, before: &str| {
            let list = texts.and_then(listed);
            let argument = list.as_ref().map_or(GIVEN.to_owned(), |list| format!("{before}{list}"));
            Told { value, argument, repeatable: list.is_some() }
        };
        let word = |text: String| Told { value: json!(text), argument: text, repeatable: true };
        Some(match self {
            InputChoice::ByIndex => return None,
            InputChoice::Given(texts) => list(Some(texts), json!(texts), ""),
            InputChoice::Random { low, high } => word(format!("random:{low}..{high}")),
            InputChoice::AnyValue => word("random".to_owned()),
            InputChoice::OneOf(texts) => {
                // A single one would be read as a range.
                let several = (texts.len() > 1).then_some(&**texts);
                list(several, json!(format!("random:{}", texts.join(","))), "random:")
            }
            InputChoice::File(path) => word(format!("file:{}", path.display())),
            InputChoice::Values(values) => {
                let shown = values.texts().map_or_else(|| json!("given"), |texts| json!(texts));
                list(values.texts(), shown, "")
            }
        })
    }
}

/// Inputs as text, and the place of each if they come from a file.
#[derive(Default)]
struct InputTexts {
    texts: Vec<String>,
    places: Vec<String>,
}

impl AnyRun {
    /// What says that each of these nodes has the input that it has here, on a graph of them alone, in that order.
    ///
    /// # Errors
    /// If a file of inputs cannot be read.
    pub(crate) fn inputs_of(&self, nodes: &[usize]) -> Result<InputChoice, RunError> {
        let those = |texts: &[String]| nodes.iter().filter_map(|node| texts.get(*node).cloned()).collect();
        Ok(match &self.inputs {
            InputChoice::ByIndex | InputChoice::Random { .. } | InputChoice::AnyValue | InputChoice::OneOf(_) => {
                self.inputs.clone()
            }
            InputChoice::Given(texts) => InputChoice::Given(those(texts)),
            InputChoice::File(path) => InputChoice::Given(those(&from_file(path)?.texts)),
            InputChoice::Values(values) => InputChoice::Values(values.of_nodes(nodes)),
        })
    }

    /// The instance of the problem, with its inputs.
    pub(super) fn instance(
        &self,
        graph: Graph,
        ids: Ids,
        seed: u64,
        description: &Description,
    ) -> Result<Arc<dyn AnyInstance>, RunError> {
        if !matches!(self.inputs, InputChoice::ByIndex) && !description.has_input {
            return Err(RunError::refused(format!(
                "--inputs: nodes of {} take no input; it would be declared as `#[protocol(input = u64)]`",
                description.name
            )));
        }
        let in_file = if let InputChoice::File(path) = &self.inputs { from_file(path)? } else { InputTexts::default() };
        let random = &mut Random::stream(seed, "inputs", 0);
        let source = match &self.inputs {
            InputChoice::ByIndex => InputSource::ByIndex,
            InputChoice::Random { low, high } => InputSource::Random { low, high, random },
            InputChoice::AnyValue => InputSource::AnyValue { random },
            InputChoice::OneOf(texts) => InputSource::OneOf { texts, random },
            InputChoice::Given(texts) => InputSource::Texts(texts),
            InputChoice::File(_) => InputSource::Texts(&in_file.texts),
            InputChoice::Values(values) => InputSource::Values(values),
        };
        let instance = self.protocol.instance(graph, ids, seed, source);
        instance.map_err(|wrong| {
            let draws = matches!(self.inputs, InputChoice::Random { .. } | InputChoice::OneOf(_));
            let place = if let WrongInput::Text { place, .. } = &wrong { in_file.places.get(*place) } else { None };
            RunError::refused(match (&wrong, self.inputs.told()) {
                (WrongInput::Text { write, .. }, _) if draws => format!("--inputs: {wrong}; write `{write}`"),
                (WrongInput::Type, _) => format!("the inputs of {}: {wrong}", description.name),
                (WrongInput::NothingToDraw { expected, write }, Some(told)) => format!(
                    "--inputs: nothing can be drawn from `{}`: each node takes {expected}; write `{write}`",
                    told.value.as_str().unwrap_or_default()
                ),
                _ => format!("--inputs: {}{wrong}", place.map_or("", String::as_str)),
            })
        })
    }
}

/// The inputs that stand in a file.
fn from_file(path: &Path) -> Result<InputTexts, RunError> {
    let mut texts = InputTexts::default();
    let text = file::text(path)
        .map_err(|cause| RunError::refused(format!("--inputs: {} cannot be read: {}", path.display(), in_words(&cause))))?;
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default();
        for word in line.split([',', ' ', '\t']).map(str::trim).filter(|word| !word.is_empty()) {
            texts.places.push(format!("{}:{}: ", path.display(), number + 1));
            texts.texts.push(word.to_owned());
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_lists_what_can_be_drawn_and_files() {
        let read = |text: &str| format!("{:?}", text.parse::<InputChoice>().expect("they can be read"));
        assert_eq!(read("3,1,4"), r#"Given(["3", "1", "4"])"#);
        assert_eq!(read("-3"), r#"Given(["-3"])"#);
        assert_eq!(read("random:-5..5"), r#"Random { low: "-5", high: "5" }"#);
        assert_eq!(read("random"), "AnyValue");
        assert_eq!(read("random:red, green"), r#"OneOf(["red", "green"])"#);
        assert_eq!(read("random:1..2,x"), r#"OneOf(["1..2", "x"])"#);
        assert_eq!(read("file:a/b.txt"), r#"File("a/b.txt")"#);
        for wrong in ["", "random:", "random:5", "random:..", "random:1,", "random:,", "file:", "given:", "--json", "every:0,1"]
        {
            let said = wrong.parse::<InputChoice>().expect_err("it cannot be read").to_string();
            assert!(said.starts_with("--inputs: "), "`{wrong}`: {said}");
        }
    }

    #[test]
    fn what_is_told_can_be_read() {
        for text in ["3,1,4", "random:-5..5", "random", "random:red,green", "file:a/b.txt"] {
            let choice = text.parse::<InputChoice>().expect("they can be read");
            let told = choice.told().expect("something is to be told");
            assert_eq!((&*told.argument, told.repeatable), (text, true));
        }
        let odd = |texts: &[&str]| InputChoice::OneOf(texts.iter().map(|text| (*text).to_owned()).collect()).told();
        for texts in [&["one"][..], &["a,b", "c"], &["", "c"]] {
            assert!(odd(texts).is_some_and(|told| !told.repeatable && told.argument == GIVEN), "{texts:?}");
        }
        assert!(InputChoice::ByIndex.told().is_none());
    }
}
