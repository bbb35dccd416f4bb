import Engine
import Harness
import Kernels
import Machine
import Meters
import Records
import Sinks
import Suites

/// One line of `tern list models`.
struct ModelRow: Encodable {
  let name: String
  let parameters: Int
  let ternaryParameters: Int
  let hidden: Int
  let layers: Int
  let heads: Int
  let kvHeads: Int
  let headDimension: Int
  let feedForward: Int
  let vocabulary: Int
  let context: Int
  let activation: String
  let source: String
  let summary: String

  enum CodingKeys: String, CodingKey {
    case name, parameters, hidden, layers, heads, vocabulary, context, activation, source, summary
    case ternaryParameters = "ternary_parameters"
    case kvHeads = "kv_heads"
    case headDimension = "head_dim"
    case feedForward = "ffn"
  }

  static let header: [TextTable.Column] = [
    .left("model", .essential), .right("params", .essential), .right("ternary"), .right("hidden"), .right("layers"),
    .right("heads"), .right("ffn"), .right("vocab"), .left("activation", .minor),
  ]

  init(_ shape: any ModelShape) {
    name = shape.name
    parameters = shape.parameters
    ternaryParameters = shape.ternaryParameters
    hidden = shape.hidden
    layers = shape.layers
    heads = shape.heads
    kvHeads = shape.kvHeads
    headDimension = shape.headDim
    feedForward = shape.feedForward
    vocabulary = shape.vocabulary
    context = shape.context
    activation = shape.activation.rawValue
    source = shape.source
    summary = shape.summary
  }

  var cells: [String] {
    [
      name, Number.parameters(parameters), Number.parameters(ternaryParameters), "\(hidden)", "\(layers)",
      heads == kvHeads ? "\(heads)" : "\(heads)/\(kvHeads)", "\(feedForward)", "\(vocabulary)", activation,
    ]
  }
}

/// One line of `tern list kernels`.
struct KernelRow: Encodable {
  let id: String
  let name: String
  let isa: String?
  let packing: String?
  let bitsPerWeight: Double?
  let available: Bool
  let reason: String?
  let verified: String?
  let summary: String

  enum CodingKeys: String, CodingKey {
    case id, name, isa, packing, available, reason, verified, summary
    case bitsPerWeight = "bits_per_weight"
  }

  static let header: [TextTable.Column] = [
    .left("kernel", .essential), .left("packing", .minor), .right("bpw"), .left("available"), .left("verified", .minor),
    .left("what it is"),
  ]

  /// Every row of the registry, then the names that stand for the best of them.
  static let all = KernelRegistry.kernels.map(KernelRow.init) + AutomaticKernel.allCases.map(KernelRow.init)

  private init(_ name: AutomaticKernel) {
    id = name.rawValue
    self.name = name.rawValue
    isa = nil
    packing = nil
    bitsPerWeight = nil
    available = true
    reason = nil
    verified = nil
    summary = name.summary
  }

  private init(_ kernel: Kernel) {
    id = kernel.id
    name = kernel.name
    isa = kernel.isa
    packing = kernel.packing.name
    bitsPerWeight = kernel.packing.bitsPerWeight
    available = kernel.isAvailable
    reason = kernel.availability.reason
    verified = kernel.verified.rawValue
    summary = kernel.summary
  }

  var cells: [String] {
    let what = reason.map { "\(summary) (\($0))" } ?? summary
    return [
      id, packing ?? "", bitsPerWeight.map(Number.bits) ?? "", available ? "yes" : "no", verified ?? "", what,
    ]
  }
}

/// One line of `tern list heads`: a dense kernel, which multiplies the output head and looks embeddings up.
struct HeadRow: Encodable {
  let id: String
  let name: String
  let isa: String
  let bitsPerWeight: Double
  let available: Bool
  let reason: String?
  let verified: String
  let summary: String

  enum CodingKeys: String, CodingKey {
    case id, name, isa, available, reason, verified, summary
    case bitsPerWeight = "bits_per_weight"
  }

  static let header: [TextTable.Column] = [
    .left("head"), .right("bpw"), .left("available"), .left("verified"), .left("what it is"),
  ]

  init(_ kernel: DenseKernel) {
    id = kernel.id
    name = kernel.format.rawValue
    isa = kernel.isa
    bitsPerWeight = kernel.bitsPerWeight
    available = kernel.availability.isAvailable
    reason = kernel.availability.reason
    verified = kernel.verified.rawValue
    summary = kernel.summary
  }

  var cells: [String] {
    let what = reason.map { "\(summary) (\($0))" } ?? summary
    return [id, Number.bits(bitsPerWeight), available ? "yes" : "no", verified, what]
  }
}

/// One line of `tern list suites`; what a broken suite gets wrong stands in its place.
struct SuiteRow: Encodable {
  let name: String
  let question: String?
  let cases: [String]
  let error: String?

  static let header: [TextTable.Column] = [.left("suite"), .left("question")]

  init(_ name: String) {
    self.name = name
    do {
      let suite = try SuiteLibrary.load("Suites/\(name).toml")
      question = suite.question
      cases = suite.cases.map(\.name)
      error = nil
    } catch {
      question = nil
      cases = []
      self.error = "\(error)"
    }
  }

  var cells: [String] { [name, question ?? error ?? ""] }
}

/// One line of `tern list meters`.
struct MeterRow: Encodable {
  let name: String
  let source: String
  let scope: String?
  let available: Bool
  let reason: String?
  let fix: String?

  static let header: [TextTable.Column] = [.left("meter"), .left("available"), .left("what it reads")]

  static func all(machine: Machine) -> [MeterRow] {
    // The groups that come with the program are right, or its tests fail.
    let groups = (try? CounterGroupLibrary.all()) ?? []
    return MeterCatalog.all(threadIDs: { [] }, machine: machine, counterGroups: groups).map(MeterRow.init)
  }

  private init(_ meter: any Meter) {
    name = meter.id
    source = meter.source
    scope = meter.scope
    switch meter.availability() {
    case .available:
      available = true
      reason = nil
      fix = nil
    case .unavailable(let why, let how):
      available = false
      reason = why
      fix = how
    }
  }

  var cells: [String] {
    let refusal = reason.map { "; \($0). Fix: \(fix ?? "none")" } ?? ""
    return [name, available ? "yes" : "no", source + refusal]
  }
}
