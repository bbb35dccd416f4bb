import Foundation
import ModelFiles

/// A copy of a fixture whose tensors a test damages before it writes them to a folder of its own.
final class CheckpointEditor {
  struct Entry {
    var type: String
    var shape: [Int]
    var bytes: [UInt8]
  }

  var tensors: [String: Entry] = [:]
  var configuration: [String: Any]
  let folder: URL

  init(_ oracle: String) throws {
    let source = Oracle(name: oracle)
    let json = try Data(contentsOf: URL(fileURLWithPath: source.path + "/config.json"))
    configuration = try JSONSerialization.jsonObject(with: json) as? [String: Any] ?? [:]
    for (name, tensor) in try SafetensorsFile(path: source.path + "/model.safetensors").tensors {
      tensors[name] = Entry(type: tensor.type.rawValue, shape: tensor.shape, bytes: Array(tensor.bytes))
    }
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("tern-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Writes `config.json` and `model.safetensors`; returns the folder's path.
  func write() throws -> String {
    var header: [String: Any] = [:]
    var data: [UInt8] = []
    for (name, entry) in tensors.sorted(by: { $0.key < $1.key }) {
      let end = data.count + entry.bytes.count
      header[name] = ["dtype": entry.type, "shape": entry.shape, "data_offsets": [data.count, end]]
      data += entry.bytes
    }
    let json = try JSONSerialization.data(withJSONObject: header)
    let length = withUnsafeBytes(of: UInt64(json.count).littleEndian, Array.init)
    try Data(length + json + data).write(to: folder.appendingPathComponent("model.safetensors"))
    try JSONSerialization.data(withJSONObject: configuration).write(to: folder.appendingPathComponent("config.json"))
    return folder.path
  }
}
