"""Training against PyTorch: gradients of one step, and the losses of 200 steps from the same state.

    python training.py PATH/TO/tern

The model is stated again below, in PyTorch's words and with its autograd; quantizers are x + (Q(x) - x).detach().
Text, order of the sequences, schedule and AdamW are stated again too. `make test-oracle` runs it.
"""

import csv
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

STEPS = 200
FIRST = 2  # the checkpoint that PyTorch begins with
SHAPE = dict(hidden=64, layers=2, heads=4, kv_heads=2, feed_forward=160, vocabulary=288)
CONTEXT, SEQUENCES, SEED = 32, 16, 11
PEAK = 5e-4
SMOOTH = 10  # steps whose mean is a point of the curve
MASK = (1 << 64) - 1


class RandomNumbers:
    """SplitMix64 with streams, as Sources/Training/Parameters/RandomNumbers.swift."""

    def __init__(self, seed, stream=0):
        self.state = self.mix((seed + self.mix((stream + 0x9E3779B97F4A7C15) & MASK)) & MASK)

    @staticmethod
    def mix(z):
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        return self.mix(self.state)

    def below(self, count):
        return self.next() % count


def configuration(folder, activation, quantizer, steps):
    return f"""schema = 1
name = "oracle"
seed = {SEED}
output = "{folder}/run"
[model]
hidden = {SHAPE['hidden']}
layers = {SHAPE['layers']}
heads = {SHAPE['heads']}
kv_heads = {SHAPE['kv_heads']}
feed_forward = {SHAPE['feed_forward']}
activation = "{activation}"
quantizer = "{quantizer}"
[data]
files = ["text.txt"]
vocabulary = {SHAPE['vocabulary']}
validation = 0.1
[training]
context = {CONTEXT}
sequences = {SEQUENCES}
steps = {steps}
warmup = 1
learning_rate = {PEAK}
learning_rate_end = {PEAK}
second_stage = 1
weight_decay = 0.1
save_every = 100000
[evaluation]
every = 100000
"""


def text():
    """Sentences with some order in them, from numbers that are the same everywhere."""
    random = RandomNumbers(1)
    names, verbs, things = ["Anna", "Ben", "Clara"], ["sees", "likes", "draws"], ["a boat", "the sea", "two birds"]
    pick = lambda words: words[random.below(len(words))]
    return "\n\n".join(" ".join(f"{pick(names)} {pick(verbs)} {pick(things)}." for _ in range(5)) for _ in range(400))


def ternary(w):
    g = w.abs().mean().clamp(min=1e-5)
    return w + ((w / g).round().clamp(-1, 1) * g - w).detach()


def int8(x):
    s = 127 / x.abs().amax(-1, keepdim=True).clamp(min=1e-5)
    return x + ((x * s).round().clamp(-128, 127) / s - x).detach()


def rms(x, w):
    return w * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5))


def rope(x):  # [B, H, T, d]
    d, t = x.shape[-1], x.shape[-2]
    angles = torch.arange(t, dtype=torch.float64)[:, None] * 10000.0 ** (-2 * torch.arange(d // 2) / d)[None]
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b = x[..., : d // 2], x[..., d // 2 :]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def forward(p, ids, activation, quantizer):
    heads, kv_heads = SHAPE["heads"], SHAPE["kv_heads"]
    d = SHAPE["hidden"] // heads
    batch, length = ids.shape
    if quantizer == "ternary":
        linear = lambda name, x: int8(x) @ ternary(p[name + ".weight"]).T
    else:
        linear = lambda name, x: x @ p[name + ".weight"].T
    x = p["model.embed_tokens.weight"][ids]
    for layer in range(SHAPE["layers"]):
        name = f"model.layers.{layer}."
        h = rms(x, p[name + "input_layernorm.weight"])
        split = lambda y, n: y.view(batch, length, n, d).transpose(1, 2)
        q = rope(split(linear(name + "self_attn.q_proj", h), heads))
        k = rope(split(linear(name + "self_attn.k_proj", h), kv_heads)).repeat_interleave(heads // kv_heads, 1)
        v = split(linear(name + "self_attn.v_proj", h), kv_heads).repeat_interleave(heads // kv_heads, 1)
        o = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        o = rms(o.transpose(1, 2).reshape(batch, length, heads * d), p[name + "self_attn.attn_sub_norm.weight"])
        x = x + linear(name + "self_attn.o_proj", o)
        h = rms(x, p[name + "post_attention_layernorm.weight"])
        gate = linear(name + "mlp.gate_proj", h)
        gate = torch.nn.functional.silu(gate) if activation == "silu" else torch.relu(gate) ** 2
        f = rms(gate * linear(name + "mlp.up_proj", h), p[name + "mlp.ffn_sub_norm.weight"])
        x = x + linear(name + "mlp.down_proj", f)
    return rms(x, p["model.norm.weight"]) @ p["model.embed_tokens.weight"].T


def loss_of(p, batch, *kind):
    ids = torch.stack([piece[:-1] for piece in batch])
    targets = torch.stack([piece[1:] for piece in batch])
    return torch.nn.functional.cross_entropy(forward(p, ids, *kind).flatten(0, 1), targets.flatten())


def pieces(folder):
    tokenizer = Tokenizer.from_file(f"{folder}/run/tokenizer.json")
    ids = []
    for document in Path(f"{folder}/text.txt").read_text().split("\n\n"):
        # The tokenizer begins a document; training ends it.
        ids += tokenizer.encode(document).ids + [tokenizer.token_to_id("<|end_of_text|>")]
    count = (len(ids) - 1) // CONTEXT
    held_out = min(max(1, math.floor(count * 0.1 + 0.5)), count - 1)
    return [torch.tensor(ids[i * CONTEXT : (i + 1) * CONTEXT + 1]) for i in range(count - held_out)]


def batches(all_pieces):
    """Step after step, without end: every piece once an epoch, shuffled by seed and epoch."""
    epoch, batch = 0, []
    while True:
        order, random = list(range(len(all_pieces))), RandomNumbers(SEED, epoch)
        for last in range(len(order) - 1, 0, -1):
            other = random.below(last + 1)
            order[last], order[other] = order[other], order[last]
        for index in order:
            batch.append(all_pieces[index])
            if len(batch) == SEQUENCES:
                yield batch
                batch = []
        epoch += 1


def train(tern, folder, kind, steps):
    Path(f"{folder}/config.toml").write_text(configuration(folder, *kind, steps))
    resume = ["--resume"] if Path(f"{folder}/run/checkpoint.safetensors").exists() else []
    subprocess.run([tern, "train", f"{folder}/config.toml", "--quiet", *resume], check=True)
    tensors = load_file(f"{folder}/run/checkpoint.safetensors")
    with open(f"{folder}/run/metrics.csv") as file:
        return tensors, list(csv.DictReader(file))


def check(tern, *kind):
    with tempfile.TemporaryDirectory() as folder:
        Path(f"{folder}/text.txt").write_text(text())
        before, _ = train(tern, folder, kind, 1)
        after, rows = train(tern, folder, kind, FIRST)
        names = [name for name in before if name.startswith("model.")]
        steps = batches(pieces(folder))
        next(steps)

        # The gradient of step 2, out of the moments before and after: m' = 0.9 m + 0.1 clip g.
        p = {name: before[name].clone().requires_grad_() for name in names}
        loss = loss_of(p, next(steps), *kind)
        loss.backward()
        clip = min(1, 1 / float(rows[1]["gradient_norm"]))
        worst = 0
        for name in names:
            moment = "optimizer.first_moment." + name
            ours = (after[moment] - 0.9 * before[moment]) / (0.1 * clip)
            worst = max(worst, float((ours - p[name].grad).norm() / p[name].grad.norm()))
        print(f"{' '.join(kind)}: loss of step 2 {float(rows[1]['loss']):.6f}, PyTorch {loss.item():.6f}; "
              f"largest relative error of a tensor's gradient {worst:.1e}")

        # The same 200 steps from the same state.
        _, rows = train(tern, folder, kind, FIRST + STEPS)
        p = {name: after[name].clone().requires_grad_() for name in names}
        decayed = [p[name] for name in names if p[name].dim() == 2]
        norms = [p[name] for name in names if p[name].dim() == 1]
        optimizer = torch.optim.AdamW(
            [dict(params=decayed, weight_decay=0.1), dict(params=norms, weight_decay=0)],
            lr=PEAK, betas=(0.9, 0.95), eps=1e-8)
        for name in names:
            optimizer.state[p[name]] = dict(
                step=torch.tensor(float(FIRST)), exp_avg=after["optimizer.first_moment." + name].clone(),
                exp_avg_sq=after["optimizer.second_moment." + name].clone())
        ours, theirs = [], []
        for row in rows[FIRST:]:
            loss = loss_of(p, next(steps), *kind)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(list(p.values()), 1.0)
            optimizer.step()
            ours.append(float(row["loss"]))
            theirs.append(loss.item())
        steps_apart, curve_apart = apart(ours, theirs, 1), apart(ours, theirs, SMOOTH)
        print(f"{' '.join(kind)}: {STEPS} steps, losses at most {steps_apart * 100:.3f} % apart, means of {SMOOTH} "
              f"{curve_apart * 100:.3f} %, the last loss {theirs[-1]:.4f}")
        # A float that is added up in another order moves a weight over a threshold, sooner or later, and from there on
        # two ternary runs are two runs: their curves stay together and single batches do not. Floats have no thresholds.
        return worst < 1e-2 and (curve_apart if kind[1] == "ternary" else steps_apart) < 1e-2


def apart(ours, theirs, count):
    means = lambda x: [sum(x[i : i + count]) / count for i in range(0, len(x), count)]
    return max(abs(a / b - 1) for a, b in zip(means(ours), means(theirs)))


if __name__ == "__main__":
    torch.manual_seed(0)
    results = [check(sys.argv[1], a, q) for a in ("relu2", "silu") for q in ("ternary", "none")]
    sys.exit(0 if all(results) else 1)
