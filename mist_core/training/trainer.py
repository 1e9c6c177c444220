"""The training loop: shards in, averaged weights out, resumable at any moment.

A round reads one more shard and takes a fixed number of steps on batches from all that was read.
The learning rate warms up, stays, and decays over the last part of the budget, so a finished run
can be given more minutes or steps and goes on. Of the exponentially averaged weights those
with the lowest weighted interval score on the validation draws are shipped: unlike the loss, it is
in nats. Where `torchrun` has started several processes, each draws shards and takes its share of
every batch, and the first one reports and writes.
"""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from mist_core.checkpoint import save_checkpoint
from mist_core.errors import JobError, WeightsError
from mist_core.files import storing
from mist_core.networks.base import Network
from mist_core.networks.law_classifier import recognition_loss
from mist_core.networks.registry import build_network, compact, config_dict, load_network
from mist_core.networks.scoring import training_loss, validation_scores, witness_loss
from mist_core.priors.registry import meta_distribution
from mist_core.training.card import require_new_draws, run_card
from mist_core.training.carry_over import joined
from mist_core.training.claim import claim
from mist_core.training.config import TrainConfig
from mist_core.training.control import PAUSE
from mist_core.training.distributed import Ranks
from mist_core.training.replay_buffer import Material
from mist_core.training.run_lock import alone_in
from mist_core.training.shards import KINDS, TRUTH, Recipe, Writers
from mist_core.training.state import RunState, load_state, save_state

STATE_SECONDS = 40.0
REPORT_SECONDS = 20.0
FAMILY_DATASETS = 20_000
# Between the seeds of the steps of two ranks: more than any run has steps.
RANK_SEEDS = 2**40


class Trainer:
    """Owns the weights, the optimiser and the clock of one run.

    Args:
        config: of the run.
        report: takes each progress point.
        requested: what the outside wants, of `mailbox`; asked after each step.
    """

    def __init__(
        self,
        config: TrainConfig,
        report: Callable[[dict], None],
        requested: Callable[[], str | None] = lambda: None,
    ) -> None:
        self.config, self.report, self.requested = config, report, requested
        self.request: str | None = None
        torch.set_num_threads(config.threads)
        self.ranks = Ranks()
        self.device = self.ranks.device
        self.network, self.origin = self._first_network()
        self.recipe = Recipe(
            self.network, meta_distribution(config.meta), config.seed, config.shard_size
        )
        self.average, self.best = (build_network(config_dict(self.network)) for _ in range(2))
        self.average.load_state_dict(self.network.state_dict())
        self.best_wis = float("inf")
        recognised = bool(self.network.kinds)
        self.material = Material(config.capacity, config.max_datasets, recognised)
        self.steps = self.rounds = 0
        self.seconds = 0.0
        self.joined = False  # the set encoder, late in the run
        self.losses: list[float] = []
        self.curve: list[dict] = []

    def run(self) -> None:
        """Train until the budget is spent or STOP is requested; leaves the weights file behind.

        After PAUSE only the state is kept, from which the same run goes on.

        Raises:
            JobError: another process is at work in the folder, or the folder is of another run.
            StorageError: it cannot be made.
        """
        folder = self.config.folder
        with storing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with alone_in(folder) if self.ranks.is_first else contextlib.nullcontext():
            self._run()

    def _run(self) -> None:
        config, ranks = self.config, self.ranks
        if ranks.is_first:
            claim(config.folder, self.recipe)
        ranks.wait()
        writers = Writers(
            self.recipe,
            config.folder,
            config.workers,
            ranks.rank,
            ranks.count,
            validation=config.validation,
        )
        try:
            self._start(writers)
            self._train(writers)
        finally:
            writers.stop()
        if ranks.is_first and self.request == PAUSE:
            self._save_state()
        elif ranks.is_first:
            self._finish()
        ranks.close()

    def _start(self, writers: Writers) -> None:
        self.validation = writers.validation()
        first = writers.read(0)
        if self.config.init is None:
            self.network.fit_inputs(first)
            self.average.fit_inputs(first)
        for network in self._networks.values():
            network.to(self.device)
        self.network.train()
        # The line to beat, before the state of a resumed run replaces the weights it began with.
        self.start = self.scores(self.average) if self.config.init is not None else None
        decay = self.config.weight_decay
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), weight_decay=decay, betas=(0.9, 0.98), fused=True
        )
        if self._state_path.exists():
            self._resume(writers)
        self.averaging = self.ranks.averaging(self.network)

    def _train(self, writers: Writers) -> None:
        last = self._saved_at = time.monotonic()
        self._report_at = 0.0
        while not (self.material.known.count and self._over()):
            self.material.read(writers, self.rounds)
            self.rounds += 1
            for _ in range(self._steps_a_round()):
                self._step()
                self.seconds += time.monotonic() - last
                if self.ranks.is_first:
                    self._report_and_save()
                last = time.monotonic()
                if self._over():
                    break

    def _report_and_save(self) -> None:
        """Now and then; the time it takes is not the budget's."""
        now = time.monotonic()
        if now > self._report_at:
            self._progress()
            # Scoring takes at most a twentieth of the time.
            self._report_at = now + max(REPORT_SECONDS, 20 * (time.monotonic() - now))
        if now - self._saved_at > STATE_SECONDS:
            with contextlib.suppress(OSError):  # a full disk may have room again at the next try
                self._save_state()
            self._saved_at = now

    def _over(self) -> bool:
        """Whether the budget is spent, or somebody wants the run to end; the first rank says."""
        if self.ranks.is_first:
            self.request = self.request or self.requested()
        over = self.request is not None or self._spent >= 1
        self.seconds, over = self.ranks.of_first(self.seconds, over)
        return bool(over)

    @property
    def _spent(self) -> float:
        """Share of the budget that is spent."""
        if self.config.most_steps is not None:
            return self.steps / self.config.most_steps
        return self.seconds / (60 * self.config.minutes)

    def _steps_a_round(self) -> int:
        """Steps on the data of one shard; lets the set encoder join when its time has come."""
        config = self.config
        due = self.joined or self._spent >= config.encoder_from
        self.joined = all([network.use_encoder(due) for network in self._networks.values()])
        reuse = config.encoder_reuse if self.joined else config.reuse
        return max(1, round(reuse * config.shard_size / config.batch_size))

    def _step(self) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = self._learning_rate()
        config, ranks = self.config, self.ranks
        seed = config.seed * 1_000_003 + self.steps + ranks.rank * RANK_SEEDS
        size = max(1, config.batch_size // ranks.count)
        drawn = self.material.batch(size, torch.Generator().manual_seed(seed))
        batch = self._to_device(drawn)
        fork = torch.random.fork_rng([self.device] if self.device.type == "cuda" else [])
        with fork, torch.autocast(self.device.type, dtype=torch.bfloat16):
            torch.manual_seed(seed)  # for dropout, which takes no generator
            prediction = self.averaging(batch)
            loss = training_loss(prediction, batch[TRUTH])
            beside = witness_loss(prediction, batch[TRUTH])
            beside = beside + recognition_loss(prediction.kinds, batch[KINDS])
        self.optimiser.zero_grad(set_to_none=True)
        (loss + beside).backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.losses.append(loss.item())
        self.steps += 1
        self._update_average()

    def _learning_rate(self) -> float:
        warm = min(1.0, (self.steps + 1) / self.config.warm_up)
        cool = min(1.0, max(0.02, (1 - self._spent) / self.config.decay))
        return self.config.learning_rate * warm * cool

    @torch.no_grad()
    def _update_average(self) -> None:
        decay = min(self.config.average, (1 + self.steps) / (10 + self.steps))
        pairs = (list(n.parameters()) for n in (self.average, self.network))
        torch._foreach_lerp_(*pairs, 1 - decay)

    def _to_device(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        return {name: tensor.to(self.device) for name, tensor in batch.items()}

    @torch.no_grad()
    def scores(self, network: Network) -> dict[str, float]:
        """Loss, coverage and squared error of a network on the validation draws."""
        network.eval()
        parts, total = [], len(self.validation[TRUTH])
        for start in range(0, total, 1024):
            chunk = {k: t[start : start + 1024] for k, t in self.validation.items()}
            batch = self._to_device(chunk)
            share = len(batch[TRUTH]) / total
            parts.append((share, validation_scores(network(batch), batch[TRUTH])))
        return {name: sum(share * p[name] for share, p in parts) for name in parts[0][1]}

    def _progress(self) -> None:
        recent = self.losses[-200:]
        point = {
            "minutes": self.seconds / 60,
            "steps": self.steps,
            "datasets": (count := self.material.known.count),
            "datasets_a_second": count / max(self.seconds, 1.0),
            "train_loss": sum(recent) / max(1, len(recent)),
            "validation": (scores := self.scores(self.average)),
            "start": self.start,
            "minutes_left": self.seconds / 60 * (1 / self._spent - 1),
        }
        if scores["wis"] <= self.best_wis:
            self.best_wis = scores["wis"]
            self.best.load_state_dict(self.average.state_dict())
        self.curve.append(point)
        self.report(point)

    def _first_network(self) -> tuple[Network, dict | None]:
        """The network to start from, and the card of the weights it came from, if any."""
        if self.config.init is not None:
            trained, checkpoint = load_network(self.config.init, "cpu")
            require_new_draws(self.config, checkpoint.card)
            trained.forget_fresh()
            if self.config.trunk is not None:
                trained = joined(load_network(self.config.trunk, "cpu")[0], trained)
            return trained, checkpoint.card
        with torch.random.fork_rng(devices=[]):  # initial weights come from the run's seed alone
            torch.manual_seed(self.config.seed)
            return build_network(self.config.network), None

    @property
    def _state_path(self) -> Path:
        return self.config.folder / "state.safetensors"

    @property
    def _networks(self) -> dict[str, Network]:
        return {"network": self.network, "average": self.average, "best": self.best}

    def _state(self) -> RunState:
        names = ("steps", "rounds", "seconds", "joined", "curve")
        return RunState(**{name: getattr(self, name) for name in names})

    def _save_state(self) -> None:
        config = config_dict(self.network)
        save_state(self._state_path, self._state(), self._networks, self.optimiser, config)

    def _resume(self, writers: Writers) -> None:
        try:
            state = load_state(self._state_path, self._networks, self.optimiser)
        except WeightsError as error:
            os.replace(self._state_path, self._state_path.with_suffix(".damaged"))
            raise JobError(
                "The state of this run was damaged and is set aside: resume it, and it begins "
                "again with the data it has drawn."
            ) from error
        self.steps, self.seconds, self.curve = state.steps, state.seconds, state.curve
        self.joined = state.joined
        self.best_wis = self.scores(self.best)["wis"]
        while self.rounds < state.rounds and not self.material.full:
            self.material.read(writers, self.rounds)
            self.rounds += 1
        self.rounds = state.rounds

    def _finish(self) -> None:
        """Fit what `in_family` needs and how wide quantiles lie; write weights with their card."""
        self._progress()
        self._save_state()
        known = self.material.known
        rows = min(known.count, self.config.capacity, FAMILY_DATASETS)
        inputs = known.sample(rows, torch.Generator().manual_seed(self.config.seed))
        self.best.eval()
        with torch.no_grad():
            self.best.fit_family(self._to_device(inputs))
        fresh = self._to_device(self.validation)
        self.best.fit_fresh(fresh, fresh[TRUTH])
        save_checkpoint(self.config.out, compact(self.best), self._card())

    def _card(self) -> dict:
        scores, count = self.scores(self.best), self.material.known.count
        return run_card(self.config, self.best, scores, self._state(), count, self.origin)
