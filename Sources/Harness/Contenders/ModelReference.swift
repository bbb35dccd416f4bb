import Engine
import Foundation
import Kernels
import ModelFiles
import Records

/// A model as a suite or a command line names it: an entry of the zoo, or a checkpoint on disk.
public struct ModelReference: Sendable {
  /// The seed of synthetic weights: one for all, so that the same name means the same weights everywhere.
  public static let syntheticSeed: UInt64 = 158

  /// The name or path as given.
  public let name: String
  /// Its shape.
  public let shape: TransformerShape
  /// How its output head is stored.
  public let head: DenseFormat
  /// Whether the weights come from a file.
  public let isFile: Bool

  /// Looks a model up.
  ///
  /// - Throws: the zoo's error with the nearest name, or the checkpoint's error with file and key.
  public init(_ name: String) throws {
    self.name = name
    if Self.isPath(name) {
      let checkpoint = try Checkpoint(path: name)
      self.shape = try TransformerShape(checkpoint.configuration, name: name)
      self.head = try Self.headFormat(of: checkpoint, isTied: shape.tiedEmbeddings)
      self.isFile = true
    } else {
      self.shape = try Zoo.shape(named: name)
      self.head = .f16
      self.isFile = false
    }
  }

  /// The head keeps the format that its tensor is stored in.
  private static func headFormat(of checkpoint: Checkpoint, isTied: Bool) throws -> DenseFormat {
    switch try checkpoint.tensor(isTied ? "model.embed_tokens.weight" : "lm_head.weight").type {
    case .f32: .f32
    case .f16: .f16
    default: .bf16
    }
  }

  /// Whether a name can only be a path: it has a separator, or something of that name exists here and the zoo has none.
  static func isPath(_ name: String) -> Bool {
    if Zoo.shapes.contains(where: { $0.name == name }) { return false }
    return name.contains("/") || name.hasSuffix(".safetensors") || FileManager.default.fileExists(atPath: name)
  }

  /// Makes the weights in the kernel's packing.
  public func load(kernel: Kernel, pool: ThreadPool) throws -> Transformer {
    isFile
      ? try Transformer.load(path: name, kernel: kernel, pool: pool)
      : try Transformer.synthetic(shape, seed: Self.syntheticSeed, kernel: kernel, head: head, pool: pool)
  }

  /// What the record says of it.
  func identity(of transformer: Transformer) -> ModelIdentity {
    var identity = ModelIdentity(
      name: name, format: isFile ? "safetensors" : "synthetic", parameters: shape.parameters,
      ternaryParameters: shape.ternaryParameters, head: transformer.head.rawValue)
    switch transformer.source {
    case .synthetic(let seed): identity.seed = seed
    case .file(_, let sha256, _): identity.sha256 = sha256
    }
    return identity
  }
}
