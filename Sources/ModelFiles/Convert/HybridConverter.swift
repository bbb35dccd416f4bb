import Kernels

/// Turns a hybrid of any container into a GGUF file of architecture `phi4flash`: as it is, or made ternary.
///
/// What no type changes is bit for bit that of the source: norms, biases, λ, A, D and the convolution become F32, which
/// loses nothing, and Δ's projection keeps its type.
public struct HybridConverter: TensorConverter {
  /// What to make.
  public struct Options: Sendable {
    /// How projections are stored.
    public var type: TernaryType
    /// How embedding and head are stored; nil for the types that they have.
    public var head: DenseFormat?
    /// How dense projections become ternary, each with its own scale; nil where they stay what they are.
    public var ternarize: Ternarization?

    /// Makes options.
    public init(type: TernaryType, head: DenseFormat? = nil, ternarize: Ternarization? = nil) {
      self.type = type
      self.head = head
      self.ternarize = ternarize
    }
  }

  /// The model to convert.
  public let source: any StoredHybrid
  /// What to make of it.
  public let options: Options
  private let plan: Plan

  /// Whether the projections of the file will be ternary.
  public var isTernary: Bool { source.isTernary || options.ternarize != nil }
  /// The bytes of the file to be written.
  public var byteCount: Int { plan.byteCount }

  typealias Plan = ConversionPlan<Content>

  /// Where a tensor comes from.
  enum Content {
    /// Ternary already.
    case projection(HybridTensor)
    /// To be made ternary; of all layers those of one role are reported together.
    case dense(StoredMatrix, Ternarization, role: String)
    case matrix(StoredMatrix, as: DenseFormat?, advice: String)
    case floats(HybridTensor)
  }

  /// Plans a conversion; of the weights only the small ones are read.
  ///
  /// - Parameter metadata: further keys, such as a tokenizer's; a key of the source that has one of these names is
  ///   replaced.
  /// - Throws: `ModelFileError` when a tensor is missing or does not fit the type, when dense weights are to be stored in
  ///   a type of ternary ones, or ternary ones to be made ternary.
  public init(
    _ source: any StoredHybrid, options: Options, metadata: [(key: String, value: GGUFValue)] = []
  ) throws {
    self.source = source
    self.options = options
    if let refusal = options.type.refusal(isDense: !source.isTernary, ternarize: options.ternarize) {
      throw ModelFileError(file: source.path, problem: refusal)
    }
    var jobs: [Plan.Job] = []
    // Layer by layer, so that a false layer count ends at the first tensor that is missing.
    jobs.append(try Self.matrix(.embedding, source, as: options.head))
    for layer in 0..<source.configuration.layers {
      jobs += try source.configuration.tensors(ofLayer: layer).map { try Self.job($0, source, options) }
    }
    jobs += try [.finalNorm, .finalNormBias].map { try Self.floats($0, source) }
    if !source.tiedEmbeddings { jobs.append(try Self.matrix(.head, source, as: options.head)) }
    plan = try Plan(jobs, header: Self.header(source, options, metadata), path: source.path)
  }

  /// Writes the file, whole or not at all.
  ///
  /// - Parameters:
  ///   - forEachRow: runs the work on as many threads as the caller has.
  ///   - progress: hears how many bytes of tensors are done.
  /// - Returns: what making projections ternary did to them, role by role; nothing where none was made so.
  /// - Throws: `ModelFileError` when a tensor is damaged or the file cannot be written.
  @discardableResult
  public func write(
    to path: String, forEachRow: RowLoop = { rows, body in body(0..<rows) }, progress: (Int) -> Void = { _ in }
  ) throws -> [TernarizationError] {
    try plan.write(to: path, by: self, forEachRow: forEachRow, progress: progress)
  }

  func convert(
    _ job: Plan.Job, _ tally: inout TernarizationTally, forEachRow: RowLoop,
    write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    switch job.content {
    case .projection(let tensor):
      let projection = try source.projection(tensor, forEachRow: forEachRow)
      try TensorEncoding.write(projection, as: options.type, forEachRow: forEachRow, write: write)
    case .dense(let matrix, let how, let role):
      try TensorEncoding.write(
        matrix, ternarized: how, as: options.type, role: role, tally: &tally, forEachRow: forEachRow, write: write)
    case .matrix(let matrix, let format, let advice):
      try TensorEncoding.write(matrix, as: format, advice: advice, forEachRow: forEachRow, write: write)
    case .floats(let tensor): try source.floats(tensor).withUnsafeBytes(write)
    }
  }

  // MARK: - The plan

  private static func job(_ tensor: HybridTensor, _ source: any StoredHybrid, _ options: Options) throws -> Plan.Job {
    guard case .layer(_, let part) = tensor, part.isProjection || part == .delta else {
      return try floats(tensor, source)
    }
    guard part.isProjection else { return try matrix(tensor, source, as: nil) }
    guard let content = try content(of: tensor, part, source, options) else {
      return try matrix(tensor, source, as: options.type.dense, advice: TensorEncoding.typeAdvice)
    }
    let (name, shape) = (GGUFHybrid.name(tensor), source.configuration.shape(of: tensor))
    if let refusal = options.type.refusal(columns: shape[1]) {
      throw ModelFileError(file: source.path, part: name, problem: refusal)
    }
    return Plan.Job(name: name, content: content, sizes: shape.reversed(), type: options.type.ggml)
  }

  /// Where ternary weights come from; nil where there will be none.
  private static func content(
    of tensor: HybridTensor, _ part: HybridTensor.Part, _ source: any StoredHybrid, _ options: Options
  ) throws -> Content? {
    if source.isTernary {
      _ = try source.stored(tensor)
      return .projection(tensor)
    }
    return try options.ternarize.map { .dense(try source.matrix(tensor), $0, role: GGUFHybrid.role(part)) }
  }

  private static func matrix(
    _ tensor: HybridTensor, _ source: any StoredHybrid, as format: DenseFormat?,
    advice: String = "leave out --head-type"
  ) throws -> Plan.Job {
    let stored = try source.matrix(tensor)
    if let refusal = format?.refusal(columns: stored.columns) { throw stored.error(refusal) }
    return Plan.Job(
      name: GGUFHybrid.name(tensor), content: .matrix(stored, as: format, advice: advice),
      sizes: [stored.columns, stored.rows],
      type: format.map(\.ggml) ?? stored.ggml)
  }

  private static func floats(_ tensor: HybridTensor, _ source: any StoredHybrid) throws -> Plan.Job {
    _ = try source.floats(tensor)
    return Plan.Job(
      name: GGUFHybrid.name(tensor), content: .floats(tensor),
      sizes: source.configuration.shape(of: tensor).reversed(), type: .f32)
  }

  /// The header: all that the source has, and the keys that the article HybridFormat states.
  private static func header(
    _ source: any StoredHybrid, _ options: Options, _ metadata: [(key: String, value: GGUFValue)]
  ) -> GGUFWriter {
    var writer = GGUFWriter()
    writer.set(GGUFKey.architecture, .string(HybridConfiguration.modelType))
    writer.set("general.type", .string("model"))
    if let gguf = (source as? GGUFHybrid)?.file.metadata {
      for entry in gguf.entries where entry.key != "general.alignment" {
        writer.set(entry.key, copying: entry, of: gguf)
      }
    } else {
      writer.set("general.name", .string(ConvertedMetadata.name(of: source)))
    }
    writer.set("general.file_type", .uint32(options.type.fileType))
    writer.set("general.quantization_version", .uint32(ConvertedMetadata.quantizationVersion))
    for (key, value) in source.configuration.keys { writer.set(key, value) }
    if source.isTernary || options.ternarize != nil {
      writer.set(HybridConfiguration.key(GGUFKey.ternary), .bool(true))
    }
    if let how = options.ternarize { writer.set(GGUFKey.ternarized, .string(how.rawValue)) }
    for (key, value) in metadata { writer.set(key, value) }
    return writer
  }
}
