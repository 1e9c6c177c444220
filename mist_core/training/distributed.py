"""The processes that share one training run, where `torchrun` has started several."""

import os

import torch
import torch.distributed
from torch import nn
from torch.nn.parallel import DistributedDataParallel


class Ranks:
    """The processes of a run; the first alone reports and writes, all average their gradients.

    Attributes:
        rank, count: this process among how many; 0 of 1 without `torchrun`.
        device: this process' own GPU, or the CPU.
    """

    def __init__(self) -> None:
        # Set by `torchrun`.
        self.rank = int(os.environ.get("RANK", 0))
        self.count = int(os.environ.get("WORLD_SIZE", 1))
        if torch.cuda.is_available():
            self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
            torch.cuda.set_device(self.device)
        else:
            self.device = torch.device("cpu")
        if self.count > 1:
            torch.distributed.init_process_group("nccl" if self.device.type == "cuda" else "gloo")

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    def averaging(self, network: nn.Module) -> nn.Module:
        """The network, its gradients averaged over the processes; the set encoder may not join."""
        if self.count == 1:
            return network
        return DistributedDataParallel(
            network, find_unused_parameters=True, broadcast_buffers=False
        )

    def of_first(self, *values: float) -> list[float]:
        """The first process' values, in all of them: what hangs on a clock must hang on one."""
        if self.count == 1:
            return list(values)
        shared = torch.tensor(values, dtype=torch.float64, device=self.device)
        torch.distributed.broadcast(shared, 0)
        return shared.tolist()

    def wait(self) -> None:
        """Go on when all processes are here."""
        self.of_first(0.0)

    def close(self) -> None:
        if self.count > 1:
            torch.distributed.destroy_process_group()
