"""What learning over a network needs besides a protocol: data for each node, weights of models, averages, seeds, churn.

It needs NumPy; models may be those of scikit-learn or PyTorch.
"""

try:
    import numpy as _numpy  # noqa: F401
except ImportError as missing:
    raise ImportError("`nodes.learn` needs NumPy: `pip install numpy`") from missing

from ._averages import Weights, average, consensus_distance, coordinate_median, trimmed_mean
from ._churn import Churn, churn
from ._mixing import mixing, spectral_gap
from ._models import load, parameters, prepare
from ._partition import partition
from ._seeds import seeded, torch_generator

__all__ = [
    "Churn",
    "Weights",
    "average",
    "churn",
    "consensus_distance",
    "coordinate_median",
    "load",
    "mixing",
    "parameters",
    "partition",
    "prepare",
    "seeded",
    "spectral_gap",
    "torch_generator",
    "trimmed_mean",
]
