"""A recurrent network in NumPy whose gradients can be watched: backpropagation through time, written to be read."""

from .bptt import backward, forward, loss_and_gradients
from .config import Config
from .recording import train
from .training import iterate
from .types import Batch, Gradients, Record, Tape

__all__ = [
    "Batch",
    "Config",
    "Gradients",
    "Record",
    "Tape",
    "backward",
    "forward",
    "iterate",
    "loss_and_gradients",
    "train",
]
