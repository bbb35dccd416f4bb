import Foundation
import Harness
import ModelFiles

/// Where the commands that read text get a tokenizer and token ids from.
enum TextInput {
  /// The tokenizer that a flag names, or else the model's own.
  ///
  /// - Throws: `CommandError` for a model without files, or without a tokenizer, that says what to give.
  static func tokenizer(_ path: String?, of model: ModelReference) throws -> Tokenizer {
    if let path { return try Tokenizer(path: path) }
    guard let container = model.container else {
      throw CommandError(
        "\(model.name) has random weights and no tokenizer; give one with --tokenizer PATH, or token ids with --ids")
    }
    do {
      return try Tokenizer(path: home(of: container))
    } catch {
      throw CommandError("\(error); or give a tokenizer with --tokenizer PATH, or token ids with --ids")
    }
  }

  /// Where a model's tokenizer would be: in a GGUF file itself, beside the weights otherwise.
  private static func home(of container: any ModelContainer) -> String {
    guard container.path.hasSuffix(".safetensors") else { return container.path }
    let folder = (container.path as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }

  /// Token ids out of text: numbers with commas or white space between them.
  ///
  /// - Throws: `CommandError` that names the file and what is no id.
  static func ids(_ text: String, file: String) throws -> [Int32] {
    try text.split { $0 == "," || $0.isWhitespace }.map { word in
      guard let id = Int32(word), id >= 0 else {
        throw CommandError(
          "\(file): \"\(word.prefix(40))\" is no token id; --ids wants numbers, as tern tokenize prints")
      }
      return id
    }
  }
}
