import Foundation

/// A decoder-hybrid-decoder as it was published: `config.json` of `phi4flash` and safetensors, whole or in shards.
///
/// Opening one reads headers; weights are read when they are asked for.
public struct HybridCheckpoint: StoredHybrid {
  /// The path as given.
  public let path: String
  /// What `config.json` says.
  public let configuration: HybridConfiguration
  /// Whether the output head is the embedding: as the file says, or else where there is no other head.
  public let tiedEmbeddings: Bool
  private let files: [SafetensorsFile]
  let tensors: [String: Tensor]

  /// No: checkpoints of this family hold floats.
  public var isTernary: Bool { false }
  /// "safetensors".
  public var format: String { "safetensors" }
  /// Nothing: `config.json` states what the text depends on.
  public var notes: [ModelNote] { [] }
  /// The bytes of all shards.
  public var fileBytes: Int { files.reduce(0) { $0 + $1.file.bytes.count } }

  /// Whether a path is a folder, or a safetensors file in one, whose `config.json` names this family.
  ///
  /// False as well where nothing can be read: who opens the path as another model then says why.
  public static func isHybrid(path: String) -> Bool {
    guard let (_, configuration) = try? places(path), let file = try? MappedFile(path: configuration) else {
      return false
    }
    struct Family: Decodable { var model_type: String }
    let family = try? JSONDecoder().decode(Family.self, from: Data(file.bytes))
    return family?.model_type == HybridConfiguration.modelType
  }

  /// Opens a folder with `config.json` and `model.safetensors` (or shards with their index), or one safetensors file
  /// with `config.json` beside it.
  ///
  /// - Throws: `ModelFileError` that names the file and what is wrong with it.
  public init(path: String) throws {
    let (isFolder, configuration) = try Self.places(path)
    self.path = path
    self.configuration = try HybridConfiguration(path: configuration)
    if isFolder {
      (files, tensors) = try Checkpoint.openFolder(path)
    } else {
      files = [try SafetensorsFile(path: path)]
      tensors = files[0].tensors
    }
    tiedEmbeddings = self.configuration.tiedEmbeddings ?? (tensors[Self.headName] == nil)
  }

  private static func places(_ path: String) throws -> (isFolder: Bool, configuration: String) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
      isFolder.boolValue || path.hasSuffix(".safetensors")
    else {
      throw ModelFileError(file: path, problem: "is neither a folder with config.json nor a safetensors file")
    }
    let folder = isFolder.boolValue ? path : (path as NSString).deletingLastPathComponent
    return (isFolder.boolValue, Checkpoint.join(folder, "config.json"))
  }

  /// The SHA-256 of the files, as `Checkpoint.sha256()` defines it.
  public func sha256() -> String { Checkpoint.sha256(of: files) }
}
