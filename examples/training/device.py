"""Where a training runs: on a GPU, if PyTorch finds one, or on the processor."""

import os

import torch

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
# Processes that make views: a GPU waits for them, a processor shares its cores with them.
WORKERS = max(1, (os.cpu_count() or 1) - 1) if DEVICE.type == "cuda" else 1
