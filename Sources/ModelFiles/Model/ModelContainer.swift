import Foundation
import Kernels

/// Runs `body` over pieces of `0..<rows`, each row once, on as many threads as the caller has.
public typealias RowLoop = (_ rows: Int, _ body: (Range<Int>) -> Void) -> Void

/// A model on disk, whatever its graph.
public protocol StoredModel: Sendable {
  /// The path as given.
  var path: String { get }
  /// The format, as records name it.
  var format: String { get }
  /// What a user should know before trusting the text.
  var notes: [ModelNote] { get }
  /// The bytes of all its weights' files.
  var fileBytes: Int { get }

  /// Hashes the weights' files; reads every byte.
  func sha256() -> String
}

/// A transformer on disk: what it is, and its weights by what they are for.
///
/// Opening one reads headers; weights are read when they are asked for, row by row.
public protocol ModelContainer: StoredModel {
  /// Sizes and choices.
  var model: ModelConfiguration { get }

  /// How a weight is stored; it is not read.
  ///
  /// - Throws: `ModelFileError` when it is missing.
  func stored(_ tensor: ModelTensor) throws -> StoredTensor

  /// A norm's weights.
  ///
  /// - Throws: `ModelFileError` when it is missing, of another width, or not finite.
  func norm(_ tensor: ModelTensor, width: Int) throws -> [Float]

  /// The embedding or the head, [rows, columns].
  ///
  /// - Throws: `ModelFileError` when it is missing, of another shape, or of a type that cannot be read.
  func matrix(_ tensor: ModelTensor, rows: Int, columns: Int) throws -> StoredMatrix

  /// The ternary weights of a projection, [rows, columns], and their scale.
  ///
  /// - Parameter forEachRow: used where a scale is found only by reading all weights.
  /// - Throws: `ModelFileError` when it is missing, of another shape, or not ternary.
  func projection(
    _ tensor: ModelTensor, rows: Int, columns: Int, forEachRow: RowLoop
  ) throws -> TernaryTensor

  /// Whether its projections are floats of a model that was never ternary.
  ///
  /// - Throws: `ModelFileError` when the first projection, which tells, is missing.
  func hasDenseProjections() throws -> Bool

  /// The floats of a dense projection, [rows, columns].
  ///
  /// - Throws: `ModelFileError` when it is missing, of another shape, or of a type that cannot be read.
  func denseProjection(_ tensor: ModelTensor, rows: Int, columns: Int) throws -> StoredMatrix

  /// The weights of a norm on a projection's own input; nil for models without such norms.
  ///
  /// - Throws: `ModelFileError` when it is missing, of another width, or not finite.
  func inputNorm(_ tensor: ModelTensor, width: Int) throws -> [Float]?

  /// What each rotary frequency is divided by, `count` numbers; nil for all ones.
  ///
  /// - Throws: `ModelFileError` when they are damaged.
  func rotaryFactors(count: Int) throws -> [Float]?
}

extension ModelContainer {
  /// The format that holds every projection exactly where they are dense: their own if it is one for all and made of
  /// floats, otherwise f32; nil where they are ternary.
  ///
  /// - Throws: `ModelFileError` for the first projection that is missing.
  public func denseWeights() throws -> DenseFormat? {
    guard try hasDenseProjections() else { return nil }
    let parts = model.layerParts.filter(\.isProjection)
    var common: DenseFormat?
    // Layer by layer, so that a false layer count ends at the first tensor that is missing.
    for layer in 0..<model.layers {
      for part in parts {
        let tensor = ModelTensor.layer(layer, part)
        let shape = model.shape(of: tensor)
        let format = try denseProjection(tensor, rows: shape[0], columns: shape[1]).exactFormat
        if let common, common != format { return .f32 }
        common = format
      }
    }
    return common
  }
}

/// Opens models of any container.
public enum ModelFile {
  /// Opens what `open` opens, and hybrids (`StoredHybrid`) of the same containers besides.
  ///
  /// - Throws: `ModelFileError` that names the file and what is wrong with it.
  public static func openAny(path: String) throws -> any StoredModel {
    if HybridCheckpoint.isHybrid(path: path) { return try HybridCheckpoint(path: path) }
    guard let gguf = try ggufPath(path) else { return try open(path: path) }
    let file = try GGUFFile(path: gguf)
    return try GGUFHybrid.isHybrid(file) ? GGUFHybrid(file) : GGUFModel(file)
  }

  /// The GGUF file that a path means; nil where it means none.
  private static func ggufPath(_ path: String) throws -> String? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
    return isFolder.boolValue ? try onlyGGUF(in: path) : isGGUF(path) ? path : nil
  }

  /// Opens a GGUF file, a folder that holds one and nothing else to choose from, a folder with `config.json` and
  /// safetensors, or a safetensors file with `config.json` beside it.
  ///
  /// - Throws: `ModelFileError` that names the file and what is wrong with it.
  public static func open(path: String) throws -> any ModelContainer {
    guard FileManager.default.fileExists(atPath: path) else {
      throw ModelFileError(
        file: path, problem: "does not exist; give a .gguf file, or a folder with config.json and model.safetensors")
    }
    guard let gguf = try ggufPath(path) else { return try Checkpoint(path: path) }
    return try GGUFModel(path: gguf)
  }

  /// Whether a path can only mean a model file, by its name.
  public static func hasModelSuffix(_ path: String) -> Bool {
    path.hasSuffix(".gguf") || path.hasSuffix(".safetensors")
  }

  /// Whether a file calls itself GGUF, by its name or by how it begins.
  static func isGGUF(_ path: String) -> Bool {
    if path.hasSuffix(".gguf") { return true }
    guard let handle = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? handle.close() }
    return (try? handle.read(upToCount: 4)).map { Array($0) == GGUFFile.magic } ?? false
  }

  /// The GGUF file of a folder without `config.json`; nil where there is none.
  static func onlyGGUF(in folder: String) throws -> String? {
    guard !FileManager.default.fileExists(atPath: Checkpoint.join(folder, "config.json")) else { return nil }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let files = names.filter { $0.hasSuffix(".gguf") }.sorted()
    guard files.count <= 1 else {
      throw ModelFileError(
        file: folder, problem: "holds \(files.count) GGUF files; give the path of one: \(files.joined(separator: ", "))"
      )
    }
    return files.first.map { Checkpoint.join(folder, $0) }
  }
}
