import Foundation
import Kernels
import ModelFiles

/// A dense llama checkpoint of any sizes with random weights: written to a folder, and held for a restatement to read.
final class RandomLlama {
  struct Sizes: Sendable {
    var layers = 2
    var heads = 4
    var kvHeads = 2
    var headDim = 8
    var hidden = 32
    var feedForward = 48
    var vocabulary = 41
    var tied = false
    var type = "F32"
  }

  let sizes: Sizes
  let folder: URL
  /// Every tensor by its name, row-major, rounded to the type.
  private(set) var tensors: [String: (shape: [Int], values: [Float])] = [:]
  private var random: UInt64

  init(_ sizes: Sizes = Sizes(), seed: UInt64 = 1) throws {
    self.sizes = sizes
    random = seed
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("tern-llama-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    make()
    try write()
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var path: String { folder.path }

  static let norms = ["input_layernorm", "post_attention_layernorm"]

  private func make() {
    let (q, kv, D, F) = (sizes.heads * sizes.headDim, sizes.kvHeads * sizes.headDim, sizes.hidden, sizes.feedForward)
    add("model.embed_tokens.weight", [sizes.vocabulary, D], spread: 1)
    if !sizes.tied { add("lm_head.weight", [sizes.vocabulary, D], spread: 1) }
    add("model.norm.weight", [D], around: 1, spread: 0.3)
    for layer in 0..<sizes.layers {
      let name = "model.layers.\(layer)."
      for norm in Self.norms { add("\(name)\(norm).weight", [D], around: 1, spread: 0.3) }
      let matrices = [
        ("self_attn.q_proj", q, D), ("self_attn.k_proj", kv, D), ("self_attn.v_proj", kv, D),
        ("self_attn.o_proj", D, q), ("mlp.gate_proj", F, D), ("mlp.up_proj", F, D), ("mlp.down_proj", D, F),
      ]
      for (matrix, rows, columns) in matrices {
        add("\(name)\(matrix).weight", [rows, columns], spread: (3 / Float(columns)).squareRoot())
      }
    }
  }

  private func add(_ name: String, _ shape: [Int], around center: Float = 0, spread: Float) {
    tensors[name] = (
      shape,
      (0..<shape.reduce(1, *)).map { _ in
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return rounded(center + spread * Float(Int32(truncatingIfNeeded: random >> 32)) * 0x1p-31)
      }
    )
  }

  private func rounded(_ value: Float) -> Float {
    switch sizes.type {
    case "F16": FloatFormats.float(half: FloatFormats.half(value))
    case "BF16": Float(bitPattern: UInt32(FloatFormats.bfloat(value)) << 16)
    default: value
    }
  }

  func change(_ name: String, _ change: ([Float]) -> [Float]) {
    if let (shape, values) = tensors[name] { tensors[name] = (shape, change(values)) }
  }

  var configuration: [String: Any] {
    [
      "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": sizes.hidden,
      "intermediate_size": sizes.feedForward, "num_hidden_layers": sizes.layers, "num_attention_heads": sizes.heads,
      "num_key_value_heads": sizes.kvHeads, "head_dim": sizes.headDim, "vocab_size": sizes.vocabulary,
      "max_position_embeddings": 128, "rope_theta": 10_000, "rms_norm_eps": 1e-5, "hidden_act": "silu",
      "tie_word_embeddings": sizes.tied,
    ]
  }

  /// - Parameter types: those of tensors that have another type than all.
  func write(
    adding more: [String: (shape: [Int], values: [Float])] = [:], changing changes: [String: Any] = [:],
    types: [String: String] = [:]
  ) throws {
    var header: [String: Any] = [:]
    var data = Data()
    for (name, tensor) in tensors.merging(more, uniquingKeysWith: { $1 }).sorted(by: { $0.key < $1.key }) {
      let type = types[name] ?? sizes.type
      let bytes = Self.bytes(tensor.values, type: type)
      header[name] = ["dtype": type, "shape": tensor.shape, "data_offsets": [data.count, data.count + bytes.count]]
      data += bytes
    }
    let json = try JSONSerialization.data(withJSONObject: header)
    var file = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) }
    file += json + data
    try file.write(to: folder.appendingPathComponent("model.safetensors"))
    try JSONSerialization.data(withJSONObject: configuration.merging(changes) { $1 }.filter { !($0.value is NSNull) })
      .write(to: folder.appendingPathComponent("config.json"))
  }

  static func bytes(_ values: [Float], type: String) -> Data {
    func halves(_ bits: (Float) -> UInt16) -> Data { values.map(bits).withUnsafeBytes { Data($0) } }
    switch type {
    case "F16": return halves(FloatFormats.half)
    case "BF16": return halves(FloatFormats.bfloat)
    default: return values.withUnsafeBytes { Data($0) }
    }
  }

  func values(_ name: String) -> [Double] { (tensors[name]?.values ?? []).map(Double.init) }
}

// MARK: - As GGUF

extension RandomLlama {
  /// The same as a GGUF file of architecture llama, rows of queries and keys in the order of rotary pairs.
  ///
  /// - Parameter type: of the projections; all else is F32.
  func writeGGUF(_ type: GGMLType) throws -> String {
    var writer = GGUFWriter()
    writer.set("general.architecture", .string("llama"))
    let numbers = [
      ("context_length", 128), ("embedding_length", sizes.hidden), ("block_count", sizes.layers),
      ("feed_forward_length", sizes.feedForward), ("attention.head_count", sizes.heads),
      ("attention.head_count_kv", sizes.kvHeads), ("rope.dimension_count", sizes.headDim),
      ("vocab_size", sizes.vocabulary), ("attention.key_length", sizes.headDim),
      ("attention.value_length", sizes.headDim),
    ]
    for (key, value) in numbers { writer.set("llama.\(key)", .uint32(UInt32(value))) }
    writer.set("llama.rope.freq_base", .float32(10_000))
    writer.set("llama.attention.layer_norm_rms_epsilon", .float32(1e-5))
    var contents: [Data] = []
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      let isMatrix = name.contains("_proj")
      var values = tensor.values
      if name.contains("q_proj") || name.contains("k_proj") { values = paired(values, columns: tensor.shape[1]) }
      let bytes = Self.encoded(values, isMatrix ? type : .f32)
      writer.add(
        GGUFWriter.Tensor(name: Self.ggufName(name), type: isMatrix ? type : .f32, sizes: tensor.shape.reversed())!)
      contents.append(bytes)
    }
    let path = folder.appendingPathComponent("\(type.name).gguf").path
    try writer.write(to: path) { index, write in try contents[index].withUnsafeBytes(write) }
    return path
  }

  /// Row i of half h of a head goes to row 2i + h.
  private func paired(_ values: [Float], columns: Int) -> [Float] {
    let (d, rows) = (sizes.headDim, values.count / columns)
    var out = values
    for row in 0..<rows {
      let (head, inHead) = (row / d, row % d)
      let place = head * d + 2 * (inHead % (d / 2)) + inHead / (d / 2)
      out.replaceSubrange(place * columns..<(place + 1) * columns, with: values[row * columns..<(row + 1) * columns])
    }
    return out
  }

  private static func encoded(_ values: [Float], _ type: GGMLType) -> Data {
    switch type {
    case .f16: return bytes(values, type: "F16")
    case .bf16: return bytes(values, type: "BF16")
    case .q8_0:
      var out = [UInt8](repeating: 0, count: values.count / 32 * 34)
      values.withUnsafeBufferPointer { values in
        out.withUnsafeMutableBytes { out in
          for block in 0..<values.count / 32 {
            BlockWeights.encodeQ8(values.baseAddress! + 32 * block, into: out.baseAddress! + 34 * block)
          }
        }
      }
      return Data(out)
    default: return bytes(values, type: "F32")
    }
  }

  private static func ggufName(_ name: String) -> String {
    let top = ["model.embed_tokens": "token_embd", "lm_head": "output", "model.norm": "output_norm"]
    let stem = String(name.dropLast(".weight".count))
    if let name = top[stem] { return "\(name).weight" }
    let parts = [
      "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "q_proj": "attn_q", "k_proj": "attn_k",
      "v_proj": "attn_v", "o_proj": "attn_output", "gate_proj": "ffn_gate", "up_proj": "ffn_up",
      "down_proj": "ffn_down",
    ]
    let words = stem.split(separator: ".").map(String.init)
    return "blk.\(words[2]).\(parts[words[words.count - 1]]!).weight"
  }
}
