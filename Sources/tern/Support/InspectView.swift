import ModelFiles
import Records
import Sinks

/// `InspectReport` on a terminal.
struct InspectView {
  let report: InspectReport
  let width: Int
  let style: Style

  /// The text, with its last newline.
  func render() -> String {
    [heading, facts, tensors, kernels, notes].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var heading: String {
    var lines = [style.bold(report.name)]
    if let file = report.file {
      let version = file.version.map { "GGUF v\($0)" } ?? report.format
      let facts = [file.title.map { "\"\($0)\"" }, version, "\(ByteCount(file.sizeBytes))"]
      lines += Prose.wrapped(facts.compactMap(\.self).joined(separator: ", "), width: width)
    } else if report.shape != nil {
      lines.append("a shape of the zoo: its weights are made from a seed")
    }
    if let problem = report.problem {
      lines += Prose.wrapped("cannot be run: \(problem)", width: width).map(style.bad)
    }
    return text(lines)
  }

  // MARK: - What it is

  private var facts: String {
    let rows = modelFacts + tokenizerFacts
    let indent = (rows.map(\.0.count).max() ?? 0) + 2
    return text(
      rows.flatMap { name, value in
        let wrapped = Prose.wrapped(value, width: max(width - indent, Self.narrowest))
        let label = name + String(repeating: " ", count: indent - name.count)
        return [style.dim(label) + wrapped[0]]
          + wrapped.dropFirst().map { String(repeating: " ", count: indent) + $0 }
      })
  }

  /// Narrower than this, words would stand alone.
  private static let narrowest = 24

  private var modelFacts: [(String, String)] {
    guard let shape = report.shape else { return report.file?.architecture.map { [("architecture", $0)] } ?? [] }
    let share = Double(shape.ternaryParameters) / Double(max(shape.parameters, 1))
    let weights =
      (report.graph?.denseWeights ?? report.hybrid?.denseWeights).map {
        "none of them ternary: projections are \($0) in memory"
      } ?? "\(Number.parameters(shape.ternaryParameters)) of them ternary (\(Number.threeDigits(100 * share)) %)"
    let shared = shape.heads == shape.kvHeads ? "" : ", \(shape.kvHeads) of them for keys and values"
    let kind = report.hybrid == nil ? "transformer" : "hybrid"
    let tied = report.graph?.tiedEmbeddings ?? report.hybrid?.tiedEmbeddings ?? false
    let head = report.graph?.head ?? report.hybrid?.head ?? ""
    return [
      (
        "architecture",
        "\(report.file?.architecture ?? kind), \(shape.layers == 1 ? "1 layer" : "\(shape.layers) layers"), "
          + "\(shape.hidden) wide, feed-forward \(shape.feedForward) with \(shape.activation)"
      ),
      ("attention", "\(shape.heads) heads of \(shape.headDimension)\(shared)"),
    ] + graphFacts(shape) + [
      ("parameters", "\(Number.parameters(shape.parameters)), \(weights)"),
      ("head", "\(tied ? "the embedding" : "its own") of \(shape.vocabulary) rows, \(head) in memory"),
    ]
  }

  /// What one graph has and another has not.
  private func graphFacts(_ shape: ModelRow) -> [(String, String)] {
    if let graph = report.graph {
      return [
        ("positions", "\(shape.context), rotary with base \(Number.threeDigits(graph.ropeTheta))"),
        (
          "norms",
          "RMS, ε \(Float(graph.rmsNormEpsilon))\(graph.subNorms ? ", also before the output and down projections" : "")"
        ),
      ]
    }
    guard let hybrid = report.hybrid else { return [] }
    return [
      ("positions", "\(shape.context), without any encoding"),
      ("layers", hybrid.kinds.filter { $0.layers > 0 }.map(Self.words).joined(separator: ", ")),
      ("window", "\(hybrid.window) positions"),
      (
        "Mamba",
        "\(hybrid.channels) channels of \(hybrid.state), convolution over \(hybrid.convolution), Δ through "
          + "\(hybrid.deltaRank)"
      ),
      ("norms", "LayerNorm, ε \(Float(hybrid.layerNormEpsilon))"),
      (
        "memory",
        "\(ByteCount(hybrid.cacheBytesPerToken)) for each position; \(ByteCount(hybrid.mambaBytes)) of Mamba's states "
          + "and \(ByteCount(hybrid.windowBytes)) of windows at any depth"
      ),
    ]
  }

  private static func words(_ kind: InspectReport.HybridFacts.Layers) -> String {
    switch kind.kind {
    case .mamba: "\(kind.layers) Mamba"
    case .window: "\(kind.layers) with a window"
    case .full: "\(kind.layers) with full attention"
    case .gatedMemory: "\(kind.layers) gated memory"
    case .cross: "\(kind.layers) with cross-attention"
    }
  }

  private var tokenizerFacts: [(String, String)] {
    guard let tokenizer = report.tokenizer else {
      return report.file == nil ? [] : [("tokenizer", "none in the file")]
    }
    let names = [tokenizer.model, tokenizer.pre.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
    let count = tokenizer.tokens.map { "\($0) tokens" }
    guard tokenizer.problem == nil else {
      let what = [names, count ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")
      return [("tokenizer", (what.isEmpty ? "" : "\(what); ") + "cannot be used: \(tokenizer.problem ?? "")")]
    }
    var rows = [
      ("tokenizer", [tokenizer.kind, names.isEmpty ? nil : names, count].compactMap(\.self).joined(separator: ", "))
    ]
    let begins = tokenizer.begins.isEmpty ? "" : "begins with \(tokenizer.begins.joined(separator: " "))"
    let ends = tokenizer.ends.isEmpty ? "" : "ends at \(tokenizer.ends.joined(separator: " "))"
    let around = [begins, ends].filter { !$0.isEmpty }.joined(separator: ", ")
    if !around.isEmpty { rows.append(("text", around)) }
    let template = tokenizer.hasChatTemplate ? "one that is not known; choose with --template" : "none"
    rows.append(("chat template", tokenizer.chatTemplate ?? template))
    return rows
  }

  // MARK: - Tables

  private var tensors: String {
    guard !report.tensors.isEmpty else { return "" }
    func row(_ purpose: String, _ type: String, _ groups: [InspectReport.TensorGroup]) -> [String] {
      let (weights, bytes) = (groups.reduce(0) { $0 &+ $1.weights }, groups.reduce(0) { $0 &+ $1.sizeBytes })
      return [
        purpose, type, "\(groups.reduce(0) { $0 + $1.tensors })", Number.parameters(weights), "\(ByteCount(bytes))",
        weights > 0 ? Number.bits(8 * Double(bytes) / Double(weights)) : Number.unknown,
      ]
    }
    var rows = report.tensors.map { row($0.purpose ?? Number.unknown, $0.type, [$0]) }
    if rows.count > 1 { rows.append(row("all", "", report.tensors)) }
    return headed(
      TextTable(
        columns: [
          .left("tensors for", .essential), .left("type", .essential), .right("tensors"), .right("weights"),
          .right("size", .essential), .right("bits/weight"),
        ],
        rows: rows
      ).render(width: width))
  }

  /// One row per family, by its best kernel here; the others differ in instructions, and hardly in memory.
  private var kernels: String {
    guard !report.kernels.isEmpty else { return "" }
    let families = report.kernels.reduce(into: [String]()) { if !$0.contains($1.family) { $0.append($1.family) } }
    let rows = families.compactMap { family -> [String]? in
      let here = report.kernels.filter { $0.family == family && $0.available }.sorted { $0.priority > $1.priority }
      guard let best = here.first else { return nil }
      return [
        best.id, best.packing, Number.bits(best.bitsPerWeight), "\(ByteCount(best.weightsBytes))",
        "\(ByteCount(best.totalBytes))",
      ]
    }
    let table = TextTable(
      columns: [
        .left("best of each kind", .essential), .left("packing", .minor), .right("bits"),
        .right("weights, head", .essential), .right("with \(report.context ?? 0) positions", .essential),
      ],
      rows: rows
    ).render(width: width)
    return headed(table) + text(remarks)
  }

  private var remarks: [String] {
    let here = report.kernels.filter(\.available).map(\.id).joined(separator: ", ")
    var lines = here.isEmpty ? ["no kernel can run it here"] : Prose.wrapped("all that run here: \(here)", width: width)
    if let available = report.memoryAvailableBytes {
      lines.append("\(ByteCount(available)) of memory are available here.")
    }
    let others = report.kernels.filter { !$0.available }
    let reasons = Dictionary(grouping: others) { $0.reason ?? "" }.sorted { $0.key < $1.key }
    for (reason, kernels) in reasons {
      lines += Prose.wrapped("not here: \(kernels.map(\.id).joined(separator: ", "))", width: width)
      if reasons.count <= Self.reasonsMost, !reason.isEmpty {
        lines += Prose.wrapped(reason, width: width - 4).map { "    \($0)" }
      }
    }
    return lines
  }

  /// More reasons than this are left to --json.
  private static let reasonsMost = 3

  private var notes: String { text(report.notes.flatMap { Prose.wrapped($0, width: width) }.map(style.warning)) }

  /// A table with its first line, the titles, in bold.
  private func headed(_ table: String) -> String {
    guard let end = table.firstIndex(of: "\n") else { return table }
    return style.bold(String(table[..<end])) + table[end...]
  }

  private func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
}
