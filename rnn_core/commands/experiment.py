"""The command of an experiment: how many seeds, what it varies, and where its result goes."""

from __future__ import annotations

import argparse

from rnn_core.config import SPECS
from rnn_core.experiments import results
from rnn_core.experiments.experiment import Experiment
from rnn_core.experiments.grid import outcome_of

from .options import add_fields, add_seeds, add_work, that_count
from .printing import show
from .progress import Progress


class ExperimentCommand:
    """A `Command` made of an experiment."""

    def __init__(self, experiment: Experiment) -> None:
        self.NAME, self.HELP, self._experiment = experiment.NAME, experiment.HELP, experiment

    def add_options(self, sub: argparse.ArgumentParser) -> None:
        """What it varies, seeds, the fields that it does not vary, processes, and where its result goes."""
        experiment = self._experiment
        for name, option in experiment.OPTIONS.items():
            sub.add_argument("--" + name.replace("_", "-"), **option)
        add_seeds(sub, experiment.SEEDS)
        add_work(sub, self.NAME.replace("-", "_"))
        add_fields(sub, {name: getattr(experiment.BASE, name) for name in SPECS if name in experiment.FIELDS})

    def run(self, options: argparse.Namespace) -> int:
        """Do the work and print what came of it."""
        experiment, given = self._experiment, vars(options)
        chosen = {name: given[name] for name in experiment.OPTIONS}
        changes = {name: given[name] for name in experiment.FIELDS if name in given}
        with Progress("runs") as progress:
            study = experiment.study(changes, options.seeds, options.workers, **chosen)
            result = results.plain(outcome_of(study, progress))
        if options.save:
            results.save(options.save, that_count(options.arguments), result)
        show(options, result, experiment.report(result))
        return 0
