import Kernels

/// A model in a GGUF file.
public struct GGUFModel: ModelContainer {
  /// The file.
  public let file: GGUFFile
  /// What `general.architecture` says.
  public let architecture: GGUFArchitecture
  /// Sizes and choices, from the metadata.
  public let model: ModelConfiguration
  /// How `I2_S` tensors are read.
  public let i2SLayout: TernaryBlocks.I2SLayout
  /// What a user should know before trusting the text.
  public let notes: [ModelNote]
  /// What positions are divided by: 1 but for linearly scaled ones.
  let positionDivisor: Double

  /// The path as it was opened.
  public var path: String { file.path }
  /// "gguf".
  public var format: String { "gguf" }

  /// Opens a file and checks that the engine has its graph.
  ///
  /// - Parameter i2SLayout: for files that bitnet.cpp wrote on ARM, whose blocks are smaller without saying so.
  /// - Throws: `ModelFileError` that names the file and the key or tensor.
  public init(path: String, i2SLayout: TernaryBlocks.I2SLayout = .blocksOf128) throws {
    try self.init(GGUFFile(path: path), i2SLayout: i2SLayout)
  }

  /// The same for a file that is mapped.
  ///
  /// - Throws: `ModelFileError` that names the file and the key or tensor.
  public init(_ file: MappedFile, i2SLayout: TernaryBlocks.I2SLayout = .blocksOf128) throws {
    try self.init(GGUFFile(file), i2SLayout: i2SLayout)
  }

  /// The same for a file whose header is read.
  ///
  /// - Throws: `ModelFileError` that names the file and the key or tensor.
  init(_ file: GGUFFile, i2SLayout: TernaryBlocks.I2SLayout = .blocksOf128) throws {
    self.file = file
    self.i2SLayout = i2SLayout
    let reader = try GGUFConfigurationReader(file)
    architecture = reader.architecture
    model = try reader.configuration()
    positionDivisor = try reader.positionDivisor()
    notes = try reader.notes(model)
    try reader.refuseStrangers(model)
  }

  /// The bytes of the file.
  public var fileBytes: Int { file.file.bytes.count }

  /// How a weight is stored.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func stored(_ tensor: ModelTensor) throws -> StoredTensor {
    let stored = try self.tensor(tensor)
    return StoredTensor(name: stored.name, typeName: stored.type.name, byteCount: stored.byteCount)
  }

  /// A norm's weights.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func norm(_ tensor: ModelTensor, width: Int) throws -> [Float] {
    try self.tensor(tensor).finiteFloats(shape: [width])
  }

  /// The embedding or the head.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func matrix(_ tensor: ModelTensor, rows: Int, columns: Int) throws -> StoredMatrix {
    let stored = try self.tensor(tensor)
    try stored.require(shape: [rows, columns])
    guard stored.type.isReadable, !stored.type.isTernary else {
      throw stored.error("is stored as \(stored.type.name), which is not read; convert the model with F16 embeddings")
    }
    return StoredMatrix(stored)
  }

  /// The norm on a projection's input, where the file has such norms.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func inputNorm(_ tensor: ModelTensor, width: Int) throws -> [Float]? {
    guard model.inputNormEpsilon != nil else { return nil }
    return try self.tensor(named: "\(GGUFArchitecture.inputNormName(tensor)).weight").finiteFloats(shape: [width])
  }

  /// What each rotary frequency is divided by: the file's factors, times the divisor of linearly scaled positions.
  ///
  /// - Throws: `ModelFileError` when a factor is not a positive number.
  public func rotaryFactors(count: Int) throws -> [Float]? {
    let factors = try file.tensor(GGUFArchitecture.rotaryFactorsName).map { tensor in
      let factors = try tensor.finiteFloats(shape: [count])
      guard factors.allSatisfy({ $0 > 0 }) else { throw tensor.error("holds a factor that is not positive") }
      return factors
    }
    guard positionDivisor != 1 else { return factors }
    return (factors ?? [Float](repeating: 1, count: count)).map { Float(Double($0) * positionDivisor) }
  }

  /// Hashes the file.
  public func sha256() -> String { file.file.sha256().hex() }

  func tensor(_ tensor: ModelTensor) throws -> GGUFTensor {
    try self.tensor(named: "\(GGUFArchitecture.name(tensor)).weight")
  }

  private func tensor(named name: String) throws -> GGUFTensor {
    guard let stored = file.tensor(name) else {
      throw ModelFileError(
        file: path, part: name,
        problem: "is missing, though a model of architecture \"\(architecture.rawValue)\" has it; the file is "
          + "incomplete: convert or download it again")
    }
    return stored
  }
}
