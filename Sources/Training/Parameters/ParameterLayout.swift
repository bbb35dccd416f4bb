import Engine

/// Where each tensor of a model lies in the flat buffers of masters, gradients and moments.
///
/// Names are those of `BitNetForCausalLM`'s checkpoints.
public struct ParameterLayout: Sendable, Equatable {
  /// What a tensor is for, which decides how it is decayed and whether it is quantized.
  public enum Kind: Sendable {
    /// The embedding, which is the head as well: floats.
    case embedding
    /// The weights of an RMSNorm: floats, never decayed.
    case norm
    /// The weights of a BitLinear [rows, columns]: ternary in the forward pass.
    case matrix
  }

  /// One tensor.
  public struct Entry: Sendable, Equatable {
    /// The name in checkpoints.
    public let name: String
    /// What it is for.
    public let kind: Kind
    /// Rows and columns, or the width of a norm.
    public let shape: [Int]
    /// The first float in a flat buffer.
    public let offset: Int
    /// Its place among all entries.
    public let index: Int

    /// The product of the shape.
    public var count: Int { shape.reduce(1, *) }
    /// The floats in a flat buffer.
    public var range: Range<Int> { offset..<offset + count }
  }

  /// The tensors of one decoder layer.
  public struct Layer: Sendable, Equatable {
    let attentionNorm: Entry
    let query: Entry
    let key: Entry
    let value: Entry
    let attentionSubNorm: Entry
    let output: Entry
    let feedForwardNorm: Entry
    let gate: Entry
    let up: Entry
    let feedForwardSubNorm: Entry
    let down: Entry
  }

  /// Every tensor, in the order in which they lie.
  public let entries: [Entry]
  /// The embedding [vocabulary, hidden].
  public let embedding: Entry
  /// The decoder layers.
  public let layers: [Layer]
  /// The norm before the head.
  public let finalNorm: Entry
  /// Floats of a flat buffer, gaps between tensors included.
  public let count: Int

  /// Lays out the tensors of a shape.
  public init(_ shape: TransformerShape) {
    var cursor = Cursor()
    embedding = cursor.take("model.embed_tokens.weight", .embedding, [shape.vocabulary, shape.hidden])
    var layers: [Layer] = []
    for index in 0..<shape.layers {
      func name(_ part: String) -> String { "model.layers.\(index).\(part).weight" }
      func norm(_ part: String, _ width: Int) -> Entry { cursor.take(name(part), .norm, [width]) }
      func matrix(_ part: String, _ rows: Int, _ columns: Int) -> Entry {
        cursor.take(name(part), .matrix, [rows, columns])
      }
      layers.append(
        Layer(
          attentionNorm: norm("input_layernorm", shape.hidden),
          query: matrix("self_attn.q_proj", shape.queryWidth, shape.hidden),
          key: matrix("self_attn.k_proj", shape.keyValueWidth, shape.hidden),
          value: matrix("self_attn.v_proj", shape.keyValueWidth, shape.hidden),
          attentionSubNorm: norm("self_attn.attn_sub_norm", shape.queryWidth),
          output: matrix("self_attn.o_proj", shape.hidden, shape.queryWidth),
          feedForwardNorm: norm("post_attention_layernorm", shape.hidden),
          gate: matrix("mlp.gate_proj", shape.feedForward, shape.hidden),
          up: matrix("mlp.up_proj", shape.feedForward, shape.hidden),
          feedForwardSubNorm: norm("mlp.ffn_sub_norm", shape.feedForward),
          down: matrix("mlp.down_proj", shape.hidden, shape.feedForward)))
    }
    self.layers = layers
    finalNorm = cursor.take("model.norm.weight", .norm, [shape.hidden])
    entries = cursor.entries
    count = cursor.end
  }

  private struct Cursor {
    var entries: [Entry] = []
    var end = 0

    mutating func take(_ name: String, _ kind: Kind, _ shape: [Int]) -> Entry {
      let entry = Entry(name: name, kind: kind, shape: shape, offset: end, index: entries.count)
      entries.append(entry)
      // Each tensor begins on a cache line of its own.
      end += (entry.count + 15) / 16 * 16
      return entry
    }
  }
}
