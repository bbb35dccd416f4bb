"""The shipped model in programs that know nothing of Tern: the gguf package, and transformers.

    python tern_tiny.py PATH/TO/tern Sources/CShippedModel/tern-tiny.gguf

The gguf package reads the file and unpacks its weights; from them and the file's metadata a checkpoint is written as
transformers stores BitNet (packed weights, a scale each), and its logits are compared with `tern logits tern-tiny`.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM
from transformers.integrations.bitnet import pack_weights

NAMES = {
    "token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight",
    "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
    "attn_sub_norm": "self_attn.attn_sub_norm", "ffn_sub_norm": "mlp.ffn_sub_norm",
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
SEQUENCES, LENGTH = 16, 12


def name_of(tensor):
    if tensor in NAMES:
        return NAMES[tensor]
    _, layer, part, _ = tensor.split(".")
    return f"model.layers.{layer}.{NAMES[part]}.weight"


def checkpoint(reader, folder):
    """Writes what the file holds as transformers reads it; gives how many matrices are ternary."""
    tensors, ternary = {}, 0
    for tensor in reader.tensors:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        name = name_of(tensor.name)
        if tensor.tensor_type != gguf.GGMLQuantizationType.TQ2_0:
            tensors[name] = torch.from_numpy(values.copy())
            continue
        scale = np.abs(values).max()
        codes = values / scale
        assert np.isin(codes, (-1, 0, 1)).all(), f"{tensor.name} is not ternary"
        tensors[name] = pack_weights(torch.from_numpy(codes.copy()))
        tensors[name.removesuffix("weight") + "weight_scale"] = torch.tensor([scale])
        ternary += 1
    save_file(tensors, f"{folder}/model.safetensors", {"format": "pt"})

    key = lambda name: reader.fields[f"{reader.fields['general.architecture'].contents()}.{name}"].contents()
    heads = key("attention.head_count")
    config = {
        "architectures": ["BitNetForCausalLM"], "model_type": "bitnet", "hidden_act": "relu2",
        "hidden_size": key("embedding_length"), "intermediate_size": key("feed_forward_length"),
        "num_hidden_layers": key("block_count"), "num_attention_heads": heads,
        "num_key_value_heads": key("attention.head_count_kv"), "head_dim": key("embedding_length") // heads,
        "vocab_size": len(tensors["model.embed_tokens.weight"]), "max_position_embeddings": key("context_length"),
        "rope_theta": key("rope.freq_base"), "rms_norm_eps": key("attention.layer_norm_rms_epsilon"),
        "tie_word_embeddings": True, "dtype": "float32",
        "quantization_config": {
            "quant_method": "bitnet", "linear_class": "autobitlinear", "quantization_mode": "offline"},
    }
    Path(f"{folder}/config.json").write_text(json.dumps(config))
    return ternary


def main(tern, path):
    reader = gguf.GGUFReader(path)
    with tempfile.TemporaryDirectory() as folder:
        ternary = checkpoint(reader, folder)
        print(f"gguf: {len(reader.tensors)} tensors read, {ternary} of them ternary")
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        batch = np.random.default_rng(0).integers(2, model.config.vocab_size, (SEQUENCES, LENGTH))
        with torch.no_grad():
            theirs = model(torch.from_numpy(batch)).logits.numpy()
        ours = np.stack([logits(tern, ids, f"{folder}/logits") for ids in batch])
    apart = np.abs(ours - theirs).max(-1)
    print(f"transformers: {apart.size} positions, logits apart {np.median(apart):.1e} in the median, "
          f"{apart.max():.1e} at most; their spread is {theirs.std():.2f}")
    # Both add up the same whole numbers, but transformers quantizes activations, divides them by their scale and then
    # adds floats: where a value stands between two integers, the two may round it to either, and all that follows in
    # that sequence moves by a part in a hundred. No position may be further away, and most must not be moved at all.
    return (ternary > 0 and np.median(apart) < 1e-2 and apart.max() < 0.05 * theirs.std()
            and (ours.argmax(-1) == theirs.argmax(-1)).mean() > 0.99)


def logits(tern, ids, path):
    command = [tern, "logits", "tern-tiny", "--ids", ",".join(map(str, ids)), "-o", path]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return np.fromfile(path, dtype="<f4").reshape(len(ids), -1)


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:3]) else 1)
