"""The weights of estimators of scikit-learn."""

import warnings

import pytest

import distnodes as nodes

np = pytest.importorskip("numpy")
pytest.importorskip("sklearn")
from sklearn.cluster import KMeans  # noqa: E402
from sklearn.datasets import load_digits  # noqa: E402
from sklearn.linear_model import (  # noqa: E402
    LinearRegression,
    LogisticRegression,
    Perceptron,
    Ridge,
    SGDClassifier,
    SGDRegressor,
)
from sklearn.neural_network import MLPClassifier, MLPRegressor  # noqa: E402

learn = nodes.learn
X, Y = load_digits(return_X_y=True)
X, Y = X[:600] / 16, Y[:600]

CLASSIFIERS = {
    "sgd": lambda: SGDClassifier(random_state=1),
    "log": lambda: SGDClassifier(loss="log_loss", random_state=1),
    "perceptron": lambda: Perceptron(random_state=1),
    "logistic": lambda: LogisticRegression(max_iter=20),
    "layers": lambda: MLPClassifier(hidden_layer_sizes=(20,), random_state=1, max_iter=5),
}
REGRESSORS = {
    "sgd": lambda: SGDRegressor(random_state=1),
    "least squares": LinearRegression,
    "through the origin": lambda: Ridge(fit_intercept=False),
    "layers": lambda: MLPRegressor(hidden_layer_sizes=(20,), random_state=1, max_iter=5),
}
ALL = {**{f"{name} classifier": make for name, make in CLASSIFIERS.items()}, **REGRESSORS}


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        # A few epochs do not converge; some estimators are on their way out.
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("name", ALL)
def test_a_model_with_the_weights_of_another_says_what_that_says(name):
    make, half = ALL[name], len(X) // 2
    one, other = make().fit(X[:half], Y[:half]), make().fit(X[half:], Y[half:])
    assert not np.array_equal(one.predict(X), other.predict(X))
    weights = learn.parameters(one)
    learn.load(other, weights)
    assert np.array_equal(one.predict(X), other.predict(X))
    assert {key: value.dtype for key, value in learn.parameters(other).items()} == {
        key: value.dtype for key, value in weights.items()
    }
    # They share nothing with the model that learned, nor with the one that was given them.
    for value in weights.values():
        value[...] = 7
    assert np.array_equal(one.predict(X), other.predict(X))


@pytest.mark.parametrize("name", [name for name in ALL if hasattr(ALL[name](), "partial_fit")])
def test_weights_that_were_read_stay_while_the_model_learns(name):
    model = ALL[name]()
    learn.prepare(model, 64, np.arange(10) if "classifier" in name else None)
    model.partial_fit(X[:300], Y[:300])
    read = learn.parameters(model)
    kept = {key: value.copy() for key, value in read.items()}
    model.partial_fit(X[300:], Y[300:])
    assert all(np.array_equal(read[key], kept[key]) for key in read)
    assert not all(np.array_equal(value, kept[key]) for key, value in learn.parameters(model).items())


@pytest.mark.parametrize("name", [name for name in ALL if hasattr(ALL[name](), "partial_fit")])
def test_a_prepared_model_learns_as_one_that_was_not(name):
    classes = np.arange(10) if "classifier" in name else None
    prepared, plain = ALL[name](), ALL[name]()
    learn.prepare(prepared, 64, classes)
    begin = learn.parameters(prepared)
    for _ in range(3):
        prepared.partial_fit(X, Y)
        plain.partial_fit(X, Y, classes=classes) if classes is not None else plain.partial_fit(X, Y)
    own, theirs = learn.parameters(prepared), learn.parameters(plain)
    if "layers" not in name:
        assert all(np.array_equal(own[key], theirs[key]) for key in theirs)
        return
    # Layers draw more numbers; where they begin is the same.
    fresh = _draws(plain).fit(X, Y)
    assert all(np.array_equal(begin[key], value) for key, value in learn.parameters(fresh).items())
    for _ in range(40):
        prepared.partial_fit(X, Y)
    assert prepared.score(X, Y) > (0.7 if classes is not None else 0.05)


@pytest.mark.parametrize("name", ALL)
def test_a_prepared_model_takes_weights_and_predicts(name):
    fitted = ALL[name]().fit(X, Y)
    fresh = ALL[name]()
    learn.prepare(fresh, 64, np.arange(10) if "classifier" in name else None)
    assert fresh.predict(X[:3]).shape == (3,)
    learn.load(fresh, {key: value.reshape(np.shape(value)) for key, value in _as_of(fresh, fitted).items()})
    assert np.array_equal(fresh.predict(X), fitted.predict(X))


def _as_of(fresh, fitted):
    """Intercepts of fitted regressors may be numbers, where those of prepared ones are arrays of one."""
    shapes = {key: value.shape for key, value in learn.parameters(fresh).items()}
    return {key: np.broadcast_to(value, shapes[key]) for key, value in learn.parameters(fitted).items()}


def _draws(plain):
    """The same, which learns nothing."""
    sizes = {"hidden_layer_sizes": (20,), "learning_rate_init": 1e-300, "max_iter": 1}
    return type(plain)(random_state=1, solver="sgd", **sizes)


def test_two_classes_have_one_row():
    model = SGDClassifier(random_state=1)
    learn.prepare(model, 64, [1, 0, 1])
    assert {key: value.shape for key, value in learn.parameters(model).items()} == {
        "coef_": (1, 64),
        "intercept_": (1,),
    }
    two = Y < 2
    assert model.partial_fit(X[two], Y[two]).score(X[two], Y[two]) > 0.95


def test_names_of_layers():
    model = MLPClassifier((5, 4))
    learn.prepare(model, 64, range(10))
    shapes = {key: value.shape for key, value in learn.parameters(model).items()}
    layers = {"coefs_.0": (64, 5), "coefs_.1": (5, 4), "coefs_.2": (4, 10)}
    assert shapes == {**layers, "intercepts_.0": (5,), "intercepts_.1": (4,), "intercepts_.2": (10,)}


def test_what_cannot_be():
    model = SGDClassifier()
    with pytest.raises(ValueError, match=r"this SGDClassifier has no weights: .*`nodes.learn.prepare\(model"):
        learn.parameters(model)
    with pytest.raises(ValueError, match="give all classes"):
        learn.prepare(model, 64)
    with pytest.raises(ValueError, match="two at least"):
        learn.prepare(model, 64, [1, 1])
    with pytest.raises(ValueError, match="SGDRegressor is no classifier"):
        learn.prepare(SGDRegressor(), 64, [0, 1])
    with pytest.raises(TypeError, match="how a KMeans begins is not known"):
        learn.prepare(KMeans(), 64)
    learn.prepare(model, 64, [0, 1])
    with pytest.raises(ValueError, match="this SGDClassifier has weights"):
        learn.prepare(model, 64, [0, 1])
    before = learn.parameters(model)
    with pytest.raises(ValueError, match="what is given has no `intercept_`, which SGDClassifier has"):
        learn.load(model, {"coef_": np.ones((1, 64))})
    with pytest.raises(ValueError, match=r"what is given has `coefs_.0`, which SGDClassifier does not"):
        learn.load(model, {**before, "coefs_.0": np.ones(3)})
    with pytest.raises(ValueError, match=r"`coef_` has shape \(1, 3\), and in SGDClassifier \(1, 64\)"):
        learn.load(model, {"intercept_": np.ones(1), "coef_": np.ones((1, 3))})
    assert all(np.array_equal(value, before[key]) for key, value in learn.parameters(model).items())
    with pytest.raises(TypeError, match="dict is neither an estimator"):
        learn.parameters({})
    with pytest.raises(ValueError, match=r"SGDClassifier\(average=True\) learns by other weights"):
        learn.parameters(SGDClassifier(average=True).fit(X, Y))
