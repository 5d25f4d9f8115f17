"""Protocols that send models of PyTorch, for runs of real processes, which import them from here."""

import torch

from distnodes import Local, Net, Spontaneously, field, message, on, protocol


@message
class Model:
    state: dict[str, torch.Tensor]
    half: torch.Tensor
    was: float


def total(state: dict[str, torch.Tensor]) -> float:
    return sum(float(tensor.double().sum()) for _, tensor in sorted(state.items()))


def linear() -> torch.nn.Module:
    torch.manual_seed(1)
    return torch.nn.Linear(4, 3)


@protocol(links="reliable")
class SendThenStep:
    """Sends the parameters of a model, and makes a step with them in the same handler."""

    model: Local[torch.nn.Module] = field(default_factory=linear)
    is_what_it_was: bool = False
    half: torch.Tensor | None = None

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        optimizer = torch.optim.SGD(self.model.parameters(), lr=0.5)
        state = self.model.state_dict()
        before = total(state)
        half = torch.arange(6).reshape(2, 3).to(torch.bfloat16)
        net.send_to_all(Model(state, half.T, before))
        half += 1
        self.model(torch.ones(4)).sum().backward()
        optimizer.step()
        assert total(state) != before

    @on(Model)
    def hear(self, msg: Model) -> None:
        self.is_what_it_was = total(msg.state) == msg.was
        assert not any(tensor.requires_grad for tensor in msg.state.values())
        self.half = msg.half
        self.model.load_state_dict(msg.state)


@message
class Whole:
    parameter: torch.Tensor


@protocol(links="reliable")
class SendsParameters:
    """Sends what has a gradient, and changes what comes, which others have too."""

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Whole(torch.nn.Parameter(torch.zeros(3))))

    @on(Whole)
    def hear(self, msg: Whole) -> None:
        msg.parameter.add_(1)
