import ArgumentParser
import Harness
import ModelFiles

/// The prompt of `generate`: text, a file of text, or token ids.
struct PromptOptions: ParsableArguments {
  @Option(name: [.customShort("p"), .customLong("prompt")], help: "The prompt.")
  var text: String?

  @Option(name: .customLong("prompt-file"), help: "A file of UTF-8 text that is the prompt, - for standard input.")
  var file: String?

  @Option(help: "The prompt as token ids: 1,2,3 (default, for models of random weights: 1).")
  var ids: TokenIDs?

  @Option(help: "A tokenizer.json, a model folder or a GGUF file, in place of the model's own; with --ids, for text.")
  var tokenizer: String?

  @Flag(name: .customLong("no-bos"), help: "Do not put the token before the prompt that begins a text.")
  var isBare = false

  @Flag(help: "Take special tokens that are spelled out in the prompt, such as <|eot_id|>, as text.")
  var plain = false

  /// A prompt as the model reads it; without a tokenizer, ids is all there is.
  struct Input {
    let ids: [Int32]
    let tokenizer: Tokenizer?
  }

  /// Whether no text was given.
  var isIDs: Bool { text == nil && file == nil }

  func validate() throws {
    let given = [text != nil, file != nil, ids != nil].count { $0 }
    guard given <= 1 else { throw ValidationError("give one of -p, --prompt-file and --ids") }
    if text?.isEmpty == true { throw ValidationError("-p: the prompt is empty; give some text") }
    if isIDs && (isBare || plain) { throw ValidationError("--no-bos and --plain are for a prompt in text") }
  }

  /// Reads and encodes the prompt.
  ///
  /// - Throws: `ValidationError` when there is none; what reading the file and the tokenizer throws.
  func read(for model: ModelReference) throws -> Input {
    guard let text = try text ?? file.map(TextFile.read(path:)) else {
      // Random weights have nothing to say: any token does.
      guard let ids = ids?.ids ?? (model.isFile ? nil : [1]) else {
        throw ValidationError("no prompt: give -p TEXT, --prompt-file FILE or --ids 1,2,3")
      }
      return Input(ids: ids, tokenizer: try tokenizer.map { try model.tokenizer(at: $0) })
    }
    if text.isEmpty { throw CommandError("\(file ?? "-p"): the prompt is empty; give some text") }
    let tokenizer = try model.tokenizer(at: tokenizer)
    let ids = tokenizer.encode(text, parsingSpecial: !plain)
    // A prompt that spells out the token itself has it already.
    let beginning = isBare || ids.starts(with: tokenizer.prefix) ? [] : tokenizer.prefix
    return Input(ids: beginning + ids, tokenizer: tokenizer)
  }
}
