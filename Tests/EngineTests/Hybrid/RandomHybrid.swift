import Engine
import Foundation
import Kernels
import ModelFiles
import Testing

/// A SambaY checkpoint of any sizes with random weights: written to a folder, and held for a restatement to read.
final class RandomHybrid {
  struct Sizes: Sendable, CustomTestStringConvertible {
    var layers: Int
    var heads: Int
    var kvHeads: Int
    var headDim: Int
    var window: Int
    var feedForward = 20
    var state = 5
    var convolution = 4
    var expand = 2
    var rank = 3
    var vocabulary = 31
    var tied = true

    var hidden: Int { heads * headDim }
    var channels: Int { expand * hidden }
    var testDescription: String { "L \(layers), H \(heads)/\(kvHeads) of \(headDim), W \(window)" }
  }

  let sizes: Sizes
  let folder: URL
  /// Every tensor by its name, row-major.
  private(set) var tensors: [String: (shape: [Int], values: [Float])] = [:]
  private var random: UInt64

  init(_ sizes: Sizes, seed: UInt64) throws {
    self.sizes = sizes
    random = seed
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("tern-hybrid-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    make()
    try write()
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var path: String { folder.path }

  private func uniform() -> Float {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: random >> 32)) * 0x1p-31
  }

  private func add(_ name: String, _ shape: [Int], around center: Float = 0, spread: Float) {
    tensors[name] = (shape, (0..<shape.reduce(1, *)).map { _ in center + spread * uniform() })
  }

  private func matrix(_ name: String, _ rows: Int, _ columns: Int) {
    add(name, [rows, columns], spread: (3 / Float(columns)).squareRoot())
  }

  private func make() {
    let (D, C, N, R, d) = (sizes.hidden, sizes.channels, sizes.state, sizes.rank, sizes.headDim)
    let kv = sizes.kvHeads * d
    func norm(_ name: String) {
      add("\(name).weight", [D], around: 1, spread: 0.3)
      add("\(name).bias", [D], spread: 0.2)
    }
    add("model.embed_tokens.weight", [sizes.vocabulary, D], spread: 1)
    if !sizes.tied { add("lm_head.weight", [sizes.vocabulary, D], spread: 1) }
    norm("model.final_layernorm")
    for layer in 0..<sizes.layers {
      let name = "model.layers.\(layer)."
      norm("\(name)input_layernorm")
      norm("\(name)post_attention_layernorm")
      matrix("\(name)mlp.fc1.weight", 2 * sizes.feedForward, D)
      matrix("\(name)mlp.fc2.weight", D, sizes.feedForward)
      let middle = sizes.layers / 2
      if layer.isMultiple(of: 2), layer <= middle {
        matrix("\(name)attn.in_proj.weight", 2 * C, D)
        add("\(name)attn.conv1d.weight", [C, 1, sizes.convolution], spread: 0.8)
        add("\(name)attn.conv1d.bias", [C], spread: 0.3)
        matrix("\(name)attn.x_proj.weight", R + 2 * N, C)
        matrix("\(name)attn.dt_proj.weight", C, R)
        add("\(name)attn.dt_proj.bias", [C], around: -1, spread: 1.5)
        add("\(name)attn.A_log", [C, N], spread: 1.2)
        add("\(name)attn.D", [C], around: 1, spread: 0.5)
        matrix("\(name)attn.out_proj.weight", D, C)
      } else if layer.isMultiple(of: 2) {
        matrix("\(name)attn.in_proj.weight", C, D)
        matrix("\(name)attn.out_proj.weight", D, C)
      } else {
        let rows = layer <= middle + 1 ? D + 2 * kv : D
        matrix("\(name)attn.Wqkv.weight", rows, D)
        add("\(name)attn.Wqkv.bias", [rows], spread: 0.3)
        matrix("\(name)attn.out_proj.weight", D, D)
        add("\(name)attn.out_proj.bias", [D], spread: 0.3)
        for vector in ["lambda_q1", "lambda_k1", "lambda_q2", "lambda_k2"] {
          add("\(name)attn.inner_cross_attn.\(vector)", [d], spread: 0.4)
        }
        add("\(name)attn.inner_cross_attn.subln.weight", [2 * d], around: 1, spread: 0.3)
      }
    }
  }

  /// The keys of config.json.
  var configuration: [String: Any] {
    [
      "model_type": "phi4flash", "hidden_size": sizes.hidden, "intermediate_size": sizes.feedForward,
      "num_hidden_layers": sizes.layers, "num_attention_heads": sizes.heads, "num_key_value_heads": sizes.kvHeads,
      "vocab_size": sizes.vocabulary, "max_position_embeddings": 256, "sliding_window": sizes.window,
      "layer_norm_eps": 1e-5, "hidden_act": "silu", "mb_per_layer": 2, "mamba_d_state": sizes.state,
      "mamba_d_conv": sizes.convolution, "mamba_expand": sizes.expand, "mamba_dt_rank": sizes.rank,
      "tie_word_embeddings": sizes.tied,
    ]
  }

  func write(without missing: String? = nil, changing changes: [String: Any] = [:]) throws {
    var header: [String: Any] = [:]
    var data = Data()
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) where name != missing {
      let bytes = tensor.values.withUnsafeBytes { Data($0) }
      header[name] = [
        "dtype": "F32", "shape": tensor.shape, "data_offsets": [data.count, data.count + bytes.count],
      ]
      data += bytes
    }
    let json = try JSONSerialization.data(withJSONObject: header)
    var file = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) }
    file += json + data
    try file.write(to: folder.appendingPathComponent("model.safetensors"))
    let keys = configuration.merging(changes) { $1 }
    try JSONSerialization.data(withJSONObject: keys.filter { !($0.value is NSNull) })
      .write(to: folder.appendingPathComponent("config.json"))
  }

  func scale(_ name: String, by factor: Float) {
    guard let (shape, values) = tensors[name] else { return }
    tensors[name] = (shape, values.map { $0 * factor })
  }

  func values(_ name: String) -> [Double] { (tensors[name]?.values ?? []).map(Double.init) }
}

extension Hybrid {
  /// Reads a model of dense weights, for which the kernel that is named has no say.
  static func load(dense path: String, pool: ThreadPool) throws -> Hybrid {
    let stored = try #require(ModelFile.openAny(path: path) as? any StoredHybrid)
    return try load(stored, kernels: KernelPlan(naive), pool: pool, hashing: false)
  }
}
