import Foundation

/// SambaY written down again from its equations: one sequence, whole, in Double, no state, no batches, no order but that
/// of the formulas.
struct NaiveHybrid {
  let model: RandomHybrid
  /// Whether projections are made ternary and their inputs int8, by the formulas of BitNet b1.58.
  var isTernary = false
  private var sizes: RandomHybrid.Sizes { model.sizes }
  private typealias Rows = [[Double]]

  /// Logits of every position.
  func logits(_ ids: [Int32]) -> [[Double]] {
    let embedding = matrix("model.embed_tokens.weight")
    var x = ids.map { embedding[Int($0)] }
    var memory: Rows = []
    var shared: (keys: Rows, values: Rows) = ([], [])
    let middle = sizes.layers / 2
    for layer in 0..<sizes.layers {
      let name = "model.layers.\(layer)."
      let y = x.map { norm($0, "\(name)input_layernorm") }
      let mixed: Rows
      switch (layer.isMultiple(of: 2), layer) {
      case (true, ...middle):
        let (out, scanned) = mamba(y, "\(name)attn.")
        if layer == middle { memory = scanned }
        mixed = out
      case (true, _):
        let gate = product(y, "\(name)attn.in_proj.weight")
        let gated = zip(memory, gate).map { zip($0, $1).map { $0 * silu($1) } }
        mixed = product(gated, "\(name)attn.out_proj.weight")
      default:
        let qkv = product(y, "\(name)attn.Wqkv.weight", bias: "\(name)attn.Wqkv.bias")
        let (q, kv) = (sizes.hidden, sizes.kvHeads * sizes.headDim)
        if layer <= middle + 1 {
          shared = (qkv.map { Array($0[q..<q + kv]) }, qkv.map { Array($0[(q + kv)...]) })
        }
        mixed = attention(
          qkv.map { Array($0[..<q]) }, shared, "\(name)attn.", layer: layer,
          window: layer < middle ? sizes.window : ids.count)
      }
      x = zip(x, mixed).map(plus)
      let z = product(x.map { norm($0, "\(name)post_attention_layernorm") }, "\(name)mlp.fc1.weight")
      let F = sizes.feedForward
      let gated = z.map { row in (0..<F).map { silu(row[$0]) * row[F + $0] } }
      x = zip(x, product(gated, "\(name)mlp.fc2.weight")).map(plus)
    }
    let head = sizes.tied ? "model.embed_tokens.weight" : "lm_head.weight"
    return product(x.map { norm($0, "model.final_layernorm") }, head)
  }

  private func mamba(_ x: Rows, _ name: String) -> (out: Rows, scanned: Rows) {
    let (C, N, R, K) = (sizes.channels, sizes.state, sizes.rank, sizes.convolution)
    let projected = product(x, "\(name)in_proj.weight")
    let (taps, bias) = (model.values("\(name)conv1d.weight"), model.values("\(name)conv1d.bias"))
    let u = x.indices.map { t in
      (0..<C).map { c in
        let past = (0..<K).map { t - K + 1 + $0 < 0 ? 0 : taps[c * K + $0] * projected[t - K + 1 + $0][c] }
        return silu(bias[c] + past.reduce(0, +))
      }
    }
    let selected = product(u, "\(name)x_proj.weight")
    let delta = product(selected.map { Array($0[..<R]) }, "\(name)dt_proj.weight", bias: "\(name)dt_proj.bias")
    let (a, skip) = (model.values("\(name)A_log"), model.values("\(name)D"))
    var hidden = [Double](repeating: 0, count: C * N)
    let scanned = x.indices.map { t in
      (0..<C).map { c in
        let step = log1p(exp(delta[t][c]))
        var y = skip[c] * u[t][c]
        for n in 0..<N {
          let place = c * N + n
          hidden[place] = exp(-step * exp(a[place])) * hidden[place] + step * u[t][c] * selected[t][R + n]
          y += hidden[place] * selected[t][R + N + n]
        }
        return y
      }
    }
    let gated = x.indices.map { t in (0..<C).map { scanned[t][$0] * silu(projected[t][C + $0]) } }
    return (product(gated, "\(name)out_proj.weight"), scanned)
  }

  private func attention(
    _ queries: Rows, _ shared: (keys: Rows, values: Rows), _ name: String, layer: Int, window: Int
  ) -> Rows {
    let (d, inner) = (sizes.headDim, "\(name)inner_cross_attn.")
    func dot(_ one: String, _ other: String) -> Double {
      zip(model.values(inner + one), model.values(inner + other)).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let start = 0.8 - 0.6 * exp(-0.3 * Double(layer))
    let lambda = exp(dot("lambda_q1", "lambda_k1")) - exp(dot("lambda_q2", "lambda_k2")) + start
    let weight = model.values(inner + "subln.weight")
    let group = sizes.heads / sizes.kvHeads
    let out = queries.indices.map { t in
      var row = [Double](repeating: 0, count: sizes.hidden)
      for pair in 0..<sizes.heads / 2 {
        let kvPair = pair / group
        let value = (0...t).map { Array(shared.values[$0][2 * kvPair * d..<(2 * kvPair + 2) * d]) }
        func look(_ parity: Int) -> [Double] {
          let (q, k) = ((2 * pair + parity) * d, (2 * kvPair + parity) * d)
          let scores = (0...t).map { j -> Double in
            guard t - j < window else { return -.infinity }
            return (0..<d).reduce(0) { $0 + queries[t][q + $1] * shared.keys[j][k + $1] } / Double(d).squareRoot()
          }
          let largest = scores.max()!
          let weights = scores.map { exp($0 - largest) }
          let sum = weights.reduce(0, +)
          return (0..<2 * d).map { i in (0...t).reduce(0) { $0 + weights[$1] * value[$1][i] } / sum }
        }
        let o = zip(look(0), look(1)).map { $0 - lambda * $1 }
        let scale = 1 / (o.reduce(0) { $0 + $1 * $1 } / Double(2 * d) + 1e-5).squareRoot()
        for i in 0..<2 * d { row[2 * pair * d + i] = o[i] * scale * weight[i] * (1 - start) }
      }
      return row
    }
    return product(out, "\(name)out_proj.weight", bias: "\(name)out_proj.bias")
  }

  // MARK: - Parts

  private func matrix(_ name: String) -> Rows {
    let (values, columns) = (model.values(name), model.tensors[name]!.shape[1])
    return stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<$0 + columns]) }
  }

  private func product(_ x: Rows, _ name: String, bias: String? = nil) -> Rows {
    let isTernary = isTernary && !parts(name).isEmpty
    let weights = isTernary ? ternary(name) : matrix(name)
    let x = isTernary ? x.map(rounded) : x
    let bias = bias.map(model.values) ?? [Double](repeating: 0, count: weights.count)
    return x.map { x in zip(weights, bias).map { row, bias in zip(row, x).reduce(bias) { $0 + $1.0 * $1.1 } } }
  }

  /// The rows of the projections that stand in a tensor; none where it is never ternary.
  func parts(_ name: String) -> [Int] {
    let (D, C, F) = (sizes.hidden, sizes.channels, sizes.feedForward)
    let (rows, kv) = (model.tensors[name]!.shape[0], sizes.kvHeads * sizes.headDim)
    switch name.split(separator: ".").suffix(2).joined(separator: ".") {
    case "in_proj.weight": return [Int](repeating: C, count: rows / C)
    case "x_proj.weight": return [sizes.rank, sizes.state, sizes.state]
    case "Wqkv.weight": return rows == D ? [D] : [D, kv, kv]
    case "fc1.weight": return [F, F]
    case "fc2.weight", "out_proj.weight": return [rows]
    default: return []
    }
  }

  /// Each projection by its mean magnitude.
  private func ternary(_ name: String) -> Rows {
    var rest = matrix(name)[...]
    var rows: Rows = []
    for count in parts(name) {
      let part = rest.prefix(count)
      let g = part.joined().reduce(0) { $0 + abs($1) } / Double(count * part.first!.count)
      rows += part.map { $0.map { abs($0) <= g / 2 ? 0 : $0 < 0 ? -g : g } }
      rest = rest.dropFirst(count)
    }
    return rows
  }

  /// To 255 numbers, the largest of which is the largest magnitude.
  private func rounded(_ x: [Double]) -> [Double] {
    let scale = 127 / max(x.map(abs).max() ?? 0, 1e-5)
    return x.map { ($0 * scale).rounded(.toNearestOrEven) / scale }
  }

  private func norm(_ x: [Double], _ name: String) -> [Double] {
    let mean = x.reduce(0, +) / Double(x.count)
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    let (weight, bias) = (model.values("\(name).weight"), model.values("\(name).bias"))
    return x.indices.map { (x[$0] - mean) / (variance + 1e-5).squareRoot() * weight[$0] + bias[$0] }
  }

  private func silu(_ z: Double) -> Double { z / (1 + exp(-z)) }
  private func plus(_ one: [Double], _ other: [Double]) -> [Double] { zip(one, other).map(+) }
}
