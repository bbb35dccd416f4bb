/// A decoder-hybrid-decoder in a GGUF file of architecture `phi4flash`, which is this program's own.
///
/// The article HybridFormat of the documentation states the keys and the tensors.
public struct GGUFHybrid: StoredHybrid {
  /// The file.
  public let file: GGUFFile
  /// Sizes and choices, from the metadata.
  public let configuration: HybridConfiguration
  /// Whether its projections are ternary: so says the file, or the type of all of them.
  public let isTernary: Bool
  /// What a user should know before trusting the text.
  public let notes: [ModelNote]

  /// The path as it was opened.
  public var path: String { file.path }
  /// "gguf".
  public var format: String { "gguf" }
  /// The bytes of the file.
  public var fileBytes: Int { file.file.bytes.count }
  /// Whether there is no other head.
  public var tiedEmbeddings: Bool { file.tensor(Self.name(.head)) == nil }

  /// Hashes the file.
  public func sha256() -> String { file.file.sha256().hex() }

  /// Whether a file calls itself one.
  public static func isHybrid(_ file: GGUFFile) -> Bool {
    file.metadata[GGUFKey.architecture]?.string == HybridConfiguration.modelType
  }

  /// Opens a file and checks what its header says.
  ///
  /// - Throws: `ModelFileError` that names the file and the key or tensor.
  public init(path: String) throws { try self.init(GGUFFile(path: path)) }

  /// The same for a file that is open.
  ///
  /// - Throws: `ModelFileError` that names the file and the key or tensor.
  init(_ file: GGUFFile) throws {
    let family = HybridConfiguration.modelType
    let name = try file.metadata.require(GGUFKey.architecture, file.metadata.string(GGUFKey.architecture))
    guard name == family else {
      throw file.metadata.error(GGUFKey.architecture, "\"\(name)\" is not \"\(family)\", the one hybrid that is read")
    }
    self.file = file
    configuration = try HybridConfiguration(file)
    // Before anybody makes a list of all layers' tensors.
    guard configuration.layers <= file.tensors.count else {
      throw file.metadata.error(
        HybridConfiguration.key(GGUFKey.blockCount),
        "\(configuration.layers) layers, but the file has \(file.tensors.count) tensors; it is damaged or holds no model"
      )
    }
    try Self.refuseStrangers(file, configuration)
    isTernary = try Self.isTernary(file, configuration)
    notes = try Self.notes(file)
  }

  // MARK: - What the header says

  /// Refuses tensors that the graph has no place for: another program's file of this name, or a bias too many.
  private static func refuseStrangers(_ file: GGUFFile, _ configuration: HybridConfiguration) throws {
    var known = Set([HybridTensor.embedding, .head, .finalNorm, .finalNormBias].map(name))
    for layer in 0..<configuration.layers { known.formUnion(configuration.tensors(ofLayer: layer).map(name)) }
    guard let stranger = file.tensors.first(where: { !known.contains($0.name) }) else { return }
    throw stranger.error(
      "has no place in \"\(HybridConfiguration.modelType)\" with \(configuration.layers) layers as tern convert writes "
        + "it; leaving it out would make wrong text: convert the original checkpoint")
  }

  private static func isTernary(_ file: GGUFFile, _ configuration: HybridConfiguration) throws -> Bool {
    let key = HybridConfiguration.key(GGUFKey.ternary)
    let stated = try file.metadata.bool(key)
    var first: GGUFTensor?
    for layer in 0..<configuration.layers {
      for tensor in configuration.tensors(ofLayer: layer) {
        guard case .layer(_, let part) = tensor, part.isProjection, let stored = file.tensor(name(tensor)) else {
          continue
        }
        // Floats may be ternary where the file says that all weights are.
        guard stated != true else { continue }
        if stored.type.isTernary, stated == false {
          throw stored.error("is stored as \(stored.type.name), but \(key) is false; convert the original checkpoint")
        }
        if let first, first.type.isTernary != stored.type.isTernary {
          throw stored.error(
            "is stored as \(stored.type.name) and \(first.name) as \(first.type.name): projections are all ternary or "
              + "all dense; convert the original checkpoint")
        }
        first = first ?? stored
      }
    }
    return stated ?? first?.type.isTernary ?? false
  }

  private static func notes(_ file: GGUFFile) throws -> [ModelNote] {
    guard let how = try file.metadata.string(GGUFKey.ternarized) else { return [] }
    return [
      ModelNote(
        id: "W-ternarized",
        text: "\(file.path) was made ternary after training (--ternarize \(how)), which ruins the text: use it for "
          + "experiments alone")
    ]
  }
}
