//! A protocol that is a Python class: what the language layer has read of it, as engines need it.

use core::fmt;
use core::time::Duration;
use std::sync::{Arc, OnceLock};

use nodes::protocol::{
    Action, AlarmInfo, Description, Flag, FlagValue, InitiatorRule, Links, MessageInfo, Property, PropertyInfo, RecoveryInfo,
    RuleInfo, StateInfo, TopologyInfo, Trigger, When,
};
use nodes::topology::{Any, Complete, DirectedRing, Grid, Hypercube, OrientedRing, Ring, Torus, Tree};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyString, PyTuple, PyType};

use crate::call::{Call, Takes};
use crate::protocol::PyProtocol;
use crate::randomness::Calls;
use crate::schema::{Schema, Struct, kept};
use crate::{graph, property};

/// A protocol that is a Python class.
///
/// Engines ask for names and tables that live as long as the program, so that a class is never dropped: there are few.
pub(crate) struct Class {
    pub(crate) class: Py<PyType>,
    pub(crate) name: &'static str,
    pub(crate) description: Arc<Description>,
    pub(crate) fields: Vec<NodeField>,
    /// None for a protocol without states.
    pub(crate) states: Vec<State>,
    pub(crate) state_names: &'static [&'static str],
    pub(crate) terminals: &'static [bool],
    pub(crate) messages: Vec<Struct>,
    pub(crate) alarms: Vec<Struct>,
    /// By event (the impulse, the messages, the alarms) and state: what is tried, in this order.
    table: Vec<Vec<Rule>>,
    pub(crate) properties: &'static [Property<PyProtocol>],
    pub(crate) input: Option<Schema>,
    pub(crate) init: Option<Handler>,
    pub(crate) finish: Option<Handler>,
    pub(crate) recover: Option<Handler>,
    pub(crate) stored: Option<Schema>,
    pub(crate) config: Option<Settings>,
    /// The place of the state in which a node begins.
    pub(crate) initial: usize,
    /// That state, with what it carries.
    pub(crate) begins: Py<PyAny>,
    /// Whether a node can send the other way: it runs on rings whose links lead both ways.
    pub(crate) has_other_way: bool,
    /// The name of the field that holds the state.
    pub(crate) state_key: Py<PyString>,
}

impl fmt::Debug for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// One of the states.
pub(crate) struct State {
    /// What `self.state` is; of one that carries something, what makes it.
    pub(crate) member: Py<PyAny>,
    pub(crate) carries: Option<Struct>,
}

/// A field of the nodes, which is not their state.
pub(crate) struct NodeField {
    pub(crate) name: &'static str,
    pub(crate) key: Py<PyString>,
    /// `None`: it is local to its node, and never encoded.
    pub(crate) schema: Option<Schema>,
    /// Makes the value that nodes begin with; `None` if `@init` gives it.
    pub(crate) make: Option<Py<PyAny>>,
}

/// What may happen to a node in a state by an event.
pub(crate) struct Rule {
    pub(crate) guard: Option<Call>,
    pub(crate) does: Does,
}

/// A method that engines call.
pub(crate) struct Handler {
    pub(crate) call: Call,
    pub(crate) name: &'static str,
    /// The places of the fields that it may change.
    pub(crate) changes: Vec<usize>,
    pub(crate) calls: Calls,
}

/// What a rule does.
pub(crate) enum Does {
    Handle(Handler),
    Ignore,
    /// Whether a condition may let a rule handle the message without a change of the state.
    Defer {
        on_condition: bool,
    },
    Never,
}

/// A configuration: what `@config` says.
pub(crate) struct Settings {
    pub(crate) class: Py<PyType>,
    pub(crate) flags: Vec<Setting>,
}

/// One of its flags.
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    pub(crate) key: Py<PyString>,
    pub(crate) schema: Schema,
    pub(crate) default: Py<PyAny>,
    /// It is a time: in seconds for the user, and with its unit as text.
    is_time: bool,
    /// The least and the most that it may be.
    range: Option<(Py<PyAny>, Py<PyAny>)>,
}

impl Setting {
    /// Reads a value from text.
    ///
    /// # Errors
    /// What was expected, if it is none.
    pub(crate) fn read<'py>(&self, py: Python<'py>, text: &str) -> Result<Bound<'py, PyAny>, String> {
        let expected = if self.is_time { Duration::EXPECTED } else { self.schema.expected() };
        let expected = match &self.range {
            Some((least, most)) => format!("{expected} from {least} to {most}"),
            None => expected.to_owned(),
        };
        let within = |value: &Bound<'py, PyAny>| match &self.range {
            Some((least, most)) => value.ge(least).unwrap_or(false) && value.le(most).unwrap_or(false),
            None => true,
        };
        let read = if self.is_time {
            Duration::parse(text).map(|time| PyFloat::new(py, time.as_secs_f64()).into_any())
        } else {
            self.schema.parse(py, text)
        };
        read.filter(within).ok_or_else(|| format!("--{}: `{text}` is not {expected}", self.name))
    }

    /// The text that [`read`](Setting::read) reads as that value; empty if there is none.
    pub(crate) fn text(&self, value: &Bound<'_, PyAny>) -> String {
        let time = || Some(Duration::try_from_secs_f64(value.extract().ok()?).ok()?.show());
        let text = if self.is_time { time() } else { self.schema.text(value) };
        text.unwrap_or_default()
    }
}

/// Something that happens to a node, as the table has it.
#[derive(Clone, Copy)]
pub(crate) enum On {
    Impulse,
    Message(u8),
    Alarm(u8),
}

fn text(of: &Bound<'_, PyAny>, name: &str) -> PyResult<String> {
    of.getattr(name)?.extract()
}

fn is(of: &Bound<'_, PyAny>, name: &str) -> PyResult<bool> {
    of.getattr(name)?.extract()
}

fn each<'py, T>(of: &Bound<'py, PyAny>, name: &str, read: impl Fn(Bound<'py, PyAny>) -> PyResult<T>) -> PyResult<Vec<T>> {
    of.getattr(name)?.try_iter()?.map(|each| read(each?)).collect()
}

fn schema(of: &Bound<'_, PyAny>, name: &str) -> PyResult<Option<Schema>> {
    let described = of.getattr(name)?;
    if described.is_none() { Ok(None) } else { Schema::read(&described).map(Some) }
}

fn topology(plan: &Bound<'_, PyAny>) -> PyResult<TopologyInfo> {
    let (name, own) = (text(plan, "topology")?, plan.getattr("own_topology")?);
    if !own.is_none() {
        let accepts = own.getattr("accepts")?.unbind();
        return Ok(TopologyInfo::made(name, text(&own, "usual")?, move |graph| graph::accepted(graph, &accepts)));
    }
    let all = [
        TopologyInfo::of::<Any>(),
        TopologyInfo::of::<Ring>(),
        TopologyInfo::of::<OrientedRing>(),
        TopologyInfo::of::<DirectedRing>(),
        TopologyInfo::of::<Complete>(),
        TopologyInfo::of::<Tree>(),
        TopologyInfo::of::<Grid>(),
        TopologyInfo::of::<Torus>(),
        TopologyInfo::of::<Hypercube>(),
    ];
    all.into_iter()
        .find(|known| known.name == name)
        .ok_or_else(|| PyValueError::new_err(format!("there is no class of graphs `{name}`")))
}

impl Class {
    /// Reads the plan that the language layer has made of a class.
    pub(crate) fn read(plan: &Bound<'_, PyAny>) -> PyResult<&'static Self> {
        let py = plan.py();
        let class = plan.getattr("cls")?.cast_into::<PyType>()?;
        let name = text(plan, "name")?;
        let states = each(plan, "states", |state| {
            let info = StateInfo { name: text(&state, "name")?, terminal: is(&state, "terminal")?, doc: text(&state, "doc")? };
            let (member, carries) = (state.getattr("member")?, state.getattr("carries")?);
            let carries = match carries.is_truthy()? {
                true => Some(Struct::made_by(&member, kept(&info.name), &member.get_type(), &carries)?),
                false => None,
            };
            Ok((info, State { member: member.unbind(), carries }))
        })?;
        let kind = |kind: Bound<'_, PyAny>| {
            let known = Struct::read(&kind.getattr("cls")?.cast_into()?, &kind.getattr("fields")?)?;
            Ok((text(&kind, "name")?, text(&kind, "schema_text")?, text(&kind, "doc")?, known))
        };
        let messages = each(plan, "messages", kind)?;
        let alarms = each(plan, "alarms", kind)?;
        let fields = each(plan, "fields", |field| {
            let name = text(&field, "name")?;
            let key = PyString::intern(py, &name).unbind();
            let make = field.getattr("make")?;
            let made = !make.is_none();
            Ok(NodeField { name: kept(&name), key, schema: schema(&field, "schema")?, make: made.then(|| make.unbind()) })
        })?;
        let config = read_config(plan)?;
        let home = Arc::new(OnceLock::new());
        let properties = each(plan, "properties", |property| {
            let when = if text(&property, "when")? == "always" { When::Always } else { When::Finally };
            let info = PropertyInfo { name: text(&property, "name")?, when, doc: text(&property, "doc")? };
            let made = property::made(&info, property.getattr("call")?.unbind(), text(&property, "of")? == "node", &home);
            Ok((info, made))
        })?;
        let (property_infos, properties): (Vec<_>, Vec<_>) = properties.into_iter().unzip();
        let mut description = Description {
            doc: text(plan, "doc")?,
            problem: text(plan, "problem")?,
            cost: text(plan, "cost")?,
            source: text(plan, "source")?,
            topology: topology(plan)?,
            links: match &*text(plan, "links")? {
                "reliable" => Links::Reliable,
                "lossy" => Links::Lossy,
                _ => Links::Fifo,
            },
            initiators: match &*text(plan, "initiators")? {
                "one" => InitiatorRule::One,
                "all" => InitiatorRule::All,
                _ => InitiatorRule::Any,
            },
            knows_size: is(plan, "knows_size")?,
            knows_neighbour_ids: is(plan, "knows_neighbour_ids")?,
            anonymous: is(plan, "anonymous")?,
            has_input: !plan.getattr("input")?.is_none(),
            max_message: plan.getattr("max_message")?.extract()?,
            states: states.iter().map(|(info, _)| info.clone()).collect(),
            messages: messages.iter().map(|(name, schema, doc, _)| MessageInfo::of(name, schema, doc)).collect(),
            alarms: alarms.iter().map(|(name, _, doc, _)| AlarmInfo::of(name, doc)).collect(),
            properties: property_infos,
            flags: config.as_ref().map(|(_, flags)| flags.clone()).unwrap_or_default(),
            schema: text(plan, "schema_text")?,
            ..Description::named(&name)
        };
        let method = |role: &str, takes: &str| {
            let handler = plan.getattr(role)?;
            if handler.is_none() {
                return Ok::<_, PyErr>(None);
            }
            let (handler, takes) = (handler.cast::<PyString>()?, Takes::read(&plan.getattr(takes)?)?);
            let call = Call { code: class.getattr(handler)?.unbind(), takes };
            // It may set every field.
            Ok(Some(Handler { call, name: kept(handler.to_str()?), changes: Vec::new(), calls: Calls::default() }))
        };
        let recover = method("recover", "recover_takes")?;
        let stored = schema(plan, "stored")?;
        if let (Some(_), Some(stored)) = (&recover, &stored) {
            let handler = text(plan, "recover")?;
            description.recovery = Some(RecoveryInfo { handler, stored: stored.name(), doc: String::new() });
        }
        let init = method("init", "init_takes")?;
        let finish = method("finish", "finish_takes")?;
        // A protocol without states has one, which is not spoken of.
        let (state_names, terminals) = match states.as_slice() {
            [] => (vec!["-"], vec![false]),
            some => some.iter().map(|(info, _)| (kept(&info.name), info.terminal)).unzip(),
        };
        let mut this = Class {
            class: class.clone().unbind(),
            name: kept(&name),
            fields,
            states: if is(plan, "state_field")? { states.into_iter().map(|(_, state)| state).collect() } else { Vec::new() },
            state_names: state_names.leak(),
            terminals: terminals.leak(),
            messages: messages.into_iter().map(|(.., known)| known).collect(),
            alarms: alarms.into_iter().map(|(.., known)| known).collect(),
            table: Vec::new(),
            properties: properties.leak(),
            input: schema(plan, "input")?,
            init,
            finish,
            recover,
            stored,
            config: config.map(|(settings, _)| settings),
            initial: plan.getattr("initial")?.extract()?,
            begins: plan.getattr("begins")?.unbind(),
            has_other_way: matches!(&*description.topology.name, "Ring" | "OrientedRing"),
            state_key: PyString::intern(py, "state").unbind(),
            description: Arc::new(Description::named(&name)),
        };
        this.read_rules(plan, &mut description)?;
        this.description = Arc::new(description);
        let this: &'static Class = Box::leak(Box::new(this));
        let _ = home.set(this);
        Ok(this)
    }

    fn read_rules(&mut self, plan: &Bound<'_, PyAny>, description: &mut Description) -> PyResult<()> {
        let width = self.terminals.len();
        self.table.resize_with((1 + self.messages.len() + self.alarms.len()) * width, Vec::new);
        let class = plan.getattr("cls")?;
        let rules = plan.getattr("rules")?.try_iter()?.collect::<PyResult<Vec<_>>>()?;
        for rule in &rules {
            let trigger = rule.getattr("trigger")?.cast_into::<PyTuple>()?;
            let (on, trigger) = match &*trigger.get_item(0)?.extract::<String>()? {
                "message" => {
                    let tag = trigger.get_item(1)?.extract()?;
                    (On::Message(tag), Trigger::Message(tag))
                }
                "alarm" => {
                    let tag = trigger.get_item(1)?.extract()?;
                    (On::Alarm(tag), Trigger::Alarm(tag))
                }
                _ => (On::Impulse, Trigger::Spontaneously),
            };
            let states: Vec<usize> = rule.getattr("states")?.extract()?;
            let guard = rule.getattr("guard")?;
            let (guard, shown) = match guard.is_none() {
                true => (None, None),
                false => {
                    let shown: Option<String> = rule.getattr("guard_text")?.extract()?;
                    let takes = Takes::read(&rule.getattr("guard_takes")?)?;
                    (Some(Call { code: guard.unbind(), takes }), Some(shown.unwrap_or_else(|| "..".to_owned())))
                }
            };
            let handler = text(rule, "handler")?;
            let (does, action) = match &*text(rule, "action")? {
                "ignore" => (Does::Ignore, Action::Ignore),
                "defer" => (Does::Defer { on_condition: is_on_condition(rule, &rules)? }, Action::Defer),
                "never" => (Does::Never, Action::Never),
                _ => {
                    let call = Call { code: class.getattr(&*handler)?.unbind(), takes: Takes::read(&rule.getattr("takes")?)? };
                    let changes = rule.getattr("changes")?.extract()?;
                    let does = Does::Handle(Handler { call, name: kept(&handler), changes, calls: Calls::default() });
                    (does, Action::Handle { handler, becomes: rule.getattr("becomes")?.extract()? })
                }
            };
            let places = if states.is_empty() { (0..width).collect() } else { states.clone() };
            for state in places {
                let place = self.place(on, state);
                self.table[place].push(Rule { guard: copied(plan.py(), &guard), does: does.copied(plan.py()) });
            }
            description.rules.push(RuleInfo { trigger, states, guard: shown, action, doc: text(rule, "doc")? });
        }
        if is(plan, "otherwise_ignore")? {
            for cell in &mut self.table {
                if cell.last().is_none_or(|last| last.guard.is_some()) {
                    cell.push(Rule { guard: None, does: Does::Ignore });
                }
            }
        }
        Ok(())
    }

    fn place(&self, on: On, state: usize) -> usize {
        let row = match on {
            On::Impulse => 0,
            On::Message(tag) => 1 + usize::from(tag),
            On::Alarm(tag) => 1 + self.messages.len() + usize::from(tag),
        };
        row * self.terminals.len() + state
    }

    /// The rules for that event in that state, in the order in which they are tried.
    #[inline]
    pub(crate) fn rules(&self, on: On, state: usize) -> &[Rule] {
        &self.table[self.place(on, state)]
    }

    /// The state of that node: its place among the states.
    ///
    /// # Errors
    /// If `self.state` is none of them, or carries what its type does not allow.
    #[inline]
    pub(crate) fn state_of(&self, node: &Bound<'_, PyAny>, before: usize) -> PyResult<usize> {
        if self.states.is_empty() {
            return Ok(0);
        }
        let state = node.getattr(self.state_key.bind(node.py()))?;
        match self.states.get(before) {
            Some(known) if known.member.is(&state) && known.carries.is_none() => Ok(before),
            _ => self.another_state(&state),
        }
    }

    fn another_state(&self, state: &Bound<'_, PyAny>) -> PyResult<usize> {
        let place = self.place_of(state)?;
        let Some(carried) = &self.states[place].carries else { return Ok(place) };
        if self.states[place].member.is(state) {
            let fields = carried.fields.iter().map(|field| format!("{}=..", field.name)).collect::<Vec<_>>().join(", ");
            let name = self.state_names[place];
            return Err(PyValueError::new_err(format!("`{name}` carries something: write `self.state = {name}({fields})`")));
        }
        carried.length(state)?;
        Ok(place)
    }

    /// Where a state stands among the states, whatever it carries.
    ///
    /// # Errors
    /// If it is none of them.
    pub(crate) fn place_of(&self, state: &Bound<'_, PyAny>) -> PyResult<usize> {
        let is = |state: &Bound<'_, PyAny>| self.states.iter().position(|known| known.member.is(state));
        let named = || state.getattr_opt(pyo3::intern!(state.py(), "named")).ok().flatten();
        is(state).or_else(|| is(&named()?)).ok_or_else(|| {
            let shown = state.repr().map_or_else(|_| "something else".into(), |text| text.to_string());
            PyValueError::new_err(format!("{shown} is not a state of {}; it has {}", self.name, self.state_names.join(", ")))
        })
    }

    /// Which of those types of messages or alarms it is.
    #[inline]
    pub(crate) fn tag_of(kinds: &[Struct], value: &Bound<'_, PyAny>) -> Option<u8> {
        let class = value.get_type_ptr().cast();
        kinds.iter().position(|kind| kind.class.as_ptr() == class).map(|place| place as u8)
    }

    /// The fields with which nodes are encoded.
    pub(crate) fn encoded_fields(&self) -> impl Iterator<Item = (&NodeField, &Schema)> {
        self.fields.iter().filter_map(|field| Some((field, field.schema.as_ref()?)))
    }

    /// The configuration whose values are these, one for each flag.
    pub(crate) fn make_config<'py>(&self, py: Python<'py>, values: &[Py<PyAny>]) -> PyResult<Bound<'py, PyAny>> {
        let Some(settings) = &self.config else { return Ok(py.None().into_bound(py)) };
        let named = PyDict::new(py);
        for (flag, value) in settings.flags.iter().zip(values) {
            named.set_item(flag.key.bind(py), value)?;
        }
        settings.class.bind(py).call((), Some(&named))
    }
}

/// Whether a message that this rule defers may be handled without a change of the state: a rule with a condition speaks of it in one
/// of its states, this one or another.
fn is_on_condition(rule: &Bound<'_, PyAny>, rules: &[Bound<'_, PyAny>]) -> PyResult<bool> {
    let states: Vec<usize> = rule.getattr("states")?.extract()?;
    for other in rules {
        let theirs: Vec<usize> = other.getattr("states")?.extract()?;
        let speaks = states.is_empty() || theirs.is_empty() || theirs.iter().any(|state| states.contains(state));
        if speaks && !other.getattr("guard")?.is_none() && other.getattr("trigger")?.eq(rule.getattr("trigger")?)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn copied(py: Python<'_>, call: &Option<Call>) -> Option<Call> {
    call.as_ref().map(|call| call.copied(py))
}

impl Does {
    fn copied(&self, py: Python<'_>) -> Self {
        match self {
            Does::Handle(Handler { call, name, changes, .. }) => {
                let (call, changes) = (call.copied(py), changes.clone());
                Does::Handle(Handler { call, name, changes, calls: Calls::default() })
            }
            Does::Ignore => Does::Ignore,
            Does::Defer { on_condition } => Does::Defer { on_condition: *on_condition },
            Does::Never => Does::Never,
        }
    }
}

fn read_config(plan: &Bound<'_, PyAny>) -> PyResult<Option<(Settings, Vec<Flag>)>> {
    let config = plan.getattr("config")?;
    if config.is_none() {
        return Ok(None);
    }
    let class = config.getattr("cls")?.cast_into::<PyType>()?;
    let Schema::Struct(fields) = Schema::read(&config.getattr("schema")?)? else {
        return Err(PyValueError::new_err("a configuration has fields"));
    };
    let (mut infos, mut flags) = (Vec::new(), Vec::new());
    for (flag, field) in config.getattr("flags")?.try_iter()?.zip(fields.fields) {
        let flag = flag?;
        let range: Option<(Bound<'_, PyAny>, Bound<'_, PyAny>)> = flag.getattr("range")?.extract()?;
        infos.push(Flag {
            name: field.name.into(),
            help: text(&flag, "help")?.into(),
            kind: text(&flag, "kind")?.into(),
            shrinks: is(&flag, "shrinks")?,
            range: range.as_ref().map(|(least, most)| format!("{least} to {most}").into()),
        });
        let range = range.map(|(least, most)| (least.unbind(), most.unbind()));
        flags.push(Setting {
            name: field.name,
            key: field.key,
            schema: field.schema,
            default: flag.getattr("default")?.unbind(),
            is_time: ["Duration", "Option<Duration>"].contains(&&*text(&flag, "kind")?),
            range,
        });
    }
    Ok(Some((Settings { class: class.unbind(), flags }, infos)))
}
