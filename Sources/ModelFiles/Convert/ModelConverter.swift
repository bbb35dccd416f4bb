import Foundation
import Kernels

/// Turns a model of any container into a GGUF file that holds the same ternary weights, bit for bit; of a dense model the
/// floats, or the ternary weights that these are rounded to.
///
/// Scales are kept as floats in I2_S and become halves in the other types; norms become F32, which loses nothing.
public struct ModelConverter: TensorConverter {
  /// What to make.
  public struct Options: Sendable {
    /// How projections are stored.
    public var type: TernaryType
    /// How embedding and head are stored; nil for the types that they have.
    public var head: DenseFormat?
    /// The gate's non-linearity, where the source states a wrong one.
    public var activation: ModelConfiguration.Activation?
    /// How dense projections become ternary, each with its own scale; nil where they stay what they are.
    public var ternarize: Ternarization?

    /// Makes options.
    public init(
      type: TernaryType, head: DenseFormat? = nil, activation: ModelConfiguration.Activation? = nil,
      ternarize: Ternarization? = nil
    ) {
      self.type = type
      self.head = head
      self.activation = activation
      self.ternarize = ternarize
    }
  }

  /// The model to convert.
  public let source: any ModelContainer
  /// What to make of it.
  public let options: Options
  /// What the file will call its family.
  public let architecture: GGUFArchitecture
  /// What the file will say of sizes and choices.
  let model: ModelConfiguration
  private let isDense: Bool
  private let plan: Plan

  /// The bytes of the file to be written.
  public var byteCount: Int { plan.byteCount }

  typealias Plan = ConversionPlan<Content>

  /// Where a tensor comes from.
  enum Content {
    case projection(ModelTensor)
    case matrix(StoredMatrix, as: DenseFormat?)
    case norm(ModelTensor)
    case copy(GGUFTensor)
  }

  /// Plans a conversion; of the weights only norms are read.
  ///
  /// - Parameter metadata: further keys, such as a tokenizer's; a key of the source that has one of these names is
  ///   replaced.
  /// - Throws: `ModelFileError` when a tensor is missing or does not fit the type, with those that it fits.
  public init(
    _ source: any ModelContainer, options: Options, metadata: [(key: String, value: GGUFValue)] = []
  ) throws {
    guard !source.model.hasHeadNorms else {
      throw ModelFileError(
        file: source.model.source, part: source.model.family,
        problem: "models of this family are run as they are; files of their architectures are not written")
    }
    guard source.model.inputNormEpsilon == nil else {
      throw ModelFileError(
        file: source.model.source, part: "use_rms_norm",
        problem: "no architecture of GGUF has norms on the inputs of single projections; run the checkpoint as it is")
    }
    isDense = try source.hasDenseProjections()
    if let refusal = options.type.refusal(isDense: isDense, ternarize: options.ternarize) {
      throw ModelFileError(file: source.path, problem: refusal)
    }
    var model = source.model
    model.activation = options.activation ?? model.activation
    self.source = source
    self.options = options
    self.model = model
    architecture = ConvertedMetadata.architecture(of: model)
    let jobs = try Self.jobs(source, model, options)
    var writer = GGUFWriter()
    ConvertedMetadata(source: source, model: model, architecture: architecture, type: options.type)
      .write(to: &writer)
    if let ternarize = options.ternarize { writer.set(GGUFKey.ternarized, .string(ternarize.rawValue)) }
    for (key, value) in metadata { writer.set(key, value) }
    plan = try Plan(jobs, header: writer, path: source.path)
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

  // MARK: - The plan

  private static func jobs(
    _ source: any ModelContainer, _ model: ModelConfiguration, _ options: Options
  ) throws -> [Plan.Job] {
    var jobs = [try matrix(.embedding, source, model, options)]
    // Layer by layer, so that a false layer count ends at the first tensor that is missing.
    for layer in 0..<model.layers {
      for part in model.layerParts {
        let tensor = ModelTensor.layer(layer, part)
        jobs.append(
          part.isProjection
            ? try projection(tensor, source, model, options) : try norm(tensor, source, model))
      }
    }
    jobs.append(try norm(.finalNorm, source, model))
    if !model.tiedEmbeddings { jobs.append(try matrix(.head, source, model, options)) }
    if let gguf = source as? GGUFModel, let factors = gguf.file.tensor(GGUFArchitecture.rotaryFactorsName) {
      jobs.append(Plan.Job(name: factors.name, content: .copy(factors), sizes: factors.sizes, type: factors.type))
    }
    return jobs
  }

  private static func name(_ tensor: ModelTensor) -> String { "\(GGUFArchitecture.name(tensor)).weight" }

  private static func matrix(
    _ tensor: ModelTensor, _ source: any ModelContainer, _ model: ModelConfiguration, _ options: Options
  ) throws -> Plan.Job {
    let shape = model.shape(of: tensor)
    let stored = try source.matrix(tensor, rows: shape[0], columns: shape[1])
    if let refusal = options.head?.refusal(columns: shape[1]) { throw stored.error(refusal) }
    return Plan.Job(
      name: name(tensor), content: .matrix(stored, as: options.head), sizes: shape.reversed(),
      type: options.head.map(\.ggml) ?? stored.ggml)
  }

  private static func norm(
    _ tensor: ModelTensor, _ source: any ModelContainer, _ model: ModelConfiguration
  ) throws -> Plan.Job {
    let shape = model.shape(of: tensor)
    _ = try source.norm(tensor, width: shape[0])
    return Plan.Job(name: name(tensor), content: .norm(tensor), sizes: shape, type: .f32)
  }

  private static func projection(
    _ tensor: ModelTensor, _ source: any ModelContainer, _ model: ModelConfiguration, _ options: Options
  ) throws -> Plan.Job {
    let shape = model.shape(of: tensor)
    if let refusal = options.type.refusal(columns: shape[1]) {
      throw ModelFileError(file: source.path, part: name(tensor), problem: refusal)
    }
    return Plan.Job(
      name: name(tensor), content: .projection(tensor), sizes: shape.reversed(), type: options.type.ggml)
  }

  // MARK: - One tensor

  func convert(
    _ job: Plan.Job, _ tally: inout TernarizationTally, forEachRow: RowLoop,
    write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    switch job.content {
    case .projection(let tensor) where isDense:
      try convertDense(tensor, job, &tally, forEachRow: forEachRow, write: write)
    case .projection(let tensor):
      let projection = try source.projection(
        tensor, rows: job.sizes[1], columns: job.sizes[0], forEachRow: forEachRow)
      try TensorEncoding.write(
        projection, as: options.type, order: order(of: tensor), forEachRow: forEachRow, write: write)
    case .matrix(let matrix, let format):
      try TensorEncoding.write(
        matrix, as: format, advice: "leave out --head-type", forEachRow: forEachRow, write: write)
    case .norm(let tensor): try source.norm(tensor, width: job.sizes[0]).withUnsafeBytes(write)
    case .copy(let tensor): try write(tensor.bytes)
    }
  }

  /// Dense weights as they are, or made ternary.
  private func convertDense(
    _ tensor: ModelTensor, _ job: Plan.Job, _ tally: inout TernarizationTally, forEachRow: RowLoop,
    write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let matrix = try source.denseProjection(tensor, rows: job.sizes[1], columns: job.sizes[0])
    guard let how = options.ternarize, case .layer(_, let part) = tensor else {
      return try TensorEncoding.write(
        matrix, as: options.type.dense, order: order(of: tensor), advice: TensorEncoding.typeAdvice,
        forEachRow: forEachRow, write: write)
    }
    try TensorEncoding.write(
      matrix, ternarized: how, as: options.type, order: order(of: tensor), role: GGUFArchitecture.name(part),
      tally: &tally, forEachRow: forEachRow, write: write)
  }

  /// The order of the rows of a projection in the file.
  private func order(of tensor: ModelTensor) -> TernaryTensor.RowOrder {
    guard architecture.hasAdjacentPairs, case .layer(_, let part) = tensor, part == .query || part == .key else {
      return .asStored
    }
    return .adjacentPairs(headDim: model.headDim)
  }
}
