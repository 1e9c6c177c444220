"""Errors a user can mend: each message says what was expected, what came and what to do."""


class MISTError(ValueError):
    """Base of every error this package raises for its users."""


class InputError(MISTError):
    """The samples cannot be used: wrong shape, too few rows, or non-finite values."""


class ParameterError(MISTError):
    """A law or a transform was asked for with parameters outside its range."""


class WeightsError(MISTError):
    """A weights file is missing, damaged, foreign, or does not fit the network."""


class BaselineError(MISTError):
    """A baseline estimator could not give an estimate; the message says why."""


class TableError(MISTError):
    """An uploaded table cannot be read or the chosen columns cannot be used."""


class JobError(MISTError):
    """A background run cannot be started, found or changed."""


class StorageError(MISTError):
    """The data folder cannot be read or written: the disk is full, or something is in the way."""
