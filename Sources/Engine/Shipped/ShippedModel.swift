import CShippedModel
import ModelFiles

/// A model that is part of the binary: trained by `tern train`, and known to every command by its name.
///
/// Unlike the zoo's it has learnt something, and a tokenizer; its card is Models/tern-tiny.md.
public struct ShippedModel: Sendable {
  /// How commands, suites and records call it.
  public let name: String
  /// What it is, in a few words.
  public let summary: String
  /// Where it came from.
  public let source: String
  private let file: @Sendable (_ bytes: UnsafeMutablePointer<Int>) -> UnsafeRawPointer?

  /// Every one of them.
  public static let all = [
    ShippedModel(
      name: "tern-tiny", summary: "3 M ternary parameters that tell short stories; trained by tern itself",
      source: "Models/tern-tiny.toml; card in Models/tern-tiny.md",
      file: { tern_tiny($0) })
  ]

  /// The one of this name; nil where there is none.
  public static func named(_ name: String) -> ShippedModel? { all.first { $0.name == name } }

  /// Its file, as if it were mapped under its name.
  ///
  /// - Throws: `ModelFileError` when the binary was built around a file that is damaged.
  public func open() throws -> GGUFModel {
    var count = 0
    // A constant of the binary: it is there as long as the process is.
    let address = file(&count)
    return try GGUFModel(MappedFile(name: name, constant: UnsafeRawBufferPointer(start: address, count: count)))
  }

  /// Its sizes.
  ///
  /// - Throws: as `open`; `EngineError` when it cannot be run.
  public func shape() throws -> TransformerShape {
    var shape = try TransformerShape(open().model, name: name)
    (shape.summary, shape.source) = (summary, source)
    return shape
  }
}
