"""Leader election among nodes that may crash: the bully.

*Problem.* The live nodes agree on one of them, the leader: here the one with the largest id.

*Model.* A complete graph whose nodes know their neighbours' ids; synchronous: messages arrive and are answered in
time, or the other has crashed; any nodes start on their own, for instance since the old leader does not answer.

*Idea.* Who looks for a leader asks all with larger ids.  Whoever is asked says that it is alive, and asks in turn.
Who hears from nobody larger in time leads, and tells the others.  Who has heard from someone larger, but then of no
leader in time, asks again.

*Limits.* No node watches the leader, as all nodes do in the paper.  If the leader crashes while it tells the others,
the nodes that it has told follow it, and those that it has not told ask them for ever: `check bully --initiators all
--synchronous 100ms --faults crashes=1` shows how.

*Cost.* Without failures, if a - 1 ids are larger than the initiator's: a(a - 1)/2 questions, as many answers, n - 1
to notify.

*Source.* Garcia-Molina, Elections in a distributed computing system, IEEE Transactions on Computers 31(1), 1982.
"""

from __future__ import annotations

import distnodes as nodes
from distnodes import (
    Id,
    Net,
    Port,
    Spontaneously,
    World,
    always,
    auto,
    finally_,
    ignore,
    never,
    on,
    protocol,
    terminal,
    when,
)


@nodes.message
class Election:
    """Is anybody larger alive?"""


@nodes.message
class Ok:
    """Yes; wait for the leader."""


@nodes.message
class Coordinator:
    """The sender leads."""


@nodes.alarm
class Timeout:
    """Nothing was heard in time."""


class State(nodes.State):
    """What a node is."""

    Idle = auto("Has not heard of the election.")
    Asking = auto("Has asked those with larger ids.")
    Waiting = auto("Knows that someone larger is alive.")
    Leader = terminal("Has the largest id of those alive.")
    Follower = terminal("Knows the leader.")


Idle, Asking, Waiting, Leader, Follower = State

ANSWER = 0.5
"""How long a question and its answer may take, in seconds: generous, since a node that is late counts as crashed."""

RESULT = 2.0
"""How long those above may take to find the leader, in seconds: each of them may wait for an answer."""


@protocol(
    topology="Complete",
    knows=("neighbour_ids",),
    problem="leader election",
    cost="a(a - 1) + n - 1 messages without failures, where the a-th largest id starts",
    source="Garcia-Molina 1982",
)
@never(Ok, in_=Idle)
@ignore(Ok, in_=Waiting)
class Bully:
    """Election where the largest live node takes over."""

    state: State = Idle
    leader: Id | None = None

    @on(Spontaneously, in_=Idle)
    @when(Timeout, in_=Waiting)
    def ask(self, net: Net) -> None:
        larger = [port for port in net.ports if net.id_of(port) > net.id]
        self.state = Asking
        if larger:
            net.send_to(larger, Election())
            net.set_alarm(ANSWER, Timeout())
        else:
            self.lead(net)

    @on(Election, in_=Idle)
    def answer_and_ask(self, sender: Port, net: Net) -> None:
        self.answer(sender, net)
        self.ask(net)

    @on(Election, in_=Asking | Waiting | Leader | Follower)
    def answer(self, sender: Port, net: Net) -> None:
        net.send(sender, Ok())

    @on(Ok, in_=Asking)
    def wait(self, net: Net) -> None:
        net.restart(RESULT, Timeout())
        self.state = Waiting

    @when(Timeout, in_=Asking)
    def lead(self, net: Net) -> None:
        smaller = [port for port in net.ports if net.id_of(port) < net.id]
        net.send_to(smaller, Coordinator())
        self.leader = net.id
        self.state = Leader

    @on(Coordinator, in_=Idle | Asking | Waiting)
    def follow(self, sender: Port, net: Net) -> None:
        net.cancel(Timeout)
        self.leader = net.id_of(sender)
        self.state = Follower

    @always
    def at_most_one_leader(world: World) -> bool:
        """Never two live leaders."""
        return world.count(Leader) <= 1

    @finally_
    def elected(world: World) -> bool:
        """When all is quiet, none but the largest live node leads, and all follow it or a crashed leader."""
        largest = max((node.id for node in world.correct), default=None)
        leaders = [node.id for node in world.in_state(Leader)]
        crashed = [node.id for node in world.nodes if not node.alive]
        follows = all(node.leader in leaders or node.leader in crashed for node in world.correct)
        return all(leader == largest for leader in leaders) and follows
