"""Several processes train one network: each on its own data, all with the same weights."""

import json
import os
import subprocess
import sys
from socket import create_server

import pytest
import torch
import torch.multiprocessing as multiprocessing

from mist_core.checkpoint import load_checkpoint
from mist_core.training.distributed import Ranks

TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]


def data(rank):
    return torch.arange(6.0).view(3, 2) * (1 + rank)


def gradient_of(network, rank):
    network(data(rank)).square().mean().backward()


def averaged_gradient(rank, folder):
    os.environ |= {"RANK": str(rank), "WORLD_SIZE": "2", "LOCAL_RANK": str(rank)}
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": (folder / "port").read_text()}
    ranks = Ranks()
    torch.manual_seed(0)
    network = torch.nn.Linear(2, 1)
    gradient_of(ranks.averaging(network), rank)
    shared = ranks.of_first(10.0 + rank, 0.5 * rank)
    torch.save({"gradient": network.weight.grad, "shared": shared}, folder / f"{rank}.pt")
    ranks.close()


@pytest.mark.slow
def test_gradients_are_averaged_and_the_first_rank_decides(tmp_path):
    with create_server(("127.0.0.1", 0)) as free:
        (tmp_path / "port").write_text(str(free.getsockname()[1]))
    multiprocessing.spawn(averaged_gradient, (tmp_path,), nprocs=2)
    found = [torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in range(2)]
    torch.manual_seed(0)
    network = torch.nn.Linear(2, 1)
    for rank in range(2):
        gradient_of(network, rank)
    for rank in range(2):
        torch.testing.assert_close(found[rank]["gradient"], network.weight.grad / 2)
        assert found[rank]["shared"] == [10.0, 0.0]


def test_without_torchrun_a_run_is_alone():
    ranks = Ranks()
    network = torch.nn.Linear(2, 1)
    assert ranks.is_first
    assert ranks.averaging(network) is network
    assert ranks.of_first(3.0, True) == [3.0, True]
    ranks.wait()
    ranks.close()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_torchrun_trains_on_two_processes_and_writes_once(tmp_path):
    command = [*TORCHRUN, "-m", "mist_core", "train", "--meta", "paper"]
    command += ["--architecture", "gaussian", "--minutes", "0.05", "--batch-size", "64"]
    command += ["--shard-size", "128", "--workers", "1", "--max-datasets", "512"]
    command += ["--out", str(tmp_path / "weights.safetensors"), "--folder", str(tmp_path / "run")]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    card = load_checkpoint(tmp_path / "weights.safetensors").card
    assert card["steps"] > 3
    points = (tmp_path / "run" / "progress.jsonl").read_text().splitlines()
    assert len(points) == len(card["curve"])
    assert json.loads(points[-1])["steps"] == card["steps"]
    assert not list((tmp_path / "run").glob("*.part"))
