import Testing

@testable import Meters

@Suite("Estimated energy")
struct EstimatedEnergyTests {
  /// A row of arXiv 2504.12285 table 1: the model's shape from its published configuration, and the printed joules.
  struct Row: Sendable, CustomTestStringConvertible {
    let model: String
    let arithmetic: EstimatedEnergy.Arithmetic
    let hidden, layers, heads, kvHeads, headDim, feedForward: Int
    let joules: Double

    var testDescription: String { model }

    var estimate: EstimatedEnergy {
      let (query, keyValue) = (heads * headDim, kvHeads * headDim)
      return EstimatedEnergy(
        layers: layers,
        matrices: [
          (query, hidden), (keyValue, hidden), (keyValue, hidden), (hidden, query), (feedForward, hidden),
          (feedForward, hidden), (hidden, feedForward),
        ], attentionWidth: query)
    }
  }

  static let table = [
    Row(
      model: "LLaMA 3.2 1B", arithmetic: .float16, hidden: 2048, layers: 16, heads: 32, kvHeads: 8, headDim: 64,
      feedForward: 8192, joules: 0.258),
    Row(
      model: "Gemma-3 1B", arithmetic: .float16, hidden: 1152, layers: 26, heads: 4, kvHeads: 1, headDim: 256,
      feedForward: 6912, joules: 0.186),
    Row(
      model: "Qwen2.5 1.5B", arithmetic: .float16, hidden: 1536, layers: 28, heads: 12, kvHeads: 2, headDim: 128,
      feedForward: 8960, joules: 0.347),
    Row(
      model: "SmolLM2 1.7B", arithmetic: .float16, hidden: 2048, layers: 24, heads: 32, kvHeads: 32, headDim: 64,
      feedForward: 8192, joules: 0.425),
    Row(
      model: "MiniCPM 2B", arithmetic: .float16, hidden: 2304, layers: 40, heads: 36, kvHeads: 36, headDim: 64,
      feedForward: 5760, joules: 0.649),
    Row(
      model: "BitNet b1.58 2B4T", arithmetic: .ternary, hidden: 2560, layers: 30, heads: 20, kvHeads: 5, headDim: 128,
      feedForward: 6912, joules: 0.028),
  ]

  @Test("A pass over 512 tokens costs what the paper's table prints, to its last digit", arguments: table)
  func paper(row: Row) {
    #expect(abs(row.estimate.joules(row.arithmetic, tokens: 512) - row.joules) < 0.0005)
  }

  @Test("Most of BitNet's estimate is float16 attention")
  func attentionShare() throws {
    let row = try #require(Self.table.last)
    let whole = row.estimate.joules(.ternary, tokens: 512)
    let noAttention = EstimatedEnergy(
      layers: row.layers, weightsPerLayer: row.estimate.weightsPerLayer, widthsPerLayer: row.estimate.widthsPerLayer,
      attentionWidth: 0)
    #expect(abs(1 - noAttention.joules(.ternary, tokens: 512) / whole - 0.72) < 0.005)
  }

  @Test("Generating tokens costs what passes over one token each cost", arguments: EstimatedEnergy.Arithmetic.allCases)
  func decode(arithmetic: EstimatedEnergy.Arithmetic) {
    let estimate = Self.table[0].estimate
    let oneByOne = (0..<10).reduce(0) { $0 + estimate.joules(arithmetic, tokens: 1, depth: 100 + $1) }
    #expect(abs(estimate.decodeJoules(arithmetic, tokens: 10, depth: 100) / oneByOne - 1) < 1e-12)
  }

  @Test("A pass behind cached tokens attends to them as well")
  func depth() {
    let estimate = EstimatedEnergy(layers: 1, weightsPerLayer: 0, widthsPerLayer: 0, attentionWidth: 1)
    // 2 products of 3 queries with 7 + 3 keys, at 0.5 pJ each.
    #expect(abs(estimate.joules(.float16, tokens: 3, depth: 7) - 30e-12) < 1e-20)
  }

  @Test("Nothing run is no energy, and the largest model stays finite")
  func edges() {
    #expect(Self.table[0].estimate.joules(.ternary, tokens: 0) == 0)
    let huge = EstimatedEnergy(layers: 1000, weightsPerLayer: 1 << 40, widthsPerLayer: 1 << 20, attentionWidth: 1 << 20)
    #expect(huge.joules(.float16, tokens: 1 << 20).isFinite)
  }
}
