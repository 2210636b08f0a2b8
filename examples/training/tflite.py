"""A .tflite file's operators and constants, read without any library but NumPy.

The file is a FlatBuffer; field numbers are those of plugin/compiler/import/tflite_schema.fbs, in its order.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# BuiltinOperator: those that read_network knows.
NAMES = {
    1: "AVERAGE_POOL_2D",
    3: "CONV_2D",
    4: "DEPTHWISE_CONV_2D",
    9: "FULLY_CONNECTED",
    22: "RESHAPE",
    25: "SOFTMAX",
}
FLOAT32 = 0  # of TensorType
RELU = 1  # of ActivationFunctionType


@dataclass
class Operator:
    """One step of the network: `name`, its constants in order (None for what an operator before it writes), and
    for convolutions the stride, whether padding is SAME, and the fused activation: 0 none, 1 ReLU, 3 ReLU6."""

    name: str
    constants: list
    stride: int = 1
    is_same: bool = True
    activation: int = 0


class _Table:
    """A FlatBuffer table at `at`: https://flatbuffers.dev/internals/."""

    def __init__(self, data, at):
        self.data, self.at = data, at
        self.vtable = at - struct.unpack_from("<i", data, at)[0]

    def _place(self, field):
        size = struct.unpack_from("<H", self.data, self.vtable)[0]
        entry = 4 + 2 * field
        offset = struct.unpack_from("<H", self.data, self.vtable + entry)[0] if entry < size else 0
        return self.at + offset if offset else None

    def scalar(self, field, kind, default=0):
        place = self._place(field)
        return default if place is None else struct.unpack_from("<" + kind, self.data, place)[0]

    def _pointer(self, field):
        place = self._place(field)
        return None if place is None else place + struct.unpack_from("<I", self.data, place)[0]

    def table(self, field):
        place = self._pointer(field)
        return None if place is None else _Table(self.data, place)

    def numbers(self, field, dtype):
        place = self._pointer(field)
        if place is None:
            return np.empty(0, dtype)
        count = struct.unpack_from("<I", self.data, place)[0]
        return np.frombuffer(self.data, dtype, count, place + 4)

    def tables(self, field):
        offsets = self.numbers(field, "<u4")
        first = self._pointer(field)
        return [_Table(self.data, first + 4 + 4 * i + int(offset)) for i, offset in enumerate(offsets)]


def read_network(path):
    """The operators of a float network that is one chain, first to last.

    Raises SystemExit for a file with an operator that is not in NAMES.
    """
    data = Path(path).read_bytes()
    model = _Table(data, struct.unpack_from("<I", data)[0])
    codes = [max(code.scalar(0, "b"), code.scalar(3, "i")) for code in model.tables(1)]
    (graph,), buffers = model.tables(2), model.tables(4)
    tensors = graph.tables(0)

    def constant(index):
        if index < 0 or tensors[index].scalar(1, "b") != FLOAT32:
            return None
        values = buffers[tensors[index].scalar(2, "I")].numbers(0, "u1")
        if values.size == 0:
            return None
        return values.view("<f4").reshape(tensors[index].numbers(0, "<i4"))

    operators = []
    for operator in graph.tables(3):
        code = codes[operator.scalar(0, "I")]
        if code not in NAMES:
            raise SystemExit(f"{path}: operator {code} is none of {', '.join(NAMES.values())}; teach it to teacher.py")
        read = Operator(NAMES[code], [constant(index) for index in operator.numbers(1, "<i4")])
        options = operator.table(4)
        if read.name.endswith("CONV_2D"):
            read.is_same, read.stride = options.scalar(0, "b") == 0, options.scalar(2, "i", 1)
            read.activation = options.scalar(4 if read.name.startswith("DEPTHWISE") else 3, "b")
        operators.append(read)
    return operators
