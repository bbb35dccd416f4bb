import Foundation

/// The tokenizer of a model that is converted, as the keys of a GGUF file.
///
/// Weights without their tokenizer are of little use, and still worth having: what cannot be taken along is a note, not
/// an error.
public struct ConvertedTokenizer: Sendable {
  /// `tokenizer.ggml.*` and `tokenizer.chat_template`, for a converter; none for a GGUF file, whose keys are all
  /// kept.
  public private(set) var metadata: [(key: String, value: GGUFValue)] = []
  /// What is lost, and why: "W-tokenizer" all of it, "W-added-tokens" and "W-stop-tokens" a part.
  public private(set) var notes: [ModelNote] = []

  /// Looks for a tokenizer beside the weights.
  public init(of source: any ModelContainer) {
    self.init(
      gguf: (source as? GGUFModel)?.file, path: source.path, configuration: source.model.source,
      vocabulary: source.model.vocabularySize)
  }

  /// The same for a hybrid.
  public init(of source: any StoredHybrid) {
    self.init(
      gguf: (source as? GGUFHybrid)?.file, path: source.path, configuration: source.configuration.path,
      vocabulary: source.configuration.vocabularySize)
  }

  private init(gguf: GGUFFile?, path: String, configuration: String, vocabulary: Int) {
    if let gguf {
      let key = TokenizerMetadata.Key.prefix + TokenizerMetadata.Key.model
      if gguf.metadata[key] == nil {
        notes.append(lost("\(gguf.path) holds no tokenizer (\(key)), so neither will the new file"))
      }
      return
    }
    do {
      let tokenizer = try Tokenizer(path: path, defaultsOf: configuration)
      let converted = try TokenizerMetadata(tokenizer, tokenCount: vocabulary)
      metadata = converted.keys
      notes = try Self.notes(tokenizer, Tokenizer(converted))
    } catch let error as TokenizerMetadata.Inexpressible {
      notes.append(
        lost("the tokenizer cannot be said in GGUF's keys: \(error.reason); give programs its tokenizer.json"))
    } catch {
      notes.append(lost("the file will have no tokenizer: \(error)"))
    }
  }

  private func lost(_ text: String) -> ModelNote { ModelNote(id: "W-tokenizer", text: text) }

  private static func notes(_ tokenizer: Tokenizer, _ converted: Tokenizer) -> [ModelNote] {
    var notes: [ModelNote] = []
    let odd = tokenizer.addedTokens.filter { !$0.isPlain || ($0.isNormalized && !tokenizer.normalizers.isEmpty) }
    if let first = odd.first {
      notes.append(
        ModelNote(
          id: "W-added-tokens",
          text: "\(odd.count) added tokens, \"\(first.content)\" among them, say how white space or other characters "
            + "around them are treated; GGUF has no key for that: they are found exactly as they are spelled"))
    }
    let ends = tokenizer.specialTokens.endOfGeneration.subtracting(converted.specialTokens.endOfGeneration)
    if !ends.isEmpty {
      let names = ends.sorted().map { tokenizer.token($0) ?? "\($0)" }.joined(separator: ", ")
      notes.append(
        ModelNote(
          id: "W-stop-tokens", text: "GGUF has no key for further tokens that end a generation: \(names)"))
    }
    return notes
  }
}
