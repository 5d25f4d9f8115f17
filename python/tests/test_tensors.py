"""Tensors of PyTorch in messages and fields."""

import pytest

import distnodes as nodes

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch


@pytest.mark.parametrize("engine", [nodes.simulate, nodes.run])
def test_parameters_are_what_they_were_when_sent(engine):
    import torching

    ended = engine(torching.SendThenStep, "star:3", seed=1, initiators=0)
    assert ended.ok, ended.explanation
    assert [node.is_what_it_was for node in ended.nodes] == [False, True, True]
    for node in ended.nodes[1:]:
        assert node.half.dtype == torch.bfloat16
        assert node.half.is_contiguous()
        assert torch.equal(node.half, torch.arange(6).reshape(2, 3).to(torch.bfloat16).T)


def test_who_changes_a_tensor_is_found():
    import torching

    assert nodes.simulate(torching.SendsParameters, "star:3", seed=1, initiators=0).ok
    with pytest.raises(nodes.NodeFailed) as failed:
        nodes.simulate(torching.SendsParameters, "star:3", seed=1, initiators=0, check_payloads=True)
    assert "SendsParameters.hear has changed `Whole.parameter`" in str(failed.value.__cause__)


def test_given_tensors_are_not_copied():
    weights = torch.nn.Parameter(torch.zeros(3))
    given = nodes.give(weights)
    assert given.data_ptr() == weights.data_ptr()
    assert not given.requires_grad


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16", "int64", "uint8", "bool", "complex64"])
def test_encoded_and_decoded(dtype):
    tensor = torch.arange(6).reshape(2, 3).to(getattr(torch, dtype))
    decoded = nodes._native.array_decoded(nodes._native.array_encoded(tensor))
    assert decoded.dtype == tensor.dtype
    assert torch.equal(decoded, tensor)
