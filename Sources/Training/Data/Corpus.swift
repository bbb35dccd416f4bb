import Foundation
import ModelFiles

/// Documents to learn from: plain text files, or stories of the project's own grammar.
public enum Corpus: Sendable, Equatable {
  /// Text files; blank lines in a row part documents.
  case files([String])
  /// So many stories from a seed.
  case stories(count: Int, seed: UInt64)

  /// All documents, in order.
  ///
  /// - Throws: `TrainingError` that names a file which cannot be read, is not UTF-8, or holds no text.
  public func documents() throws -> [String] {
    switch self {
    case .stories(let count, let seed):
      return (0..<count).map { StoryGrammar.story(seed: seed, index: $0) }
    case .files(let paths):
      return try paths.flatMap(Self.documents(of:))
    }
  }

  private static func documents(of path: String) throws -> [String] {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw TrainingError(.data, "\(path): cannot be read: no such file, or no permission")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw TrainingError(.data, "\(path): is not UTF-8; convert it to plain text")
    }
    let documents = documents(in: text)
    guard !documents.isEmpty else { throw TrainingError(.data, "\(path): holds no text") }
    return documents
  }

  /// The documents of a text, which blank lines part.
  public static func documents(in text: String) -> [String] {
    text.replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\n\n")
      .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.isEmpty }
  }

  /// The ids of documents, each with the tokens around it that the tokenizer puts there, and one that ends it.
  ///
  /// Text of a corpus spells no special tokens.
  public static func ids(_ documents: [String], _ tokenizer: Tokenizer) -> [Int32] {
    let end = tokenizer.suffix.isEmpty ? [tokenizer.specialTokens.endOfText].compactMap(\.self) : tokenizer.suffix
    return documents.flatMap { tokenizer.prefix + tokenizer.encode($0, parsingSpecial: false) + end }
  }
}
