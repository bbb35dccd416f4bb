import Engine
import Harness
import Records
import Sinks

/// A profile as tables for people and as one object for programs.
struct ProfileView {
  /// One kind of forward pass.
  struct Phase {
    /// "pp512", "tg16".
    let label: String
    /// Whether its times are shown per token: decoding's; a prompt's are shown in all.
    let isPerToken: Bool
    let profile: ForwardProfile

    var title: String { isPerToken ? "\(label) ms/token" : "\(label) ms" }

    /// Nanoseconds of all tokens as the milliseconds that the table shows.
    func milliseconds(_ ns: Int) -> Double {
      Double(ns) * 1e-6 / Double(isPerToken ? max(profile.tokens, 1) : 1)
    }

    func share(_ ns: Int) -> Double { Double(ns) / Double(max(profile.totalNs, 1)) }
  }

  let model: String
  let kernel: String
  /// Whether the weights are: then inputs are not quantized.
  let isDense: Bool
  let threads: Int
  let placement: String
  let cacheFormat: String
  let phases: [Phase]
  /// Nil on one thread, where nothing is forked.
  let forkJoin: ForkJoinCost?

  var heading: String { "\(model)  \(kernel)  threads \(threads)  \(placement)  keys and values \(cacheFormat)" }

  // MARK: - Tables

  /// The parts that ran: a graph does not have those of another.
  private var parts: [ForwardPart] {
    ForwardPart.allCases.filter { part in phases.contains { $0.profile.timesNs[part] != nil } }
  }

  private func name(of part: ForwardPart) -> String { isDense ? part.denseName : part.rawValue }

  /// A line for every part, then the two subtotals and the total.
  var table: TextTable {
    let columns = phases.flatMap { [TextTable.Column.right($0.title, .essential), .right("share", .essential)] }
    let parts = self.parts.map { part in
      row(name(of: part)) { $0.profile.timesNs[part] ?? 0 }
    }
    let sums = [
      row("matrix work") { $0.profile.matrixNs },
      row("everything else") { $0.profile.totalNs - $0.profile.matrixNs },
      row("all") { $0.profile.totalNs },
    ]
    return TextTable(columns: [.left("part", .essential)] + columns, rows: parts + sums)
  }

  /// The same time by kinds of layers: what lies between the two is how the models differ.
  var layerTable: TextTable {
    let columns = phases.flatMap { [TextTable.Column.right($0.title, .essential), .right("share", .essential)] }
    let kinds = ForwardLayerKind.all.filter { kind in
      phases.contains { $0.profile.timesByLayerKindNs[kind.name] != nil }
    }
    return TextTable(
      columns: [.left("kind of layer", .essential)] + columns,
      rows: kinds.map { kind in row(kind.title) { $0.profile.timesByLayerKindNs[kind.name] ?? 0 } })
  }

  private func row(_ title: String, _ ns: (Phase) -> Int) -> [String] {
    [title]
      + phases.flatMap { phase in
        [
          Number.threeDigits(phase.milliseconds(ns(phase))),
          "\((phase.share(ns(phase)) * 1000).rounded() / 10) %",
        ]
      }
  }

  /// How often threads meet, and what that costs when there is nothing to do.
  var forkTable: TextTable {
    let columns = phases.map { TextTable.Column.right($0.label, .essential) }
    var rows = [["fork-joins per token"] + phases.map { Number.threeDigits($0.profile.forksPerToken) }]
    if let forkJoin {
      rows += [
        ["one empty fork-join, median µs"] + phases.map { _ in Number.threeDigits(forkJoin.medianNs * 1e-3) },
        ["one empty fork-join, mean µs"] + phases.map { _ in Number.threeDigits(forkJoin.meanNs * 1e-3) },
        ["fork-joins per token, median µs"] + phases.map { forkMicroseconds($0, forkJoin.medianNs) },
        ["fork-joins per token, mean µs"] + phases.map { forkMicroseconds($0, forkJoin.meanNs) },
      ]
    }
    return TextTable(columns: [.left("threads \(threads)", .essential)] + columns, rows: rows)
  }

  private func forkMicroseconds(_ phase: Phase, _ ns: Double) -> String {
    Number.threeDigits(phase.profile.forksPerToken * ns * 1e-3)
  }

  // MARK: - JSON

  /// Times in nanoseconds of all tokens of a phase.
  var object: Object {
    Object(
      model: model, kernel: kernel, threads: threads, placement: placement, cacheFormat: cacheFormat,
      phases: phases.map { phase in
        Object.Phase(
          label: phase.label, tokens: phase.profile.tokens,
          parts: parts.map { part in
            Object.Part(
              part: name(of: part), isMatrix: part.isMatrix, timeNs: phase.profile.timesNs[part] ?? 0)
          },
          timesByLayerKindNs: phase.profile.timesByLayerKindNs, matrixNs: phase.profile.matrixNs,
          otherNs: phase.profile.totalNs - phase.profile.matrixNs,
          forksPerToken: phase.profile.forksPerToken)
      }, forkJoinMedianNs: forkJoin?.medianNs, forkJoinMeanNs: forkJoin?.meanNs)
  }

  struct Object: Encodable {
    struct Phase: Encodable {
      let label: String
      let tokens: Int
      let parts: [Part]
      let timesByLayerKindNs: [String: Int]
      let matrixNs: Int
      let otherNs: Int
      let forksPerToken: Double

      enum CodingKeys: String, CodingKey {
        case label, tokens, parts
        case timesByLayerKindNs = "time_by_layer_kind_ns"
        case matrixNs = "time_matrix_ns"
        case otherNs = "time_other_ns"
        case forksPerToken = "fork_joins_per_token"
      }
    }

    struct Part: Encodable {
      let part: String
      let isMatrix: Bool
      let timeNs: Int

      enum CodingKeys: String, CodingKey {
        case part
        case isMatrix = "is_matrix"
        case timeNs = "time_ns"
      }
    }

    let model: String
    let kernel: String
    let threads: Int
    let placement: String
    let cacheFormat: String
    let phases: [Phase]
    let forkJoinMedianNs: Double?
    let forkJoinMeanNs: Double?

    enum CodingKeys: String, CodingKey {
      case model, kernel, threads, placement, phases
      case cacheFormat = "kv"
      case forkJoinMedianNs = "fork_join_median_ns"
      case forkJoinMeanNs = "fork_join_mean_ns"
    }
  }
}
