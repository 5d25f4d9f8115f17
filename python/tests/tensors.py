"""A library of tensors, as small as one can be: it hands them to others by DLPack, and takes them.

Its tensors can be changed, and can be said to lie on a device.
"""

import ctypes

import numpy

CPU, CUDA = (1, 0), (2, 0)


class Tensor:
    """A tensor, which has its numbers in an array of NumPy's."""

    def __init__(self, numbers, place=CPU, dtype=None):
        self.numbers = numbers
        self.place = place
        self._dtype = dtype

    @property
    def dtype(self):
        return f"tensors.{self._dtype or self.numbers.dtype}"

    @property
    def shape(self):
        return self.numbers.shape

    @property
    def device(self):
        return "cuda:0" if self.place == CUDA else "cpu"

    def detach(self):
        return Tensor(self.numbers, self.place, self._dtype)

    def clone(self):
        return Tensor(self.numbers.copy(), self.place, self._dtype)

    def tolist(self):
        return self.numbers.tolist()

    def __dlpack_device__(self):
        return self.place

    def __dlpack__(self, **how):
        if self.place != CPU:
            raise BufferError("it is on a device")
        capsule = self.numbers.__dlpack__()
        if self._dtype == "bfloat16":
            _managed(capsule).code = 4
        return capsule


class _Managed(ctypes.Structure):
    """The struct in a capsule, as DLPack lays it out."""

    _fields_ = (
        ("data", ctypes.c_void_p),
        ("device", ctypes.c_int32 * 2),
        ("dimensions", ctypes.c_int32),
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
    )


def _managed(capsule):
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    return _Managed.from_address(pointer(capsule, b"dltensor"))


NAMES = {0: "int", 1: "uint", 2: "float", 4: "uint", 5: "complex"}


def from_dlpack(exporter):
    """A tensor in the memory of another library's, by rows."""
    capsule = exporter.__dlpack__(stream=None)
    given = _managed(capsule)
    shape = tuple(given.shape[: given.dimensions])
    size = given.bits // 8
    for length in shape:
        size *= length
    memory = (ctypes.c_uint8 * size).from_address(given.data)
    # The memory is there as long as the capsule is.
    memory.capsule = capsule
    numbers = numpy.ndarray(shape, f"{NAMES[given.code]}{given.bits}", memory)
    return Tensor(numbers, dtype="bfloat16" if given.code == 4 else None)
