import Foundation
import Harness
import ModelFiles

extension ModelReference {
  /// The tokenizer at `path`, or the one that came with the model.
  ///
  /// - Throws: `CommandError` for a model of random weights; `ModelFileError` that names what is missing or damaged.
  func tokenizer(at path: String?) throws -> Tokenizer {
    if let path { return try Tokenizer(path: path) }
    guard let container else {
      throw CommandError(
        "\(name) has random weights and no tokenizer: give token ids with --ids 1,2,3, or a tokenizer with --tokenizer "
          + "PATH")
    }
    let path = container.path
    // Beside a checkpoint that is named by its weights stands its tokenizer, as its configuration does.
    guard path.hasSuffix(".safetensors") else { return try Tokenizer(path: path) }
    let folder = (path as NSString).deletingLastPathComponent
    return try Tokenizer(path: folder.isEmpty ? "." : folder)
  }

  /// The positions to make room for where the user names no number: as many as asked for, at most those that the model
  /// was made for.
  func context(for positions: Int) -> Int { min(positions, shape.context) }
}
