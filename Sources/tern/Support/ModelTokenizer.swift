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
    return try Tokenizer(path: container.path)
  }
}
