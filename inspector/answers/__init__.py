"""One question, one file: pure functions from a `Model` to a frozen answer."""
