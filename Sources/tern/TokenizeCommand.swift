import ArgumentParser
import Engine
import Foundation
import ModelFiles

/// `tern tokenize`: text to token ids and back, with a model's own tokenizer.
struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Turn text into token ids, or ids into text.",
    discussion: """
      Ids go to stdout in one line, as --ids takes them. Special tokens that are spelled out in the text, such as \
      <|eot_id|>, are those tokens unless --plain is given.
      """)

  @Argument(help: "A tokenizer.json, a .gguf file, or the folder of a model.")
  var path: String

  @Option(help: "The text.")
  var text: String?

  @Option(help: "A file of UTF-8 text, - for standard input.")
  var file: String?

  @Option(help: "Token ids to decode: 1,2,3.")
  var ids: TokenIDs?

  @Flag(help: "Decode --ids instead of encoding.")
  var decode = false

  @Flag(help: "Put the tokens around the text that begin (and end) one.")
  var special = false

  @Flag(help: "Take special tokens that are spelled out in the text as text.")
  var plain = false

  @Flag(help: "Leave special tokens out of the decoded text.")
  var skipSpecial = false

  @Flag(help: "One JSON object on stdout: ids, or text.")
  var json = false

  func validate() throws {
    let given = [text != nil, file != nil, ids != nil].count { $0 }
    guard given == 1 else { throw ValidationError("give one of --text, --file, or --ids with --decode") }
    guard decode == (ids != nil) else { throw ValidationError("--ids and --decode belong together") }
    if decode && (special || plain) { throw ValidationError("--special and --plain are for text, not for --decode") }
    if !decode && skipSpecial { throw ValidationError("--skip-special is for --decode") }
  }

  func run() throws {
    let tokenizer = try ShippedModel.named(path).map { try Tokenizer(of: $0.open()) } ?? Tokenizer(path: path)
    if let ids {
      let text = try tokenizer.decode(ids.ids, skippingSpecial: skipSpecial)
      if json { try Self.write(Decoded(text: text)) } else { Console.line(text) }
    } else {
      let text = try text ?? TextFile.read(path: file ?? "-")
      let ids = tokenizer.encode(text, addingSpecial: special, parsingSpecial: !plain)
      if json { try Self.write(Encoded(ids: ids)) } else { Console.line(ids.map(String.init).joined(separator: ",")) }
    }
  }

  /// One line: a long text has more ids than anybody scrolls through.
  private static func write(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    Console.line(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  private struct Encoded: Encodable {
    let ids: [Int32]
  }

  private struct Decoded: Encodable {
    let text: String
  }
}
