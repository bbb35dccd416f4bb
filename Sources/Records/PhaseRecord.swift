/// What a cell runs: a phase of a model, its matrices alone, its head alone, or a probe of the machine.
public struct PhaseRecord: Codable, Sendable, Equatable {
  /// What is run.
  public enum Kind: String, Codable, Sendable {
    /// Prompt processing, token generation, or both.
    case model
    /// All ternary matrices of one forward pass, nothing between them.
    case matrices
    /// The output head alone.
    case head
    /// A ceiling of the machine: read bandwidth or int8 products.
    case probe
  }

  /// The spelling in suites and tables: "pp512", "tg128", "pp512+tg128", "tg128@d1024", "gemv", "gemm128", "head",
  /// "probe:read", "probe:int8".
  public var label: String
  /// What is run.
  public var kind: Kind
  /// Prompt tokens processed.
  public var prompt: Int?
  /// Tokens generated.
  public var generate: Int?
  /// Tokens already in the cache before the window opens.
  public var depth: Int?
  /// Vectors per matrix product, for matrices and head.
  public var batch: Int?

  /// Makes a phase.
  public init(
    label: String, kind: Kind, prompt: Int? = nil, generate: Int? = nil, depth: Int? = nil, batch: Int? = nil
  ) {
    self.label = label
    self.kind = kind
    self.prompt = prompt
    self.generate = generate
    self.depth = depth
    self.batch = batch
  }
}

extension PhaseRecord {
  /// Tokens that one iteration processes: prompt and generated tokens together, or the vectors of one product; nil for
  /// a probe, which has none.
  public var tokensPerIteration: Int? {
    switch kind {
    case .model: (prompt ?? 0) + (generate ?? 0)
    case .matrices, .head: batch ?? 1
    case .probe: nil
    }
  }
}
