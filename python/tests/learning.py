"""Protocols that send models, for runs of real processes, which import them from here."""

import resource
from typing import Any

import numpy as np
import tensors
from numpy.typing import NDArray

import distnodes as nodes
from distnodes import Array, Local, Net, Port, Spontaneously, field, finish, message, on, protocol

X = np.random.default_rng(1).normal(size=(60, 4))
# Three classes: the coefficients of two are a new array after each step.
Y = (X @ [1, -1, 2, 0] > 0).astype(int) + (X[:, 3] > 0)


@message
class Coefficients:
    coef: NDArray[np.float64]
    intercept: NDArray[np.float64]
    was: float
    """What the sum was when it was sent."""


@protocol(links="reliable")
class SendThenFit:
    """Sends the coefficients of a model, and trains it further in the same step."""

    model: Local[Any] = None
    is_what_it_was: bool = False
    coef: Array | None = None

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        # Here, as it takes seconds to import.
        from sklearn.linear_model import SGDClassifier

        self.model = SGDClassifier(random_state=1)
        self.model.partial_fit(X, Y, classes=[0, 1, 2])
        coef = self.model.coef_
        before = float(coef.sum())
        net.send_to_all(Coefficients(coef, self.model.intercept_, before))
        self.model.partial_fit(X[::-1], Y[::-1])
        # The model trains in place: what was sent would have changed.
        assert self.model.coef_ is coef
        assert float(coef.sum()) != before

    @on(Coefficients)
    def hear(self, msg: Coefficients) -> None:
        self.is_what_it_was = float(msg.coef.sum()) == msg.was and not msg.coef.flags.writeable
        self.coef = msg.coef


@message
class Parameters:
    tensors: dict[str, tensors.Tensor]
    was: float


@protocol(links="reliable")
class SendThenStep:
    """The same with a dict of tensors; what comes is passed on."""

    is_what_it_was: bool = False
    count: int = 0
    kept: dict[str, tensors.Tensor] = field(default_factory=dict)

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        parameters = {"weight": np.ones((3, 2), "float32"), "bias": np.ones(2, "float32")}
        state = {name: tensors.Tensor(array) for name, array in parameters.items()}
        state["half"] = tensors.Tensor(np.array([1, 2], "uint16"), dtype="bfloat16")
        net.send_to_all(Parameters(state, 8.0))
        for array in parameters.values():
            array += 1

    @on(Parameters)
    def hear(self, msg: Parameters, net: Net, sender: Port) -> None:
        if self.count == 0:
            net.send_to_all(Parameters(msg.tensors, msg.was))
        self.count += 1
        state = msg.tensors
        total = float(state["weight"].numbers.sum() + state["bias"].numbers.sum())
        self.is_what_it_was = total == msg.was and state["half"].dtype == "tensors.bfloat16"
        self.kept = state


@message
class Weights:
    w: Array


@protocol(links="reliable", max_message="48 MiB", initiators="one")
class LargeModel:
    """A model of 45 MB goes to a neighbour and comes back."""

    seconds: float = 0.0
    sum: float = 0.0

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        self.seconds = net.now
        net.send(0, Weights(nodes.give(np.arange(11_250_000, dtype="float32"))))

    @on(Weights)
    def hear(self, msg: Weights, sender: Port, net: Net) -> None:
        self.sum = float(msg.w.sum(dtype="float64"))
        if self.seconds == 0.0:
            net.send(sender, msg)
        self.seconds = net.now - self.seconds

    @finish
    def end(self, net: Net) -> None:
        net.report("peak_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


@protocol(links="reliable")
class OnDevice:
    """Sends a tensor that lies on a device."""

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Weights(tensors.Tensor(np.ones(3), tensors.CUDA)))

    @on(Weights)
    def hear(self, msg: Weights) -> None:
        pass
