import ArgumentParser
import Engine
import Foundation
import Harness
import Machine
import ModelFiles
import Sinks

/// `tern embed`: texts to vectors.
struct EmbedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Turn texts into vectors, with an embedding model.",
    discussion: """
      One JSON object per text goes to stdout: its embedding, made of the states behind the model's last norm, with \
      length 1 unless --no-normalize is given. The tokens that the tokenizer puts around a text belong to it: the \
      embedding models end a text with one of their own, whose state is what `last` takes.
      """)

  @Option(
    name: [.customShort("m"), .long],
    help: "A model file or folder, or a zoo name (tern list models), with an optional head format: NAME:q6_k.")
  var model: String

  @Option(help: "A text; may be given several times.")
  var text: [String] = []

  @Option(help: "A file of UTF-8 text with one text per line, - for standard input.")
  var file: String?

  @Option(help: "Token ids of one text: 1,2,3; nothing is put around them.")
  var ids: TokenIDs?

  @Option(help: "What makes one vector of the tokens': last or mean (default: what the model file says, else last).")
  var pooling: Pooling?

  @Flag(help: "Leave the vectors as long as they are.")
  var noNormalize = false

  @Option(name: [.customShort("o"), .long], help: "Write raw little-endian float32 to this file: [texts, width].")
  var output: String?

  @Flag(help: "Print the cosines of all pairs instead of the vectors.")
  var similarity = false

  @Option(help: "The tokenizer: a tokenizer.json, a model file or a model folder (default: the model's own).")
  var tokenizer: String?

  @OptionGroup var options: ModelOptions

  func validate() throws {
    guard [!text.isEmpty, file != nil, ids != nil].count(where: { $0 }) == 1 else {
      throw ValidationError("give one of --text, --file and --ids")
    }
    if ids != nil, tokenizer != nil { throw ValidationError("--ids needs no --tokenizer") }
    if similarity, output != nil { throw ValidationError("--similarity goes to stdout: leave out -o") }
  }

  func run() throws {
    let machine = Machine()
    let kernel = try options.kernelName()
    let reference = try ModelReference(model)
    if let output { try OutputFile.requireWritable(output) }
    let inputs = try inputs(reference)
    let loaded = try LoadedModel(
      model, kernel: kernel, pool: try options.makePool(machine: machine), context: inputs.map(\.ids.count).max() ?? 1,
      cacheFormat: options.cacheFormat, machine: machine)
    let pooling = pooling(of: reference)
    var vectors: [[Float]] = []
    for input in inputs {
      let vector = try loaded.session.embedding(of: input.ids, pooling: pooling, normalized: !noNormalize)
      if output == nil, !similarity { try write(vector, of: input) }
      vectors.append(vector)
    }
    if similarity { Console.text(SimilarityTable(inputs.map(\.name), vectors).render(width: Console.width)) }
    if let output {
      var data = Data(capacity: vectors.count * reference.shape.hidden * MemoryLayout<Float>.stride)
      // Float32 in memory is little-endian on every machine that the kernels know.
      for vector in vectors { vector.withUnsafeBytes { data.append(contentsOf: $0) } }
      try OutputFile.write(data, to: output)
      Console.note("\(output)  float32 [\(vectors.count), \(reference.shape.hidden)]  \(pooling.rawValue)")
    }
  }

  private func pooling(of reference: ModelReference) -> Pooling {
    pooling ?? (reference.container as? any ModelContainer)?.model.pooling ?? .last
  }

  /// The texts as token ids.
  private func inputs(_ reference: ModelReference) throws -> [Input] {
    if let ids { return [Input(text: nil, ids: ids.ids)] }
    let tokenizer = try reference.tokenizer(at: tokenizer)
    if tokenizer.suffix.isEmpty, pooling(of: reference) == .last {
      Console.note(
        "W-end  \(tokenizer.file) ends no text with a token, so that the last token of each text stands for it")
    }
    return try texts().map { text in
      Input(text: text, ids: tokenizer.encode(text, addingSpecial: true, parsingSpecial: false))
    }
  }

  /// The texts of the flags, or the lines of the file.
  private func texts() throws -> [String] {
    guard let file else {
      if let empty = text.firstIndex(where: \.isEmpty) { throw CommandError("--text number \(empty + 1) is empty") }
      return text
    }
    var lines = try TextFile.read(path: file).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last?.isEmpty == true { lines.removeLast() }
    guard !lines.isEmpty else { throw CommandError("\(file): is empty; give one text per line") }
    if let empty = lines.firstIndex(where: { $0.allSatisfy(\.isWhitespace) }) {
      throw CommandError("\(file): line \(empty + 1) is empty; give one text per line")
    }
    return lines
  }

  private func write(_ vector: [Float], of input: Input) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    let object = Embedded(text: input.text, ids: input.text == nil ? input.ids : nil, embedding: vector)
    Console.line(String(decoding: try encoder.encode(object), as: UTF8.self))
  }

  private struct Input {
    let text: String?
    let ids: [Int32]

    /// What a table calls it.
    var name: String { text ?? ids.map(String.init).joined(separator: ",") }
  }

  /// A line of the output.
  private struct Embedded: Encodable {
    let text: String?
    let ids: [Int32]?
    let embedding: [Float]
  }
}

/// The cosines of all pairs of vectors, by their texts.
private struct SimilarityTable {
  private let table: TextTable

  init(_ names: [String], _ vectors: [[Float]]) {
    let lengths = vectors.map { Self.product($0, $0).squareRoot() }
    table = TextTable(
      columns: [.left("cosine", .essential)] + names.indices.map { .right("\($0 + 1)") },
      rows: names.enumerated().map { row, name in
        let cosines = names.indices.map { column in
          let length = lengths[row] * lengths[column]
          let product = Self.product(vectors[row], vectors[column])
          return length > 0 ? String(format: "%.3f", product / length) : Number.unknown
        }
        return ["\(row + 1)  \(name)"] + cosines
      })
  }

  func render(width: Int) -> String { table.render(width: width) }

  /// In Double, so that a vector's cosine with itself is 1.
  private static func product(_ one: [Float], _ other: [Float]) -> Double {
    zip(one, other).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }
}

extension Pooling: ExpressibleByArgument {}
