import Foundation
import Kernels

/// Turns a model of any container into a GGUF file that holds the same ternary weights, bit for bit; of a dense model the
/// floats, or the ternary weights that these are rounded to.
///
/// Scales are kept as floats in I2_S and become halves in the other types; norms become F32, which loses nothing.
public struct ModelConverter {
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

    /// Refuses to make weights ternary that are, and dense ones in types of ternary weights.
    ///
    /// - Throws: `ModelFileError` that names the file and what to do.
    func validate(isDense: Bool, path: String) throws {
      if isDense, ternarize == nil, type.dense == nil {
        throw ModelFileError(
          file: path,
          problem: "has dense weights, which \(type.rawValue) cannot hold; store them as f16 or q8_0, or, as an "
            + "experiment that destroys the model's text, make them ternary with --ternarize absmean")
      }
      if !isDense, ternarize != nil {
        throw ModelFileError(file: path, problem: "is ternary already; leave out --ternarize")
      }
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
  private let writer: GGUFWriter
  private let jobs: [Job]

  /// The bytes of the file to be written.
  public var byteCount: Int { writer.byteCount }

  /// A tensor of the file and where it comes from.
  private struct Job {
    enum Content {
      case projection(ModelTensor)
      case matrix(StoredMatrix, as: DenseFormat?)
      case norm(ModelTensor)
      case copy(GGUFTensor)
    }
    let name: String
    let content: Content
    let sizes: [Int]
    let type: GGMLType
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
    try options.validate(isDense: isDense, path: source.path)
    var model = source.model
    model.activation = options.activation ?? model.activation
    self.source = source
    self.options = options
    self.model = model
    architecture = ConvertedMetadata.architecture(of: model)
    jobs = try Self.jobs(source, model, options)
    var writer = GGUFWriter()
    ConvertedMetadata(source: source, model: model, architecture: architecture, type: options.type)
      .write(to: &writer)
    if let ternarize = options.ternarize { writer.set(GGUFKey.ternarized, .string(ternarize.rawValue)) }
    for (key, value) in metadata { writer.set(key, value) }
    for job in jobs {
      guard let tensor = GGUFWriter.Tensor(name: job.name, type: job.type, sizes: job.sizes) else {
        throw ModelFileError(
          file: source.path, part: job.name, problem: "rows of \(job.sizes[0]) are no whole blocks of \(job.type.name)")
      }
      writer.add(tensor)
    }
    self.writer = writer
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
    var done = 0
    var tally = TernarizationTally()
    try writer.write(to: path) { index, write in
      try convert(jobs[index], &tally, forEachRow: forEachRow) { bytes in
        try write(bytes)
        done += bytes.count
        progress(done)
      }
    }
    return tally.errors
  }

  // MARK: - The plan

  private static func jobs(
    _ source: any ModelContainer, _ model: ModelConfiguration, _ options: Options
  ) throws -> [Job] {
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
      jobs.append(Job(name: factors.name, content: .copy(factors), sizes: factors.sizes, type: factors.type))
    }
    return jobs
  }

  private static func name(_ tensor: ModelTensor) -> String { "\(GGUFArchitecture.name(tensor)).weight" }

  private static func matrix(
    _ tensor: ModelTensor, _ source: any ModelContainer, _ model: ModelConfiguration, _ options: Options
  ) throws -> Job {
    let shape = model.shape(of: tensor)
    let stored = try source.matrix(tensor, rows: shape[0], columns: shape[1])
    if let refusal = options.head?.refusal(columns: shape[1]) { throw stored.error(refusal) }
    return Job(
      name: name(tensor), content: .matrix(stored, as: options.head), sizes: shape.reversed(),
      type: options.head.map(\.ggml) ?? stored.ggml)
  }

  private static func norm(
    _ tensor: ModelTensor, _ source: any ModelContainer, _ model: ModelConfiguration
  ) throws -> Job {
    let shape = model.shape(of: tensor)
    _ = try source.norm(tensor, width: shape[0])
    return Job(name: name(tensor), content: .norm(tensor), sizes: shape, type: .f32)
  }

  private static func projection(
    _ tensor: ModelTensor, _ source: any ModelContainer, _ model: ModelConfiguration, _ options: Options
  ) throws -> Job {
    let shape = model.shape(of: tensor)
    guard shape[1].isMultiple(of: options.type.blockWeights) else {
      throw ModelFileError(
        file: source.path, part: name(tensor),
        problem:
          "has rows of \(shape[1]), no multiple of the \(options.type.blockWeights) that \(options.type.rawValue) "
          + "stores together; types that fit are \(TernaryType.fitting(columns: shape[1]))")
    }
    return Job(
      name: name(tensor), content: .projection(tensor), sizes: shape.reversed(), type: options.type.ggml)
  }

  // MARK: - One tensor

  /// Bytes of a piece: enough rows that threads are busy, few enough that memory stays small.
  private static let pieceBytes = 4 << 20

  private func convert(
    _ job: Job, _ tally: inout TernarizationTally, forEachRow: RowLoop, write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    switch job.content {
    case .projection(let tensor) where isDense:
      try convertDense(tensor, job, &tally, forEachRow: forEachRow, write: write)
    case .projection(let tensor):
      let projection = try source.projection(
        tensor, rows: job.sizes[1], columns: job.sizes[0], forEachRow: forEachRow)
      try convert(projection, tensor, forEachRow: forEachRow, write: write)
    case .matrix(let matrix, let format):
      try convert(
        matrix, to: format, order: .asStored, advice: "leave out --head-type", forEachRow: forEachRow, write: write)
    case .norm(let tensor): try source.norm(tensor, width: job.sizes[0]).withUnsafeBytes(write)
    case .copy(let tensor): try write(tensor.bytes)
    }
  }

  /// Dense weights as they are, or made ternary.
  private func convertDense(
    _ tensor: ModelTensor, _ job: Job, _ tally: inout TernarizationTally, forEachRow: RowLoop,
    write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let matrix = try source.denseProjection(tensor, rows: job.sizes[1], columns: job.sizes[0])
    guard let how = options.ternarize else {
      return try convert(
        matrix, to: options.type.dense, order: order(of: tensor), advice: "choose a type of more range",
        forEachRow: forEachRow, write: write)
    }
    let projection = try matrix.ternarised(how, forEachRow: forEachRow)
    try convert(projection, tensor, forEachRow: forEachRow, write: write)
    if case .layer(_, let part) = tensor, let scale = options.type.stored(projection.scale) {
      tally.add(GGUFArchitecture.name(part), matrix, projection, scale: scale, forEachRow: forEachRow)
      matrix.release()
    }
  }

  /// The order of the rows of a projection in the file.
  private func order(of tensor: ModelTensor) -> TernaryTensor.RowOrder {
    guard architecture.hasAdjacentPairs, case .layer(_, let part) = tensor, part == .query || part == .key else {
      return .asStored
    }
    return .adjacentPairs(headDim: model.headDim)
  }

  private func convert(
    _ projection: TernaryTensor, _ tensor: ModelTensor, forEachRow: RowLoop,
    write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let (columns, rows) = (projection.columns, projection.rows)
    defer { projection.release() }
    guard options.type.stored(projection.scale) != nil else {
      throw projection.error("has a scale of \(projection.scale), which a half cannot hold; use i2_s")
    }
    let order = order(of: tensor)
    let rowBytes = options.type.rowBytes(columns: columns)
    let isDamaged = RowFlags(rows)
    try pieces(rows: rows, rowBytes: rowBytes, forEachRow: forEachRow, write: write) { stored, out in
      withUnsafeTemporaryAllocation(of: Int8.self, capacity: columns) { weights in
        if !projection.readRow(order.logical(stored), into: weights.baseAddress!) {
          isDamaged.set(stored)
          weights.update(repeating: 0)
        }
        options.type.encode(weights.baseAddress!, columns: columns, scale: projection.scale, into: out)
      }
    }
    if isDamaged.first != nil {
      throw projection.error("holds a weight that is not -1, 0 or +1; the file is damaged: download it again")
    }
    if options.type == .i2S {
      var trailer = [UInt8](repeating: 0, count: GGMLType.i2STrailerBytes)
      withUnsafeBytes(of: projection.scale.bitPattern.littleEndian) { trailer.replaceSubrange(0..<4, with: $0) }
      try trailer.withUnsafeBytes(write)
    }
  }

  private func convert(
    _ matrix: StoredMatrix, to format: DenseFormat?, order: TernaryTensor.RowOrder, advice: String,
    forEachRow: RowLoop, write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    defer { matrix.release() }
    // Rows that keep their places are those of the file that is read, whatever the order is.
    guard let format, format != matrix.denseFormat || order != matrix.order else { return try write(matrix.bytes) }
    let isDamaged = RowFlags(matrix.rows)
    let rowBytes = matrix.columns / format.blockWeights * format.blockBytes
    try pieces(rows: matrix.rows, rowBytes: rowBytes, forEachRow: forEachRow, write: write) { row, out in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: matrix.columns) { values in
        matrix.readRow(order.logical(row), into: values.baseAddress!)
        if values.contains(where: { !($0.magnitude <= DenseFormat.largestWeight) }) {
          isDamaged.set(row)
        } else {
          format.encode(values.baseAddress!, columns: matrix.columns, into: out)
        }
      }
    }
    if let row = isDamaged.first {
      throw matrix.error(
        "row \(row) has a weight that \(format.rawValue) cannot hold: it is not finite or above "
          + "\(DenseFormat.largestWeight); \(advice)")
    }
  }

  /// Fills a buffer with some rows at a time and writes it.
  private func pieces(
    rows: Int, rowBytes: Int, forEachRow: RowLoop, write: (UnsafeRawBufferPointer) throws -> Void,
    encode: @escaping (_ row: Int, _ out: UnsafeMutableRawPointer) -> Void
  ) throws {
    let count = max(1, min(rows, Self.pieceBytes / max(rowBytes, 1)))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count * rowBytes, alignment: 64)
    defer { buffer.deallocate() }
    for start in stride(from: 0, to: rows, by: count) {
      let piece = min(count, rows - start)
      forEachRow(piece) { range in
        for row in range { encode(start + row, buffer.baseAddress! + row * rowBytes) }
      }
      try write(UnsafeRawBufferPointer(rebasing: buffer[0..<piece * rowBytes]))
    }
  }
}
