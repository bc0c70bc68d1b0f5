"""When a reply has stopped saying anything new: a model that is caught in a loop fills its whole ceiling."""

from dataclasses import dataclass

TIMES = 4
"""How often the same words must have been said in a row."""
SPOKEN = 4_000
"""Characters of an answer in which nothing else was said."""
HIDDEN = 12_000
"""The same of thoughts and tool arguments: a file may well hold a long row of equal lines."""
EVERY = 8
"""A reply is looked at that often within such a stretch."""


@dataclass(slots=True)
class Repetition:
    """Listens to one kind of words of one reply."""

    stretch: int
    """Characters; SPOKEN or HIDDEN."""
    _tail: str = ""
    _unseen: int = 0

    def heard(self, words: str) -> str | None:
        """What is said over and over, once it is; None as long as there is news."""
        self._tail = (self._tail + words)[-self.stretch :]
        self._unseen += len(words)
        if len(self._tail) < self.stretch or self._unseen < self.stretch // EVERY:
            return None
        self._unseen = 0
        length = period(self._tail)
        return self._tail[-length:] if length <= self.stretch // TIMES else None


def period(text: str) -> int:
    """Characters after which the text repeats itself, from beginning to end; its length when it does not."""
    borders = [0] * len(text)
    border = 0
    for at in range(1, len(text)):
        while border and text[at] != text[border]:
            border = borders[border - 1]
        border += text[at] == text[border]
        borders[at] = border
    return len(text) - border
