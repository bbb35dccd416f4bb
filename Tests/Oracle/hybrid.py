"""A hybrid's GGUF file in a program that knows nothing of Tern: the gguf package, and the graph once more in NumPy.

    python hybrid.py PATH/TO/tern Tests/EngineTests/Fixtures/sambay

The checkpoint is converted. What the file holds is computed by the tables of the article HybridFormat alone, and the
logits are compared with those that were made with another implementation from the checkpoint itself. So the article says
all that a reader needs. Then projections are made ternary, in each type of floats, and must be what absmean says.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np


class File:
    """Keys and tensors of a GGUF file, as floats of 64 bits."""

    def __init__(self, path):
        reader = gguf.GGUFReader(path)
        self.fields = {name: field.contents() for name, field in reader.fields.items()}
        self.tensors = {
            tensor.name: gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float64)
            for tensor in reader.tensors}

    def key(self, name):
        return self.fields[f"phi4flash.{name}"]

    def __call__(self, name):
        return self.tensors[name]

    def layer(self, index):
        """Tensors of a layer: `t("attn_q")` is its weight; zeros stand for a bias that is not there."""
        def tensor(name):
            for full in (f"blk.{index}.{name}.weight", f"blk.{index}.{name}"):
                if full in self.tensors:
                    return self.tensors[full]
            assert name.endswith(".bias"), f"blk.{index} has no {name}"
            return 0
        return tensor


def layer_norm(x, t, name, epsilon):
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred ** 2).mean(-1, keepdims=True) + epsilon) * t(name) + t(f"{name}.bias")


def linear(x, t, name):
    return x @ t(name).T + t(f"{name}.bias")


def silu(x):
    return x / (1 + np.exp(-x))


def mamba(file, x, t):
    """[T, D] → its output [T, D], and the memory [T, C]."""
    taps, n = t("ssm_conv1d"), file.key("ssm.state_size")
    u, z = linear(x, t, "ssm_in"), linear(x, t, "ssm_gate")
    width = taps.shape[1]
    padded = np.vstack([np.zeros((width - 1, u.shape[1])), u])
    u = silu(t("ssm_conv1d.bias") + sum(taps[:, k] * padded[k:k + len(x)] for k in range(width)))
    delta = np.log1p(np.exp(linear(linear(u, t, "ssm_x_dt"), t, "ssm_dt")))
    b, c, a = linear(u, t, "ssm_x_b"), linear(u, t, "ssm_x_c"), -np.exp(t("ssm_a_log"))
    state, y = np.zeros((u.shape[1], n)), np.empty_like(u)
    for token in range(len(x)):
        state = np.exp(delta[token][:, None] * a) * state + np.outer(delta[token] * u[token], b[token])
        y[token] = state @ c[token] + t("ssm_d") * u[token]
    return linear(y * silu(z), t, "ssm_out"), y


def attention(file, x, t, index, keys, values, window):
    """Differential attention: queries of x [T, D] to keys and values [T, K·d]."""
    heads, kv_heads = file.key("attention.head_count"), file.key("attention.head_count_kv")
    d = x.shape[1] // heads
    split = lambda rows, count: rows.reshape(len(rows), count, d)
    q, k, v = split(linear(x, t, "attn_q"), heads), split(keys, kv_heads), split(values, kv_heads)
    first = 0.8 - 0.6 * np.exp(-0.3 * index)
    dot = lambda name: np.exp(t(f"attn_lambda_q{name}") @ t(f"attn_lambda_k{name}"))
    lam = dot(1) - dot(2) + first
    distance = np.subtract.outer(np.arange(len(x)), np.arange(len(x)))
    seen = (distance >= 0) & (distance < (window or len(x)))

    def softmax(head, kv_head):
        scores = np.where(seen, q[:, head] @ k[:, kv_head].T / np.sqrt(d), -np.inf)
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        return weights / weights.sum(-1, keepdims=True)

    out = np.empty((len(x), heads, d))
    for pair in range(heads // 2):
        kv = 2 * (pair // (heads // kv_heads))
        both = np.hstack([v[:, kv], v[:, kv + 1]])
        o = softmax(2 * pair, kv) @ both - lam * (softmax(2 * pair + 1, kv + 1) @ both)
        o = o / np.sqrt((o ** 2).mean(-1, keepdims=True) + 1e-5) * t("attn_sub_norm") * (1 - first)
        out[:, 2 * pair], out[:, 2 * pair + 1] = o[:, :d], o[:, d:]
    return linear(out.reshape(len(x), -1), t, "attn_output")


def logits(file, ids):
    """[T, V]"""
    embedding, epsilon = file("token_embd.weight"), file.key("attention.layer_norm_epsilon")
    half = file.key("block_count") // 2
    x, memory, shared = embedding[ids], None, None
    for index in range(2 * half):
        t = file.layer(index)
        n = layer_norm(x, t, "attn_norm", epsilon)
        if index % 2 == 0 and index <= half:
            out, memory = mamba(file, n, t)
        elif index % 2 == 0:
            out = linear(memory * silu(linear(n, t, "gmu_in")), t, "gmu_out")
        elif index < half:
            window = file.key("attention.sliding_window")
            out = attention(file, n, t, index, linear(n, t, "attn_k"), linear(n, t, "attn_v"), window)
        else:
            shared = (linear(n, t, "attn_k"), linear(n, t, "attn_v")) if index == half + 1 else shared
            out = attention(file, n, t, index, *shared, None)
        x = x + out
        n = layer_norm(x, t, "ffn_norm", epsilon)
        x = x + linear(linear(n, t, "ffn_up") * silu(linear(n, t, "ffn_gate")), t, "ffn_down")
    final = lambda name: file(f"output_norm.{'bias' if name.endswith('bias') else 'weight'}")
    head = file.tensors.get("output.weight", embedding)
    return layer_norm(x, final, "output_norm", epsilon) @ head.T


def run(tern, *arguments):
    subprocess.run([tern, *map(str, arguments)], check=True, stderr=subprocess.DEVNULL)


def main(tern, fixture):
    ids = json.loads(Path(fixture, "expected.json").read_text())["input_ids"]
    expected = np.fromfile(Path(fixture, "logits_full.f32"), dtype="<f4").reshape(len(ids), -1)
    with tempfile.TemporaryDirectory() as folder:
        dense, ternary = {}, {}
        for kind in ("f32", "bf16", "f16"):
            run(tern, "convert", fixture, f"{folder}/dense.gguf", "--type", kind)
            run(tern, "convert", fixture, f"{folder}/ternary.gguf", "--type", kind, "--ternarize", "absmean")
            dense[kind], ternary[kind] = File(f"{folder}/dense.gguf"), File(f"{folder}/ternary.gguf")
    apart = {kind: np.abs(logits(file, ids) - expected).max() for kind, file in dense.items()}
    for kind, file in dense.items():
        print(f"{kind}: {len(file.tensors)} tensors, logits apart {apart[kind]:.1e} at most")

    assert all(file.fields["tern.ternarized"] == "absmean" and file.key("ternary") for file in ternary.values())
    rounded, wrong = 0, []
    for name, values in ternary["f32"].tensors.items():
        if np.array_equal(values, dense["f32"](name)):
            continue  # kept: embedding, norms, biases, λ, convolution, A, D and Δ's matrix
        rounded += 1
        weights, codes = dense["f32"](name), np.sign(values)
        mean = np.abs(weights).mean()
        # On the threshold itself, the last digit of the mean decides.
        decided = np.abs(np.abs(weights) - mean / 2) > 1e-6 * mean
        right = (np.clip(np.rint(weights / mean), -1, 1) == codes) | ~decided
        same = all(np.array_equal(np.sign(file(name)), codes) for file in ternary.values())
        if not (right.all() and same and np.allclose(np.abs(values[codes != 0]), mean, rtol=1e-6)):
            wrong.append(name)
    print(f"ternary: {rounded} projections rounded by their absmean, {len(wrong)} otherwise {wrong}")
    # The other implementation computes in floats of 32 bits; f16 rounds weights that were bf16 only below 6e-8.
    return rounded > 0 and not wrong and all(value < 2e-4 for value in apart.values())


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:3]) else 1)
