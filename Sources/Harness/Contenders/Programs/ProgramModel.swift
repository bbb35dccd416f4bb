import Engine
import Foundation
import Kernels
import ModelFiles
import Records

/// The model file that a program is given, as far as its headers say: what fairness is judged by.
struct ProgramModel {
  /// The path as given.
  let path: String
  /// Bytes of the file.
  let bytes: Int
  /// Nil for a file that is too large to hash.
  let sha256: String?
  /// What only a GGUF file that can be read says.
  let header: Header?
  /// Why there is no header.
  let problem: String?

  /// What the headers say.
  struct Header {
    var architecture: String?
    /// `<arch>.hidden_activation`, where the file has it.
    var activation: String?
    var hidden: Int?
    var layers: Int?
    var feedForward: Int?
    var parameters: Int
    var ternaryParameters: Int
    /// The type of the output head, or of the embedding where that is the head.
    var head: GGMLType?
    /// The type of most projections.
    var weights: GGMLType?
  }

  /// Hashing takes seconds per gigabyte; the largest ternary models in use have three.
  private static let mostHashedBytes = 8 << 30

  /// Looks at a file.
  ///
  /// - Throws: `ProgramFailure` when it is not there.
  init(path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
      throw ProgramFailure("the model file \(path) does not exist; `tern convert` makes a GGUF file of a model")
    }
    let file: MappedFile
    do { file = try MappedFile(path: path) } catch { throw ProgramFailure("\(error)") }
    self.path = path
    bytes = file.bytes.count
    sha256 = bytes <= Self.mostHashedBytes ? file.sha256().hex() : nil
    do {
      header = Header(try GGUFFile(path: path))
      problem = nil
    } catch {
      header = nil
      problem = "\(error)"
    }
  }
}

extension ProgramModel.Header {
  init(_ file: GGUFFile) {
    let name = try? file.metadata.string("general.architecture")
    func integer(_ key: String) -> Int? { name.flatMap { try? file.metadata.integer("\($0).\(key)") } }
    architecture = name
    activation = name.flatMap { try? file.metadata.string("\($0).hidden_activation") }
    hidden = integer("embedding_length")
    layers = integer("block_count")
    feedForward = integer("feed_forward_length")
    parameters = file.tensors.reduce(0) { $0 &+ $1.elements }
    let projections = file.tensors.filter { $0.name.hasPrefix("blk.") && $0.sizes.count == 2 }
    ternaryParameters = projections.reduce(0) { $0 &+ $1.elements }
    head = (file.tensor("output.weight") ?? file.tensor("token_embd.weight"))?.type
    let counts = Dictionary(grouping: projections, by: \.type).mapValues { $0.reduce(0) { $0 &+ $1.elements } }
    weights = counts.max { ($0.value, $0.key.rawValue) < ($1.value, $1.key.rawValue) }?.key
  }

  /// Whether the sizes are those of BitNet-b1.58-2B-4T.
  var isBitNet2B4T: Bool { hidden == 2560 && layers == 30 && feedForward == 6912 }
}

extension ModelIdentity {
  /// The model of a program's cell, under the name of Tern's equal one where there is one.
  init?(_ model: ProgramModel?, bench: Int?, suiteHead: String?, twin: ModelReference?, name: String) {
    guard let parameters = model?.header?.parameters ?? bench ?? twin?.shape.parameters else { return nil }
    self.init(
      name: name, format: model.map { $0.header == nil ? "file" : "gguf" } ?? "unknown", sha256: model?.sha256,
      parameters: parameters, ternaryParameters: model?.header?.ternaryParameters ?? twin?.shape.ternaryParameters ?? 0,
      head: model?.header?.head?.name.lowercased() ?? suiteHead ?? "unknown")
  }
}
