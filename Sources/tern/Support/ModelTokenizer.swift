import Harness
import ModelFiles

extension ModelReference {
  /// The tokenizer at `path`, or the one that came with the model.
  ///
  /// - Parameter takesIDs: whether the command has `--ids`, which needs no tokenizer, to point at.
  /// - Throws: `CommandError` for a model without files, or without a tokenizer, that says what to give;
  ///   `ModelFileError` for a tokenizer at `path` that is missing or damaged.
  func tokenizer(at path: String?, takesIDs: Bool = true) throws -> Tokenizer {
    if let path { return try Tokenizer(path: path) }
    let ids = takesIDs ? ", or token ids with --ids" : ""
    guard let container else {
      throw CommandError("\(name) has random weights and no tokenizer; give one with --tokenizer PATH\(ids)")
    }
    do {
      return try Tokenizer(of: container)
    } catch {
      throw CommandError("\(error); or give a tokenizer with --tokenizer PATH\(ids)")
    }
  }
}
