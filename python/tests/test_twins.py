"""The twins in `examples/` say what the catalogue says: `catalogue.json` has what `describe` shows of it."""

import json

import pytest
from twins import HERE, NAMES, twin

from distnodes import Plan, plan_of

CATALOGUE = json.loads((HERE / "catalogue.json").read_text())


def plan_of_twin(name: str) -> Plan:
    return plan_of(twin(name))


def test_every_algorithm_has_a_twin():
    assert set(CATALOGUE) == set(NAMES) - {"first"}


@pytest.mark.parametrize("name", NAMES)
def test_it_loads_without_a_warning(name, recwarn):
    assert plan_of_twin(name).properties
    assert not recwarn.list


@pytest.mark.parametrize("name", CATALOGUE)
def test_states_are_those_of_rust_in_its_order(name):
    states = plan_of_twin(name).states
    assert [state.name + "*" * state.terminal for state in states] == CATALOGUE[name]["states"]
    assert all(state.doc for state in states)


@pytest.mark.parametrize("name", CATALOGUE)
def test_messages_have_the_tags_and_fields_of_rust(name):
    found = [[kind.name, kind.schema_text.strip("{}")] for kind in plan_of_twin(name).messages]
    # A `usize` travels as a `u64`.
    fields = [[message, ",".join(":".join(field) for field in of)] for message, of in CATALOGUE[name]["messages"]]
    assert found == [[message, text.replace("usize", "u64")] for message, text in fields]


@pytest.mark.parametrize("name", CATALOGUE)
def test_rules_are_those_of_rust_in_its_order(name):
    plan = plan_of_twin(name)
    assert plan.topology == CATALOGUE[name]["topology"]
    events = [("impulse",)]
    events += [("message", tag) for tag in range(len(plan.messages))]
    events += [("alarm", tag) for tag in range(len(plan.alarms))]
    names = ["Spontaneously", *(kind.name for kind in (*plan.messages, *plan.alarms))]
    assert names == list(CATALOGUE[name]["rules"])
    for event, event_name in zip(events, names, strict=True):
        for state, expected in CATALOGUE[name]["rules"][event_name].items():
            assert rules_in(plan, event, state) == [rule for rule in expected if rule not in ("late", "·")]


def rules_in(plan: Plan, event: tuple[object, ...], state: str) -> list[str]:
    """The rules that are tried for an event in a state, in order, as the table shows them."""
    index = [info.name for info in plan.states].index(state)
    rules = [rule for rule in plan.rules if rule.trigger == event and index in rule.states]
    return [(rule.handler or rule.action) + (" if" if rule.guard else "") for rule in rules]


@pytest.mark.parametrize("name", CATALOGUE)
def test_properties_are_those_of_rust(name):
    plan = plan_of_twin(name)
    assert [[found.name, found.when] for found in plan.properties] == CATALOGUE[name]["properties"]
    assert all(found.doc for found in plan.properties)


def test_what_a_flag_may_be_is_in_its_annotation():
    plan = plan_of_twin("lamport")
    assert plan.config
    (flag,) = plan.config.flags
    assert (flag.name, flag.help, flag.kind, flag.default) == ("requests", "How often each node enters.", "u32", 2)
    assert flag.range == (0, 1_000_000)
    assert flag.shrinks
    assert plan.config.default.requests == 2


def test_the_condition_is_shown_as_written():
    rules = [rule for rule in plan_of_twin("controlled_distance").rules if rule.guard]
    assert [rule.guard_text for rule in rules] == [
        "msg.origin < net.id",
        "self.leader == msg.origin and msg.limit > 1",
    ]
    assert [rule.guard_takes for rule in rules] == [("msg", "net"), ("msg",)]


def test_what_waits_for_a_condition_in_one_state_waits_so_in_all_states_of_its_rule():
    (rule,) = (rule for rule in plan_of_twin("ricart_agrawala").rules if rule.action == "defer")
    assert rule.states == (1, 2)
    assert rule.waits_for_condition
