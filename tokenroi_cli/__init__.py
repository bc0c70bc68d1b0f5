"""tokenroi: a terminal coding assistant that spends money on purpose."""

__version__ = "0.1.0"
