import Foundation

/// The llama graph written down again from its equations: one sequence, whole, in Double, no cache, no batches, no order
/// but that of the formulas.
struct NaiveLlama {
  let model: RandomLlama
  private var sizes: RandomLlama.Sizes { model.sizes }
  private typealias Rows = [[Double]]

  /// Logits of every position.
  func logits(_ ids: [Int32]) -> [[Double]] {
    let embedding = matrix("model.embed_tokens.weight")
    var x = ids.map { embedding[Int($0)] }
    for layer in 0..<sizes.layers {
      let name = "model.layers.\(layer)."
      let y = x.map { norm($0, "\(name)input_layernorm.weight") }
      let mixed = attention(
        rotated(product(y, "\(name)self_attn.q_proj.weight"), heads: sizes.heads),
        rotated(product(y, "\(name)self_attn.k_proj.weight"), heads: sizes.kvHeads),
        product(y, "\(name)self_attn.v_proj.weight"))
      x = zip(x, product(mixed, "\(name)self_attn.o_proj.weight")).map(plus)
      let z = x.map { norm($0, "\(name)post_attention_layernorm.weight") }
      let (gate, up) = (product(z, "\(name)mlp.gate_proj.weight"), product(z, "\(name)mlp.up_proj.weight"))
      let gated = zip(gate, up).map { zip($0, $1).map { $0 / (1 + exp(-$0)) * $1 } }
      x = zip(x, product(gated, "\(name)mlp.down_proj.weight")).map(plus)
    }
    let head = sizes.tied ? "model.embed_tokens.weight" : "lm_head.weight"
    return product(x.map { norm($0, "model.norm.weight") }, head)
  }

  private func attention(_ queries: Rows, _ keys: Rows, _ values: Rows) -> Rows {
    let d = sizes.headDim
    return queries.indices.map { t in
      (0..<sizes.heads).flatMap { head -> [Double] in
        let kv = head / (sizes.heads / sizes.kvHeads) * d
        let scores = (0...t).map { j in
          (0..<d).reduce(0) { $0 + queries[t][head * d + $1] * keys[j][kv + $1] } / Double(d).squareRoot()
        }
        let largest = scores.max() ?? 0
        let weights = scores.map { exp($0 - largest) }
        let sum = weights.reduce(0, +)
        return (0..<d).map { i in (0...t).reduce(0) { $0 + weights[$1] * values[$1][kv + i] } / sum }
      }
    }
  }

  /// Pairs (i, i + d/2) of each head turn by position · 10000^(−2i/d).
  private func rotated(_ x: Rows, heads: Int) -> Rows {
    let (d, half) = (sizes.headDim, sizes.headDim / 2)
    return x.enumerated().map { position, row in
      var out = row
      for head in 0..<heads {
        for i in 0..<half {
          let angle = Double(position) * pow(10_000, -2 * Double(i) / Double(d))
          let (a, b) = (row[head * d + i], row[head * d + half + i])
          out[head * d + i] = a * cos(angle) - b * sin(angle)
          out[head * d + half + i] = b * cos(angle) + a * sin(angle)
        }
      }
      return out
    }
  }

  // MARK: - Parts

  private func matrix(_ name: String) -> Rows {
    let (values, columns) = (model.values(name), model.tensors[name]!.shape[1])
    return stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<$0 + columns]) }
  }

  private func product(_ x: Rows, _ name: String) -> Rows {
    let weights = matrix(name)
    return x.map { x in weights.map { row in zip(row, x).reduce(0) { $0 + $1.0 * $1.1 } } }
  }

  private func norm(_ x: [Double], _ name: String) -> [Double] {
    let scale = 1 / (x.reduce(0) { $0 + $1 * $1 } / Double(x.count) + 1e-5).squareRoot()
    return zip(x, model.values(name)).map { $0 * scale * $1 }
  }

  private func plus(_ one: [Double], _ other: [Double]) -> [Double] { zip(one, other).map(+) }
}
