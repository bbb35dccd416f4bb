import Records
import Sinks

/// `InspectReport` on a terminal.
struct InspectView {
  let report: InspectReport
  let width: Int

  /// The text, with its last newline.
  func render() -> String {
    [heading, shape, tensors, kernels, notes].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var heading: String {
    var lines = [report.name]
    if let file = report.file {
      let version = file.version.map { "GGUF v\($0)" } ?? report.format
      let facts = [version, file.architecture, file.title.map { "\"\($0)\"" }, "\(ByteCount(file.sizeBytes))"]
      lines.append(facts.compactMap { $0 }.joined(separator: "  "))
    }
    if let problem = report.problem { lines += Prose.wrapped("cannot be run: \(problem)", width: width) }
    return text(lines)
  }

  private var shape: String {
    var lines: [String] = []
    if let shape = report.shape, let graph = report.graph {
      let heads = shape.heads == shape.kvHeads ? "\(shape.heads)" : "\(shape.heads) (\(shape.kvHeads) for keys)"
      lines.append(
        "\(Number.parameters(shape.parameters)) parameters, \(Number.parameters(shape.ternaryParameters)) of them ternary"
      )
      lines.append(
        "hidden \(shape.hidden)  layers \(shape.layers)  heads \(heads) of \(shape.headDimension)  "
          + "ffn \(shape.feedForward)  vocabulary \(shape.vocabulary)  context \(shape.context)")
      lines.append(
        "\(shape.activation)  \(graph.subNorms ? "norms inside the blocks" : "no norms inside the blocks")  "
          + "\(graph.tiedEmbeddings ? "the embedding is the head" : "a head of its own"), in memory \(graph.head)  "
          + "rope \(Number.threeDigits(graph.ropeTheta))")
    }
    if let tokenizer = report.tokenizer {
      lines.append(
        "tokenizer \(tokenizer.model)\(tokenizer.pre.map { " (\($0))" } ?? "")  \(tokenizer.tokens) tokens  "
          + (tokenizer.hasChatTemplate ? "chat template" : "no chat template"))
    }
    return text(lines.flatMap { Prose.wrapped($0, width: width) })
  }

  private var tensors: String {
    guard !report.tensors.isEmpty else { return "" }
    return TextTable(
      columns: [
        .left("tensors for", .essential), .left("type", .essential), .right("tensors"), .right("weights"),
        .right("size", .essential), .right("bpw"),
      ],
      rows: report.tensors.map { group in
        [
          group.purpose ?? Number.unknown, group.type, "\(group.tensors)", Number.parameters(group.weights),
          "\(ByteCount(group.sizeBytes))", Number.bits(group.bitsPerWeight),
        ]
      }
    ).render(width: width)
  }

  private var kernels: String {
    let available = report.kernels.filter(\.available)
    guard !report.kernels.isEmpty else { return "" }
    let table = TextTable(
      columns: [
        .left("kernel", .essential), .left("packing"), .right("weights and head", .essential),
        .right("with \(report.context ?? 0) positions", .essential),
      ],
      rows: available.map { [$0.id, $0.packing, "\(ByteCount($0.weightsBytes))", "\(ByteCount($0.totalBytes))"] }
    ).render(width: width)
    let others = report.kernels.filter { !$0.available }
    guard !others.isEmpty else { return table }
    return table + text(Prose.wrapped("not here: \(others.map(\.id).joined(separator: ", "))", width: width))
  }

  private var notes: String { text(report.notes.flatMap { Prose.wrapped($0, width: width) }) }

  private func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
}
