"""What a provider's stream said, and how it was ended: the facts that decide what a call is booked at."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tokenroi_cli.domain.errors import ProviderError, StreamCut
from tokenroi_cli.domain.message import Reply, StreamItem


@dataclass(slots=True)
class Heard:
    """What is known of a call so far. Neither: the stream was ended from our side."""

    reply: Reply | None = None
    failure: ProviderError | None = None

    @property
    def answer_id(self) -> str | None:
        """The provider's own name for the answer, or for the part of it that came."""
        said = self.reply.id if self.reply else None
        return said or (self.failure.answer_id if self.failure else None)

    @contextmanager
    def closing(self, items: Iterator[StreamItem]) -> Iterator[None]:
        """Ends the stream with the block. What it says while it is being closed is kept, not raised."""
        try:
            yield
        finally:
            try:
                close(items)
            except ProviderError as error:
                self.failure = error


def close(items: Iterator[StreamItem]) -> None:
    """Ends a stream early; plain iterators have nothing to end."""
    if isinstance(items, Generator):
        items.close()


def until_reply(items: Iterator[StreamItem]) -> Generator[StreamItem, None, Reply]:
    """Passes on the deltas and returns the Reply. Raises StreamCut when there is none."""
    for item in items:
        if isinstance(item, Reply):
            return item
        yield item
    raise StreamCut("the stream ended without a reply", "try again")
