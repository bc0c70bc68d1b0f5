"""The most tokens that a text can be, whatever the tokenizer: a bound, never an estimate."""

from unicodedata import normalize


def most_tokens(text: str) -> int:
    """A byte-level tokenizer makes at most one token of a byte of UTF-8.

    Some normalise the text first, which can make it longer, so the longer of the two forms counts.
    """
    if text.isascii():
        return len(text)
    return max(len(form.encode("utf-8", "surrogatepass")) for form in (text, normalize("NFKC", text)))
