"""Tern's tokenizers against the `tokenizers` package, on one thread and one megabyte of text.

Usage: speed.py TERN TOKENIZER.json...

The package is timed inside of a process that has its tokenizer and the text already; Tern as a whole program that reads
the tokenizer, the text, and writes the ids. Both orders alternate, and the ids must be the same.
"""

import glob
import os
import statistics
import subprocess
import sys
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

import tokenizers  # noqa: E402

BYTES = 1 << 20
ROUNDS = 9


def text():
    """What lies at hand: the prose and the code of this project, cut at a megabyte."""
    names = sorted(glob.glob("**/*.md", recursive=True) + glob.glob("Sources/**/*.swift", recursive=True))
    whole = "".join(open(name, encoding="utf-8").read() for name in names)
    while len(whole.encode()) < BYTES:
        whole += whole
    return whole.encode()[:BYTES].decode(errors="ignore")


def main(tern, paths):
    sample = text()
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
        file.write(sample)
        file.flush()
        print(f"{'tokenizer':12} {'tokenizers':>12} {'tern':>12} {'ratio':>8}")
        for path in paths:
            tokenizer = tokenizers.Tokenizer.from_file(path)
            command = [tern, "tokenize", path, "--file", file.name]
            theirs, ours = [], []
            for _ in range(ROUNDS):
                start = time.perf_counter()
                ids = tokenizer.encode(sample, add_special_tokens=False).ids
                theirs.append(time.perf_counter() - start)
                start = time.perf_counter()
                out = subprocess.run(command, check=True, capture_output=True).stdout
                ours.append(time.perf_counter() - start)
                if [int(word) for word in out.decode().strip().split(",")] != ids:
                    sys.exit(f"{path}: the ids differ")
            ratio = statistics.median(a / b for a, b in zip(theirs, ours))
            rates = [len(sample.encode()) / 1e6 / statistics.median(times) for times in (theirs, ours)]
            print(f"{os.path.basename(os.path.dirname(path)):12} {rates[0]:7.1f} MB/s {rates[1]:7.1f} MB/s {ratio:7.1f}×")


main(sys.argv[1], sys.argv[2:])
