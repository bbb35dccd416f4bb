import ModelFiles
import Sinks

extension ConvertCommand {
  /// Converts a hybrid, and says what making it ternary did to its weights.
  func convert(_ source: any StoredHybrid, since start: UInt64) throws {
    if activation != nil {
      throw CommandError("--activation is for transformers: a hybrid's gates have SiLU, and no file says otherwise")
    }
    if i2SLayout != .blocksOf128 {
      throw CommandError("--i2s-layout is for files that bitnet.cpp wrote, and those hold no hybrids")
    }
    for note in source.notes { Console.note("\(note.id)  \(note.text)") }
    let tokenizer = ConvertedTokenizer(of: source)
    for note in tokenizer.notes { Console.note("\(note.id)  \(note.text)") }
    let converter = try HybridConverter(
      source, options: .init(type: type, head: headType, ternarize: ternarize), metadata: tokenizer.metadata)
    let errors = try write(converter.byteCount, architecture: HybridConfiguration.modelType, since: start) {
      try converter.write(to: output, forEachRow: $0, progress: $1)
    }
    guard !errors.isEmpty, !options.quiet else { return }
    let rows = errors.map { error in
      [
        error.role, "\(error.tensors)", "\(Number.threeDigits(100 * error.relativeError)) %",
        "\(Number.threeDigits(100 * error.zeroShare)) %",
      ]
    }
    Console.note(
      TextTable(
        columns: [
          .left("role", .essential), .right("tensors"), .right("error", .essential), .right("zeros", .essential),
        ],
        rows: rows
      ).render(width: Console.width))
    Console.note(
      "error: of the weights, relative to what they were. An experiment: weights that were not trained ternary make no "
        + "sense of text")
  }
}
