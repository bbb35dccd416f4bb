import Engine
import Foundation
import Kernels
import ModelFiles
import Records

/// A model as a suite or a command line names it: one that is part of the binary, an entry of the zoo, or a model on
/// disk, and behind a colon how its head and embedding are stored where that is not to be the usual format: "bitnet-2b-4t:q6_k", "./folder:q8_0".
public struct ModelReference: Sendable {
  /// The seed of synthetic weights: one for all, so that the same name means the same weights everywhere.
  public static let syntheticSeed: UInt64 = 158

  /// The name or path as given, its format included.
  public let name: String
  /// Its shape.
  public let shape: any ModelShape
  /// How its output head is stored.
  public let head: DenseFormat
  /// The files that the weights come from; nil for a name of the zoo.
  public let container: (any StoredModel)?
  /// The format that the name asks for.
  private let format: DenseFormat?

  /// Whether the weights come from a file.
  public var isFile: Bool { container != nil }

  /// Looks a model up.
  ///
  /// - Throws: the zoo's error with the nearest name, or the file's error with its key; `EngineError` for a
  ///   format that the model's width does not allow.
  public init(_ name: String) throws {
    self.name = name
    let (place, format) = try Self.parts(of: name)
    self.format = format
    if let shipped = ShippedModel.named(place) {
      let container = try shipped.open()
      self.shape = try shipped.shape()
      self.head = try format ?? ModelLoader.exactHead(of: container, shape: shape)
      self.container = container
    } else if Self.isPath(place) {
      let container = try ModelFile.openAny(path: place)
      self.shape = try ModelLoader.shape(of: container, name: place)
      self.head = try format ?? ModelLoader.exactHead(of: container, shape: shape)
      self.container = container
    } else {
      self.shape = try Zoo.model(named: place)
      self.head = format ?? .f16
      self.container = nil
    }
    try shape.validate(head: head)
  }

  /// Cuts a name at its last colon if a format follows; a path may have colons of its own.
  ///
  /// - Throws: `ModelNameError` for a name of the zoo with a format that does not exist.
  static func parts(of name: String) throws -> (place: String, format: DenseFormat?) {
    guard let colon = name.lastIndex(of: ":"), !FileManager.default.fileExists(atPath: name) else { return (name, nil) }
    let (place, suffix) = (String(name[..<colon]), String(name[name.index(after: colon)...]))
    if let format = DenseFormat(rawValue: suffix) { return (place, format) }
    if names.contains(place) { throw ModelNameError(place: place, format: suffix) }
    return (name, nil)
  }

  /// Every name that is no path: the models that are part of the binary, and the zoo's.
  public static let names = ShippedModel.all.map(\.name) + Zoo.models.map(\.name)

  /// The files of a model that has some: of the binary by its name, else on disk.
  ///
  /// - Throws: `ModelFileError` that names the file and what is wrong with it.
  public static func files(of place: String) throws -> any StoredModel {
    try ShippedModel.named(place)?.open() ?? ModelFile.openAny(path: place)
  }

  /// Whether a name can only be a path: it has a separator, or something of that name exists here and no model has it.
  static func isPath(_ name: String) -> Bool {
    if names.contains(name) { return false }
    return name.contains("/") || ModelFile.hasModelSuffix(name) || FileManager.default.fileExists(atPath: name)
  }

  /// Makes the weights in the kernels' packings.
  ///
  /// - Parameter hashing: whether to hash the files as well, which only a record of them needs and which takes longer
  ///   than packing them.
  public func load(kernels: KernelPlan, pool: ThreadPool, hashing: Bool = true) throws -> any LanguageModel {
    guard let container else {
      return try shape.makeModel(seed: Self.syntheticSeed, kernels: kernels, head: head, pool: pool)
    }
    // An embedding that is no head keeps its own format unless the name asks for one.
    return try ModelLoader.load(container, kernels: kernels, head: format, pool: pool, hashing: hashing)
  }

  /// What the record says of it.
  func identity(of weights: any LanguageModel) -> ModelIdentity {
    var identity = ModelIdentity(
      name: name, format: container?.format ?? "synthetic", parameters: shape.parameters,
      ternaryParameters: shape.ternaryParameters, head: weights.head.rawValue)
    switch weights.source {
    case .synthetic(let seed): identity.seed = seed
    case .file(_, let sha256, _): identity.sha256 = sha256
    }
    return identity
  }
}

/// A model's name that asks for a head format which does not exist.
struct ModelNameError: Error, CustomStringConvertible {
  let place: String
  let format: String

  var description: String {
    let formats = DenseFormat.allCases.map(\.rawValue).joined(separator: ", ")
    return "\(place):\(format): there is no head format \"\(format)\"; there are \(formats)"
  }
}
