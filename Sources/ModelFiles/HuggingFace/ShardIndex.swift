import Foundation

/// `model.safetensors.index.json`: which shard holds which tensor.
struct ShardIndex {
  private struct Fields: Decodable {
    var weight_map: [String: String]
  }

  let path: String
  /// Tensor name to file name.
  let weightMap: [String: String]

  /// Reads the index.
  ///
  /// - Throws: `ModelFileError` when it is no index, or names a file outside its folder.
  init(path: String) throws {
    self.path = path
    let file = try MappedFile(path: path)
    do {
      weightMap = try JSONDecoder().decode(Fields.self, from: Data(file.bytes)).weight_map
    } catch {
      throw ModelFileError(file: path, problem: "is not an index of shards: \(decodingWords(error))")
    }
    for (tensor, shard) in weightMap where shard.contains("/") || shard.hasPrefix(".") || shard.isEmpty {
      throw ModelFileError(file: path, part: tensor, problem: "\"\(shard)\" is not the plain name of a file beside it")
    }
  }

  /// Opens the shards and finds every tensor that the index promises.
  func open(in folder: String) throws -> ([SafetensorsFile], [String: Tensor]) {
    var shards: [String: SafetensorsFile] = [:]
    for name in Set(weightMap.values).sorted() {
      shards[name] = try SafetensorsFile(path: Checkpoint.join(folder, name))
    }
    var tensors: [String: Tensor] = [:]
    for (name, shard) in weightMap {
      guard let tensor = shards[shard]?.tensors[name] else {
        throw ModelFileError(file: path, part: name, problem: "is not in \(shard), where the index puts it")
      }
      tensors[name] = tensor
    }
    return (shards.sorted { $0.key < $1.key }.map(\.value), tensors)
  }
}
