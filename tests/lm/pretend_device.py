"""A GPU that is not there: tensors of the CPU that say they lie on `cuda:0`, and what a real one would have refused.

    with PretendGPU() as gpu:
        trainer = lm.StackedLearner(configs)      # captures its programs
        trainer.step()
    assert not gpu.reads and not gpu.waits and not gpu.races

Two modes of torch work together. `_Asked` stands where Python calls torch: it sees `device=`, `.to`, `.device`,
`.numpy()`, answers as a GPU would, and has the CPU do it. `_Kernels` stands where torch calls its kernels, those of the
backward pass too: it keeps for each storage whether it lies on the host, page-locked on the host, on the GPU, or was
made by torch itself on the way (HOST, PINNED, CUDA, EITHER).

Refused at once, as WrongDevice: a kernel over tensors of two devices, numpy on a GPU's tensor; and in a capture
whatever asks the host, copies between host and GPU, sizes itself by a value, or draws numbers.
Counted by the line that asked: `reads`, for which the host waits to know a value; `waits`, copies and calls for which
it waits; `races`, a stream that touches what another has written without having waited for it.

A capture runs nothing on a real GPU. Here kernels do run while they are noted down, so at its end what they changed is
put back and what they made is spoilt with NaN; a replay runs them again on the same tensors, and whatever Python worked
out in between is baked in, as it is in a CUDA graph.

It is stricter than CUDA in one thing: an index on the host into a tensor of the GPU is refused, not copied. It does
not see which numbers a GPU's kernels give (TF32, atomics, the order of sums), copies and waits inside a kernel that
`_READS` does not name, memory, launch limits, alignment, or a buffer freed under a graph. A step takes 5 to 10 times
as long.
"""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import ExitStack, contextmanager
from unittest import mock

import torch
from torch import Tensor
from torch.multiprocessing.reductions import StorageWeakRef
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes
from torch.utils._pytree import tree_leaves

HOST, PINNED, CUDA, EITHER = "host", "pinned", "gpu", "either"
_READS = {
    "_local_scalar_dense", "item", "is_nonzero", "equal", "allclose", "nonzero", "masked_select", "_unique2",
    "unique_dim", "unique_consecutive", "bincount", "histc", "multinomial", "linalg_eigh",
}  # fmt: skip
"""Kernels that read a value back, most of them to know the size of their result."""
_BY_INDEX = {"index", "index_put", "index_put_", "_index_put_impl_"}
"""Kernels that do so if the index is a mask."""
_DRAWS = {"rand", "randn", "randint", "randperm", "bernoulli", "normal", "uniform", "rand_like", "randn_like"}
_MOVES = {"copy_", "_to_copy", "set_", "resize_", "lift_fresh", "detach", "alias"}
"""Kernels that may see tensors of two devices."""
_MADE_OF_VALUES = (torch.tensor, torch.as_tensor, torch.asarray)
_OURS = ("passk_lab", "benchmarks", "tests")


class WrongDevice(RuntimeError):
    """What a GPU would refuse."""


def _line() -> str:
    """File and line of the innermost frame in a folder of ours."""
    frame = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename.replace("\\", "/").split("/")
        for folder in _OURS:
            if folder in path[:-1] and frame.f_code.co_filename != __file__:
                return f"{'/'.join(path[len(path) - 1 - path[::-1].index(folder) :])}:{frame.f_lineno}"
        frame = frame.f_back
    return "?"


class Stream:
    """A queue of kernels: how many it has seen, and how far each other had come when this one last waited for it."""

    def __init__(self, *_: object, **__: object) -> None:
        self.done, self.known = 0, {}

    def wait_stream(self, other: Stream) -> None:
        for stream, done in {**other.known, other: other.done}.items():
            self.known[stream] = max(self.known.get(stream, 0), done)

    def synchronize(self) -> None: ...

    def is_after(self, stream: Stream, done: int) -> bool:
        return stream is self or self.known.get(stream, 0) >= done


class Graph:
    """A captured program: kernels, the tensors they read, and those they made."""

    def __init__(self, *_: object, **__: object) -> None:
        self.calls: list = []
        self.before: dict[int, tuple] = {}
        """By storage: itself and what it held, for all that was there before and has been written to."""
        self.made: list[Tensor] = []
        self.born: set[int] = set()

    def note(self, call: tuple, made: list[Tensor]) -> None:
        self.calls.append(call)
        self.made += made
        self.born |= set(map(_storage, made))

    def keep(self, changed: list[Tensor]) -> None:
        for tensor in changed:
            at, storage = _storage(tensor), tensor.untyped_storage()
            if at not in self.born and at not in self.before:
                self.before[at] = storage, storage.clone()

    def close(self) -> None:
        """Nothing has run: what was there is as it was, and what was made holds no number."""
        with _plainly():
            for storage, was in self.before.values():
                storage.copy_(was)
            for tensor in self.made:
                if tensor.is_floating_point():
                    tensor.fill_(torch.nan)
        self.before.clear()

    def replay(self) -> None:
        with _plainly():
            for kernel, given, named, made in self.calls:
                for was, now in zip(made, _tensors(kernel(*given, **named)), strict=True):
                    if was is not None:
                        was.copy_(now)


class PretendGPU:
    """Both modes, and a `torch.cuda` that says there is a GPU. It can be entered again, in another thread too."""

    def __init__(self) -> None:
        self.reads: Counter[str] = Counter()
        self.waits: Counter[str] = Counter()
        self.races: Counter[str] = Counter()
        self.graph: Graph | None = None
        self.stream = Stream()
        self.wished = False
        """Whether Python itself wants the tensor that a kernel makes out of nothing; else torch needs it on the way."""
        self._ledger: dict[int, _Entry] = {}
        self._tidy_at = 4000

    def forget(self) -> None:
        """Count from 0."""
        for book in (self.reads, self.waits, self.races):
            book.clear()

    # Where a tensor lies

    def where(self, tensor: Tensor) -> str:
        entry = self._ledger.get(_storage(tensor))
        return entry.place if entry else HOST

    def put(self, tensor: Tensor, place: str) -> Tensor:
        at = _storage(tensor)
        if (entry := self._ledger.get(at)) is not None:
            entry.place = place
            return tensor
        self._ledger[at] = _Entry(tensor, place, self.stream)
        if len(self._ledger) > self._tidy_at:
            self._ledger = {key: entry for key, entry in self._ledger.items() if not entry.storage.expired()}
            self._tidy_at = 2 * len(self._ledger) + 4000
        return tensor

    def put_new(self, tensor: Tensor, place: str) -> None:
        """Enter a storage that was made just now, at an address that another may have had."""
        self._ledger.pop(_storage(tensor), None)
        self.put(tensor, place)

    def touch(self, tensor: Tensor, write: bool, kernel: str) -> None:
        """See whether this stream has waited for those that wrote here, and, to write, for those that read."""
        if (entry := self._ledger.get(_storage(tensor))) is None:
            return
        here, others = self.stream, [entry.written, *(entry.read.items() if write else ())]
        if not all(here.is_after(*other) for other in others):
            self.races[f"{_line()} {kernel}"] += 1
        if write:
            entry.written, entry.read = (here, here.done), {}
        else:
            entry.read[here] = here.done

    # What a GPU would say

    def refuse(self, what: str) -> None:
        raise WrongDevice(f"{what} at {_line()}")

    def refuse_in_capture(self, what: str) -> None:
        if self.graph is not None:
            self.refuse(f"in a capture: {what}")

    def count(self, book: Counter[str], what: str) -> None:
        """Count what the host waits for; in a capture that is refused."""
        self.refuse_in_capture(what)
        book[f"{_line()} {what}"] += 1

    # What stands in torch.cuda

    @contextmanager
    def on_stream(self, stream: Stream):
        before, self.stream = self.stream, stream
        try:
            yield
        finally:
            self.stream = before

    @contextmanager
    def capture(self, graph: Graph, *_: object, **__: object):
        self.refuse_in_capture("another capture")
        side = Stream()
        side.wait_stream(self.stream)  # torch synchronises before it captures
        self.graph = graph
        try:
            with self.on_stream(side):
                yield
        finally:
            self.graph = None
            graph.close()
            self.stream.wait_stream(side)

    def __enter__(self) -> PretendGPU:
        self._exit = ExitStack()
        stands_in = {
            "is_available": lambda: True,
            "device_count": lambda: 1,
            "get_device_name": lambda *_: "pretended",
            "synchronize": lambda *_: self.count(self.waits, "torch.cuda.synchronize"),
            "current_stream": lambda *_: self.stream,
            "is_current_stream_capturing": lambda: self.graph is not None,
            "stream": self.on_stream,
            "graph": self.capture,
            "Stream": Stream,
            "CUDAGraph": Graph,
        }
        for name, value in stands_in.items():
            self._exit.enter_context(mock.patch.object(torch.cuda, name, value))
        self._exit.enter_context(_Kernels(self))
        self._exit.enter_context(_Asked(self))
        return self

    def __exit__(self, *error: object) -> None:
        self._exit.__exit__(*error)


class _Entry:
    """What the ledger knows of a storage."""

    def __init__(self, tensor: Tensor, place: str, stream: Stream) -> None:
        self.storage = StorageWeakRef(tensor.untyped_storage())  # as long as it is here no other gets the address
        self.place = place
        self.written, self.read = (stream, stream.done), {}


class _Kernels(TorchDispatchMode):
    """Where torch calls its kernels."""

    def __init__(self, gpu: PretendGPU) -> None:
        super().__init__()
        self.gpu = gpu

    def __torch_dispatch__(self, kernel, types, args=(), kwargs=None):
        with torch._C.DisableTorchFunction():
            return self._run(kernel, args, kwargs or {})

    def _run(self, kernel, args, kwargs):
        gpu, name = self.gpu, kernel._schema.name.partition("::")[2]
        given = _tensors((args, kwargs))
        places = [gpu.where(tensor) for tensor in given]
        on_gpu, out_of_nothing = CUDA in places, not given and not gpu.wished
        if on_gpu:
            self._see_devices(name, given, places)
            self._see_reads(kernel, name, args)
            self._see_copies(name, args, places)
        if name.rstrip("_") in _DRAWS:
            gpu.refuse_in_capture(f"{name} draws")
        changed = _changed(kernel, args, kwargs) if kernel._schema.is_mutable else []
        if gpu.graph is not None:
            gpu.graph.keep(changed)
        gpu.stream.done += 1
        for tensor, place in zip(given, places, strict=True):
            if place == CUDA:
                gpu.touch(tensor, any(tensor is other for other in changed), name)
        out = kernel(*args, **kwargs)
        there = set(map(_storage, given))
        made = [tensor if _storage(tensor) not in there else None for tensor in _tensors(out)]
        new = [tensor for tensor in made if tensor is not None]
        for tensor in new:
            gpu.put_new(tensor, CUDA if on_gpu else EITHER if out_of_nothing or EITHER in places else HOST)
        if gpu.graph is not None and (new or changed):
            gpu.graph.note((kernel, args, dict(kwargs), made), new)
        return out

    def _see_devices(self, name, given, places) -> None:
        if name in _MOVES:
            return
        for tensor, place in zip(given, places, strict=True):
            if place in (HOST, PINNED) and (tensor.dim() or name.startswith("_fused")):
                shapes = ", ".join(f"{tuple(t.shape)} {at}" for t, at in zip(given, places, strict=True))
                self.gpu.refuse(f"{name} over two devices ({shapes})")
            elif place in (HOST, PINNED):  # a single number goes along with the launch
                self.gpu.refuse_in_capture(f"{name} bakes in a host number")

    def _see_reads(self, kernel, name, args) -> None:
        if name in _READS or (name == "repeat_interleave" and kernel._overloadname != "self_int"):
            self.gpu.count(self.gpu.reads, name)
        if name in _BY_INDEX and any(index.dtype in (torch.bool, torch.uint8) for index in _tensors(args[1])):
            self.gpu.count(self.gpu.reads, f"{name} by a mask")

    def _see_copies(self, name, args, places) -> None:
        if name != "copy_" or len(places) != 2 or places[0] == places[1] or EITHER in places:
            return
        if places[1] == PINNED and args[2:3] == (True,):
            self.gpu.refuse_in_capture("a copy from the host")
        else:
            self.gpu.count(self.gpu.waits, f"copy {places[1]} to {places[0]}")


class _Asked(TorchFunctionMode):
    """Where Python calls torch."""

    def __init__(self, gpu: PretendGPU) -> None:
        super().__init__()
        self.gpu = gpu
        self.facts = {
            Tensor.device.__get__: lambda t: torch.device("cuda", 0) if self._on_gpu(t) else torch.device("cpu"),
            Tensor.is_cuda.__get__: self._on_gpu,
            Tensor.is_cpu.__get__: lambda t: not self._on_gpu(t),
            Tensor.is_pinned: lambda t: gpu.where(t) == PINNED,
        }

    def _on_gpu(self, tensor: Tensor) -> bool:
        with torch._C.DisableTorchFunction():
            return self.gpu.where(tensor) == CUDA

    def __torch_function__(self, func, types, args=(), kwargs=None):
        gpu, kwargs = self.gpu, dict(kwargs or {})
        first = args[0] if args and isinstance(args[0], Tensor) else None
        if func in self.facts:
            return self.facts[func](first)
        if func in (Tensor.to, Tensor.cuda, Tensor.cpu):
            caller = sys._getframe(1).f_code.co_filename.replace("\\", "/")
            # Clipping asks C++ for the device of its tensors, which says the CPU, and would move them there.
            return first if "/torch/nn/utils/" in caller else self._move(func, *args, **kwargs)
        if func is Tensor.record_stream:
            return None
        if func is Tensor.pin_memory:
            return self._pin(first)
        if first is not None and self._on_gpu(first):
            if func in (Tensor.numpy, Tensor.__array__):
                gpu.refuse("numpy of a GPU tensor")
            if func is Tensor.tolist:
                gpu.count(gpu.reads, "tolist")
        return self._call(func, args, kwargs, kwargs.get("device"))

    def _call(self, func, args, kwargs, device):
        """Call torch, on the CPU whatever was asked; what it makes is said to lie where it was asked for."""
        gpu, wished = self.gpu, self.gpu.wished
        of_values = func in _MADE_OF_VALUES and not _tensors(args)
        if device is not None:
            kwargs["device"] = "cpu"
            if of_values:
                gpu.refuse_in_capture("a tensor of host values")
        # A kernel that makes a tensor out of nothing is Python's own wish only if Python called that very function.
        gpu.wished = not _tensors((args, kwargs))
        try:
            out = func(*args, **kwargs)
        finally:
            gpu.wished = wished
        if device is None:
            return out
        if func in _MADE_OF_VALUES and not of_values:
            return self._move(Tensor.to, args[0], device)
        place = _place_of(device)
        with torch._C.DisableTorchFunction():
            for tensor in _tensors(out):
                gpu.put(tensor, place)
        if of_values and place == CUDA:
            gpu.count(gpu.waits, "host values to gpu")
        return out

    def _pin(self, tensor: Tensor) -> Tensor:
        self.gpu.refuse_in_capture("pin_memory")
        if self._on_gpu(tensor):
            self.gpu.refuse("pin_memory of a GPU tensor")
        with torch._C.DisableTorchFunction():
            return self.gpu.put(tensor.clone(), PINNED)

    def _move(self, func, tensor, *words, **named):
        """Carry out `.to`, `.cuda` and `.cpu`: a copy if place or type change, and whether the host waits for it."""
        gpu = self.gpu
        with torch._C.DisableTorchFunction():
            here, wish, dtype, flags = gpu.where(tensor), None, None, []
            for word in (*words, named.get("device"), named.get("dtype")):
                if isinstance(word, Tensor):
                    wish, dtype = ("cuda" if gpu.where(word) == CUDA else "cpu"), word.dtype
                elif isinstance(word, (str, torch.device)):
                    wish = word
                elif isinstance(word, torch.dtype):
                    dtype = word
                elif isinstance(word, bool):
                    flags.append(word)
            wish = {Tensor.cuda: "cuda", Tensor.cpu: "cpu"}.get(func, wish)
            there = here if wish is None else _place_of(wish)
            quick = named.get("non_blocking", bool(flags) and flags[0])
            if dtype not in (None, tensor.dtype) or named.get("copy", flags[1:] == [True]):
                tensor = Tensor.to(tensor, dtype or tensor.dtype, copy=True)
            if there == here or (there == HOST and here in (PINNED, EITHER)):
                return tensor
            if here == EITHER or (quick and here == PINNED):
                gpu.refuse_in_capture("a copy from the host")
            else:
                gpu.count(gpu.waits, f"copy {here} to {there}")
            return gpu.put(tensor.clone(), there)


@contextmanager
def _plainly():
    """Run kernels of a graph without being seen."""
    with torch.no_grad(), torch._C.DisableTorchFunction(), _disable_current_modes():
        yield


def _place_of(device: str | torch.device) -> str:
    return CUDA if torch.device(device).type == "cuda" else HOST


def _storage(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata


def _tensors(tree: object) -> list[Tensor]:
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, Tensor)]


def _changed(kernel, args, kwargs) -> list[Tensor]:
    """Find the arguments that a kernel writes to, as its signature says."""
    asked = kernel._schema.arguments
    given = dict(zip([one.name for one in asked], args, strict=False)) | kwargs
    return _tensors([given.get(one.name) for one in asked if one.alias_info is not None and one.alias_info.is_write])
