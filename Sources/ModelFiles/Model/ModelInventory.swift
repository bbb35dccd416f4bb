/// A weight's tensor as a file has it.
public struct StoredTensor: Sendable {
  /// The name in the file.
  public let name: String
  /// The type, as the container calls it.
  public let typeName: String
  /// How many bytes it has.
  public let byteCount: Int
}

/// What a model's files hold, by what it is for and how it is stored.
public struct ModelInventory: Sendable {
  /// Tensors for one purpose, of one type.
  public struct Group: Sendable, Equatable {
    /// "embedding", "projections", "norms" or "head"; of hybrids also "mamba" (convolution, Δ, A and D) and "attention"
    /// (biases and λ).
    public let purpose: String
    /// The type, as the container calls it.
    public let type: String
    /// The number of tensors.
    public internal(set) var tensors = 0
    /// The number of weights that they stand for.
    public internal(set) var weights = 0
    /// Their bytes in the file.
    public internal(set) var bytes = 0

    /// Bits per weight, scales included where they lie in the tensor.
    public var bitsPerWeight: Double { weights == 0 ? 0 : 8 * Double(bytes) / Double(weights) }
  }

  /// In the order in which a forward pass meets them.
  public let groups: [Group]

  /// Looks every weight up; none is read.
  ///
  /// - Throws: `ModelFileError` for the first tensor that is missing.
  public init(_ container: any ModelContainer) throws {
    let model = container.model
    var tally = Tally()
    func add(_ tensor: ModelTensor, _ purpose: String) throws {
      tally.add(try container.stored(tensor), purpose, weights: model.shape(of: tensor).reduce(1, *))
    }
    try add(.embedding, "embedding")
    // Layer by layer, so that a false layer count ends at the first tensor that is missing.
    for layer in 0..<model.layers {
      for part in model.layerParts {
        try add(.layer(layer, part), part.isProjection ? "projections" : "norms")
      }
    }
    try add(.finalNorm, "norms")
    if !model.tiedEmbeddings { try add(.head, "head") }
    groups = tally.groups
  }

  /// The same for a hybrid; what stands in one tensor is one tensor.
  ///
  /// - Throws: `ModelFileError` for the first tensor that is missing.
  public init(_ hybrid: any StoredHybrid) throws {
    let model = hybrid.configuration
    var tally = Tally()
    func add(_ tensor: HybridTensor, _ purpose: String) throws {
      tally.add(try hybrid.stored(tensor), purpose, weights: model.shape(of: tensor).reduce(1, *))
    }
    try add(.embedding, "embedding")
    for layer in 0..<model.layers {
      for part in model.kind(layer).parts { try add(.layer(layer, part), part.purpose) }
    }
    try add(.finalNorm, "norms")
    try add(.finalNormBias, "norms")
    if !hybrid.tiedEmbeddings { try add(.head, "head") }
    groups = tally.groups
  }

  /// Groups in the order in which their first tensors come.
  private struct Tally {
    var groups: [Group] = []
    private var names: Set<String> = []

    mutating func add(_ stored: StoredTensor, _ purpose: String, weights: Int) {
      let place =
        groups.firstIndex { $0.purpose == purpose && $0.type == stored.typeName }
        ?? {
          groups.append(Group(purpose: purpose, type: stored.typeName))
          return groups.count - 1
        }()
      if names.insert(stored.name).inserted { groups[place].tensors += 1 }
      groups[place].weights += weights
      groups[place].bytes += stored.byteCount
    }
  }
}
