"""The weights of models: of estimators of scikit-learn, and of modules of PyTorch."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from ._averages import Weights, differ

_ARRAYS = ("coef_", "intercept_")
_LISTS = ("coefs_", "intercepts_")


def parameters(model: Any) -> dict[str, Any]:
    """The weights of a model by name, each a copy, which goes on as it is while the model learns.

    Of an estimator of scikit-learn: `coef_` and `intercept_`, or of each layer `coefs_.0`, `intercepts_.0`, .., as
    arrays. Of a module of PyTorch: all that its `state_dict` has, buffers among it, as tensors on the device that they
    are on.

    Raises:
        ValueError: If the estimator has no weights yet (see `prepare`), or keeps averages of them besides.
        TypeError: If the model is neither.
    """
    if _is_module(model):
        return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
    return {name: np.array(value) for name, _, _, value in _weights(model)}


def load(model: Any, weights: Weights) -> None:
    """Gives a model weights that `parameters` has read of one like it: copies, in the types that the model's own have.

    Raises:
        ValueError: If names or shapes differ from the model's, of which nothing has changed then; or as `parameters`.
        TypeError: As `parameters`.
    """
    name = type(model).__name__
    if _is_module(model):
        torch: Any = sys.modules["torch"]
        own = model.state_dict()
        differ("load: what is given", weights, name, own)
        with torch.no_grad():
            for key, tensor in own.items():
                value = weights[key]
                tensor.copy_(value if isinstance(value, torch.Tensor) else torch.tensor(np.array(value)))
        return
    places = list(_weights(model))
    differ("load: what is given", weights, name, {key: value for key, _, _, value in places})
    for key, attribute, layer, value in places:
        given = np.array(weights[key], dtype=np.asarray(value).dtype, order="C")
        if layer is None:
            # An intercept may be a number.
            setattr(model, attribute, given if isinstance(value, np.ndarray) else given[()])
        else:
            getattr(model, attribute)[layer] = given


def prepare(model: Any, features: int, classes: npt.ArrayLike | None = None) -> None:
    """Gives an estimator of scikit-learn its first weights, before it has learned.

    `parameters`, `load`, `predict` and `partial_fit` can be called then, the last one without `classes`.

    Those of linear models are 0.  Those of a `MLPClassifier` or a `MLPRegressor` are drawn, as they draw them
    themselves: give it `random_state=net.bits()`, or the same number at all nodes for equal beginnings.

    Args:
        model: The estimator.
        features: How many features a sample has.
        classes: Of a classifier, all classes that there are, those among them that this node will not see.

    Raises:
        ValueError: If the model has weights; if classes are given to what is no classifier, or fewer than two to one.
        TypeError: If it is another model: let it fit any samples instead.
    """
    name = type(model).__name__
    if any(getattr(model, attribute, None) is not None for attribute in (*_ARRAYS, *_LISTS)):
        raise ValueError(f"prepare: this {name} has weights; `load` gives it others")
    known = None if classes is None else np.unique(classes)
    is_classifier = _is_classifier(model)
    if is_classifier and (known is None or len(known) < 2):
        raise ValueError(f"prepare: {name} is a classifier: give all classes that there are, two at least")
    if not is_classifier and known is not None:
        raise ValueError(f"prepare: {name} is no classifier: leave `classes` out")
    if any(cls.__module__.startswith("sklearn.neural_network") for cls in type(model).__mro__):
        return _prepare_layers(model, features, known)
    if not any(cls.__module__.startswith("sklearn.linear_model") for cls in type(model).__mro__):
        raise TypeError(f"prepare: how a {name} begins is not known here: let it fit any samples instead")
    model.n_features_in_ = features
    if known is None:
        model.coef_, model.intercept_ = np.zeros(features), np.zeros(1)
    else:
        rows = 1 if len(known) == 2 else len(known)
        model.classes_ = known
        model.coef_, model.intercept_ = np.zeros((rows, features)), np.zeros(rows)
    return None


def _is_classifier(model: Any) -> bool:
    from sklearn.base import is_classifier  # is no part of what this package needs

    return bool(is_classifier(model))


def _prepare_layers(model: Any, features: int, classes: Any) -> None:
    """Lets it draw its weights, by a step of learning that is too short to move them."""
    own = {name: getattr(model, name) for name in ("learning_rate_init", "early_stopping", "solver")}
    model.set_params(learning_rate_init=1e-300, early_stopping=False, solver="sgd")
    try:
        if classes is None:
            model.partial_fit(np.zeros((1, features)), np.zeros(1))
        else:
            model.partial_fit(np.zeros((len(classes), features)), classes, classes=classes)
    finally:
        model.set_params(**own)
    del model._optimizer
    model.t_, model.n_iter_, model.loss_curve_, model.best_loss_ = 0, 0, [], np.inf


def _is_module(model: Any) -> bool:
    torch: Any = sys.modules.get("torch")
    return torch is not None and isinstance(model, torch.nn.Module)


def _weights(model: Any) -> Iterator[tuple[str, str, int | None, Any]]:
    """The weights of an estimator: the name of each, its attribute, the place if that is a list, and itself."""
    name = type(model).__name__
    if not hasattr(model, "get_params"):
        raise TypeError(f"{name} is neither an estimator of scikit-learn nor a module of PyTorch")
    if getattr(model, "average", False) is not False:
        raise ValueError(f"{name}(average={model.average}) learns by other weights than `coef_`: write `average=False`")
    found = False
    for attribute in _ARRAYS:
        value = getattr(model, attribute, None)
        if value is not None:
            found = True
            yield attribute, attribute, None, value
    for attribute in _LISTS:
        for layer, value in enumerate(getattr(model, attribute, [])):
            found = True
            yield f"{attribute}.{layer}", attribute, layer, value
    if not found:
        raise ValueError(
            f"this {name} has no weights: before it learns, `nodes.learn.prepare(model, features, ..)` gives it some"
        )
