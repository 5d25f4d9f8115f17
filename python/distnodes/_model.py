"""The rules of a protocol, as they stand in its class and its bases: STATE x EVENT -> ACTION."""

from __future__ import annotations

from collections.abc import Iterator
from types import FunctionType
from typing import Any, NamedTuple

from ._fields import Declared, declared_fields
from ._mistakes import Mistakes
from ._options import Options
from ._place import Place
from ._records import is_kind
from ._rules import Clause, Spontaneously, clauses_of
from ._scan import Scans, function_of, scans_of
from ._schema import NoSchema, Schema, resolve, schema_of
from ._states import State, States, states_of

RULES_OF_METHODS = ("on", "when")
RULES_OF_CLASSES = ("ignore", "defer", "never")
PROPERTIES = ("always", "finally_")
LIFE = ("init", "recover", "finish")


class Method(NamedTuple):
    """Something that a class binds, which may be a method."""

    name: str
    owner: type
    value: Any

    @property
    def line(self) -> int | None:
        """Where it stands."""
        function = function_of(getattr(self.value, "fget", self.value))
        return function.__code__.co_firstlineno if function else None

    @property
    def path(self) -> str | None:
        """The file in which it stands."""
        function = function_of(self.value)
        return function.__code__.co_filename if function else None

    @property
    def is_handler(self) -> bool:
        """Whether it has a rule."""
        return any(clause.word in RULES_OF_METHODS for clause in clauses_of(self.value))


class RuleOf(NamedTuple):
    """A rule, as it was written."""

    event: Any
    """The class of a message or alarm, or `Spontaneously`."""
    states: tuple[State, ...] | None
    """`None`: every state that is not terminal and that no other rule of the event names."""
    clause: Clause
    owner: type
    method: Method | None
    """`None` for one that is declared on the class."""

    @property
    def guard(self) -> Any:
        """The condition."""
        return self.clause.guard

    @property
    def action(self) -> Any:
        """What it does."""
        return "handle" if self.method else self.clause.word

    @property
    def name(self) -> str:
        """The name of its method; empty if there is none."""
        return self.method.name if self.method else ""


class Model:
    """A protocol as it was written; what cannot be read is left out, and is among the mistakes."""

    def __init__(self, cls: type, options: Options, broken: set[str], place: Place, mistakes: Mistakes) -> None:
        self.cls = cls
        self.name = cls.__name__
        self.options = options
        self.broken = broken
        """The names of options that could not be read."""
        self.place = place
        self.mistakes = mistakes
        self.methods: dict[str, Method] = {}
        self.overridden: list[tuple[Method, Method]] = []
        """Methods with what takes their place, where that has no decorator of ours."""
        self.rules: list[RuleOf] = []
        """Those of methods first, then those of classes; each in the order of the source, those of a base first."""
        self.messages: list[type] = []
        """In the order in which rules first mention them, which is that of their tags."""
        self.alarms: list[type] = []
        self.faulty: list[Any] = []
        """Events of which a rule could not be read, so that nothing is said of what is missing."""
        self.names_are_mixed = False
        """A name of one state means another, so that no rule is what it looks like."""
        self.otherwise_ignore = False
        self.properties: list[tuple[str, Method]] = []
        self.life: dict[str, list[Method]] = {word: [] for word in LIFE}
        self.declared: list[Declared] = list(declared_fields(cls, place))
        self._fields = {field.name for field in self.declared}
        self.state_class = self._state_class()
        self._collect()

    @property
    def states(self) -> tuple[State, ...]:
        """All states, in order; none if there is no field `state`."""
        return tuple(self.state_class) if self.state_class else ()

    @property
    def begins(self) -> State | None:
        """The state in which a node begins, with what it carries."""
        default = next((field.default for field in self.declared if field.name == "state"), None)
        return default if isinstance(default, State) else None

    @property
    def initial(self) -> State | None:
        """The same, as rules name it."""
        return self.begins.named if self.begins else None

    def carried(self, state: State) -> tuple[tuple[str, Schema], ...]:
        """What a state carries: names and schemas.

        Raises:
            NoSchema: If something of it has no codec; the text names it.
        """
        found = []
        for name, written in state.carries.items():
            try:
                found.append((name, schema_of(resolve(written, type(state), self.place))))
            except NoSchema as problem:
                raise NoSchema(f"`{name}` of the state `{state.name}`: {problem}") from None
        return tuple(found)

    def one_life(self, word: str) -> Method | None:
        """The method with `@init`, `@recover` or `@finish`."""
        return self.life[word][0] if self.life[word] else None

    def of_event(self, event: Any) -> list[RuleOf]:
        """The rules of an event."""
        return [rule for rule in self.rules if rule.event is event]

    def named(self, event: Any) -> set[State]:
        """The states that rules of the event without a condition name."""
        return {state for rule in self.of_event(event) if rule.guard is None for state in rule.states or ()}

    def undecided_but(self, states: set[State]) -> tuple[State, ...]:
        """All states that are not terminal, but these."""
        return tuple(state for state in self.states if not state.is_terminal and state not in states)

    def applies_in(self, rule: RuleOf) -> tuple[State, ...]:
        """The states in which a rule applies, in their order."""
        if rule.states is not None:
            return tuple(sorted(set(rule.states), key=lambda state: state.index))
        return self.undecided_but(self.named(rule.event) if rule.guard is None else set())

    def has_condition(self, event: Any, state: State | None) -> bool:
        """Whether a rule with a condition is for the event in that state, or in any, if it is `None`."""
        guarded = [rule for rule in self.of_event(event) if rule.guard is not None]
        return any(state is None or rule.states is None or state in rule.states for rule in guarded)

    def waits_for_condition(self, rule: RuleOf) -> bool:
        """Whether a message that the rule defers may be let through without a change of the state's name."""
        states = (None,) if rule.states is None else rule.states
        return rule.action == "defer" and any(self.has_condition(rule.event, state) for state in states)

    def scans(self) -> Scans:
        """What each method does, as far as its source can be had."""
        return scans_of(self.cls, self.methods)

    def _state_class(self) -> type[State] | None:
        field = next((field for field in self.declared if field.name == "state"), None)
        found: Any = field.type if field else None
        return found if isinstance(found, type) and issubclass(found, State) else None

    def _collect(self) -> None:
        for owner in reversed(self.cls.__mro__[:-1]):
            for name, value in vars(owner).items():
                self._bind(Method(name, owner, value))
        for method in self.methods.values():
            for clause in clauses_of(method.value):
                self._method_clause(method, clause)
        for owner in reversed(self.cls.__mro__[:-1]):
            for clause in vars(owner).get("__nodes_clauses__", ()):
                self._class_clause(owner, clause)
        self._yield_to_derived()

    def _bind(self, method: Method) -> None:
        before = self.methods.get(method.name)
        if before and clauses_of(before.value) and not clauses_of(method.value):
            self.overridden.append((before, method))
        elif before or clauses_of(method.value) or (function_of(method.value) and method.name not in self._fields):
            self.methods[method.name] = method

    def _method_clause(self, method: Method, clause: Clause) -> None:
        if clause.word in RULES_OF_METHODS:
            self._rule(clause, method.owner, method)
        elif clause.word in PROPERTIES:
            self.properties.append((clause.word, method))
        elif clause.word in LIFE:
            self.life[clause.word].append(method)
        else:
            text = f"`@{clause.word}` has no handler: it stands on the class, below `@protocol`"
            self._at(clause, text, method.name)
            self.faulty.append(clause.event)

    def _class_clause(self, owner: type, clause: Clause) -> None:
        if clause.word == "otherwise_ignore":
            self.otherwise_ignore = True
        elif clause.word not in RULES_OF_CLASSES:
            self._at(clause, f"`@{clause.word}` stands on a method")
            self.faulty.append(clause.event)
        elif clause.event is Spontaneously:
            self._at(clause, "an impulse that no rule answers does nothing: leave this out")
        elif clause.word == "defer" and is_kind(clause.event, "alarm"):
            self._at(clause, "an alarm is not deferred; set it again: `net.set_alarm(..)`")
        else:
            self._rule(clause, owner, None)

    def _rule(self, clause: Clause, owner: type, method: Method | None) -> None:
        """Reads a clause, and registers its event even if the rest is wrong."""
        wrong = wrong_event(clause)
        if wrong:
            self._at(clause, wrong, method.name if method else None)
            self.faulty.append(clause.event)
            return
        events = self.alarms if is_kind(clause.event, "alarm") else self.messages
        if clause.event is not Spontaneously and clause.event not in events:
            events.append(clause.event)
        wrong = self._wrong_states(clause)
        if wrong:
            self._at(clause, wrong, method.name if method else None)
            self.faulty.append(clause.event)
            return
        states = None if clause.states is None else states_of(clause.states)
        self.rules.append(RuleOf(clause.event, states, clause, owner, method))

    def _wrong_states(self, clause: Clause) -> str | None:
        written = clause.states
        if written is None:
            return None
        if written is self.state_class:
            return "without `in_` a rule is for every state that is not terminal; leave `in_` out"
        if not isinstance(written, State | States):
            example = self.states[0].name if self.states else "Asleep"
            if _holds_states(written):
                return f"states are joined by `|`: `in_={' | '.join(state.name for state in written)}`"
            return f"`in_={written!r}` is no state; write the state itself: `in_={example}`"
        carried = next((state for state in states_of(written) if state.named is not state), None)
        if carried is not None:
            return f"a rule names a state without what it carries: `in_={carried.name}`"
        foreign = next((state for state in states_of(written) if type(state) is not self.state_class), None)
        if foreign is None or self.state_class is None:
            return None  # that there is no field `state` is said of the class
        own, other = self.state_class.__qualname__, type(foreign).__qualname__
        return f"`{foreign.name}` is a state of `{other}`, but the states of `{self.name}` are those of `{own}`"

    def _yield_to_derived(self) -> None:
        """A declaration of a base holds in the states for which no derived class has a rule of its own."""
        kept = []
        for rule in self.rules:
            if rule.method is None and rule.owner is not self.cls:
                taken = {
                    state
                    for other in self.of_event(rule.event)
                    if other.guard is None and issubclass(other.owner, rule.owner) and other.owner is not rule.owner
                    for state in self.applies_in(other)
                }
                left = tuple(state for state in self.applies_in(rule) if state not in taken)
                if taken and not left:
                    continue
                rule = rule._replace(states=left) if taken else rule
            kept.append(rule)
        self.rules = kept

    def at(self, method: Method, text: str, line: int | None = None) -> None:
        """A mistake in a method."""
        self.mistakes.add(text, line or method.line, method.name, method.path)

    def _at(self, clause: Clause, text: str, method: str | None = None) -> None:
        self.mistakes.add(text, clause.line, method, clause.path)


def takes(function: FunctionType) -> tuple[str, ...]:
    """The parameters after the first that are given by position and have no default."""
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    return names[1 : len(names) - len(function.__defaults__ or ())]


def _holds_states(written: Any) -> bool:
    some = isinstance(written, tuple | list | set | frozenset) and bool(written)
    return some and all(isinstance(state, State) for state in written)


def wrong_event(clause: Clause) -> str | None:
    """Why that cannot be the event of such a rule."""
    event, word = clause.event, clause.word
    if event is None:
        return f"which event, in which states? write `@{word}({'Alarm' if word == 'when' else 'Message'}, in_=State)`"
    if event is Spontaneously:
        return "the impulse is no alarm: write `@on(Spontaneously, in_=..)`" if word == "when" else None
    if isinstance(event, State):
        return f"a rule begins with its event: write `@{word}(Message, in_={event.name})`"
    if not isinstance(event, type):
        name = type(event).__name__
        if is_kind(type(event), "message") or is_kind(type(event), "alarm"):
            return f"a rule is for all messages of a class: write `@{word}({name}, ..)`"
        return f"`{event!r}` is no event; write the class of a message: `@{word}(Forth, in_=Candidate)`"
    name = event.__name__
    if "__dataclass_params__" in vars(event) and word != "when":
        return f"`{name}` is not a message: write `@nodes.message` above its class, in place of `@dataclass`"
    if is_kind(event, "alarm"):
        return f"`{name}` is an alarm: write `@when({name}, ..)`" if word == "on" else None
    if is_kind(event, "message"):
        return f"`{name}` is a message: write `@on({name}, ..)`" if word == "when" else None
    if is_kind(event, "data"):
        return f"`{name}` is data, which does not travel by itself: write `@nodes.message` above its class"
    kind = "an alarm" if word == "when" else "a message"
    return f"`{name}` is not {kind}: write `@nodes.{kind.split()[1]}` above its class"


def in_order(model: Model) -> Iterator[RuleOf]:
    """The rules in the order in which they are tried: event by event, those with a condition first."""

    def place(rule: RuleOf) -> tuple[Any, ...]:
        if rule.event is Spontaneously:
            event = (0, 0)
        elif rule.event in model.messages:
            event = (1, model.messages.index(rule.event))
        else:
            event = (2, model.alarms.index(rule.event))
        return (event, rule.guard is None, rule.states is None)

    return iter(sorted(model.rules, key=place))
