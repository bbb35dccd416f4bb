import Foundation

/// A model as it was published: `config.json` and safetensors, whole or in shards.
public struct Checkpoint: Sendable {
  /// The path as given.
  public let path: String
  /// What `config.json` says.
  public let configuration: HuggingFaceConfiguration
  /// The safetensors files, in name order.
  public let files: [SafetensorsFile]
  /// Every tensor of every file.
  private let tensors: [String: Tensor]

  /// Opens a folder that holds `config.json` beside `model.safetensors` (or shards with their index), or one
  /// safetensors file with `config.json` beside it.
  ///
  /// Nothing but headers is read.
  ///
  /// - Throws: `ModelFileError` that names the file and what is wrong with it.
  public init(path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ModelFileError(file: path, problem: "does not exist; give a folder with config.json and model.safetensors")
    }
    let folder = isFolder.boolValue ? path : (path as NSString).deletingLastPathComponent
    guard isFolder.boolValue || path.hasSuffix(".safetensors") else {
      throw ModelFileError(file: path, problem: "is not a safetensors file; other containers are not read")
    }
    self.path = path
    configuration = try HuggingFaceConfiguration(path: Self.join(folder, "config.json"))
    if isFolder.boolValue {
      (files, tensors) = try Self.openFolder(path)
    } else {
      files = [try SafetensorsFile(path: path)]
      tensors = files[0].tensors
    }
    try requireStatedWeights()
  }

  /// The tensor of this name.
  ///
  /// - Throws: `ModelFileError` that names the checkpoint and the tensor.
  public func tensor(_ name: String) throws -> Tensor {
    guard let tensor = tensors[name] else {
      throw ModelFileError(
        file: path, part: name,
        problem: "is missing, though config.json calls for it; the checkpoint is incomplete or of another family")
    }
    return tensor
  }

  /// Whether there is a tensor of this name.
  public func has(_ name: String) -> Bool { tensors[name] != nil }

  /// Hashes the weights' files: of one file its SHA-256, of shards the SHA-256 of the lines "<SHA-256>  <name>\n" in
  /// name order, as `sha256sum *.safetensors | sha256sum` prints.
  ///
  /// Reads every byte.
  public func sha256() -> String { Self.sha256(of: files) }

  static func sha256(of files: [SafetensorsFile]) -> String {
    if files.count == 1 { return files[0].file.sha256().hex() }
    let lines = files.map { "\($0.file.sha256().hex())  \(($0.file.path as NSString).lastPathComponent)\n" }
    return SHA256.hex(of: lines.joined().utf8)
  }

  // MARK: - Finding the files

  static func openFolder(_ folder: String) throws -> ([SafetensorsFile], [String: Tensor]) {
    let index = join(folder, "model.safetensors.index.json")
    if FileManager.default.fileExists(atPath: index) {
      return try ShardIndex(path: index).open(in: folder)
    }
    let single = join(folder, "model.safetensors")
    guard FileManager.default.fileExists(atPath: single) else {
      throw ModelFileError(
        file: folder, problem: "holds neither model.safetensors nor model.safetensors.index.json; is it a model folder?"
      )
    }
    let file = try SafetensorsFile(path: single)
    return ([file], file.tensors)
  }

  static func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}
