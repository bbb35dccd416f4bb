import Kernels
import Records
import Sinks
import Statistics

/// The roofs of a machine as tables for people and as one object for programs.
struct ProbeView {
  let record: RunRecord
  private let roofs: [Roof]

  init(record: RunRecord) {
    self.record = record
    roofs = record.cells.compactMap(Roof.init)
  }

  /// One cell that was measured.
  struct Roof {
    let cell: CellRecord
    let metric: Metric
    let summary: Summary

    init?(_ cell: CellRecord) {
      let found = CellSummary(cell)
      guard let summary = found.rate else { return nil }
      (self.cell, metric, self.summary) = (cell, found.headline, summary)
    }

    var name: String { cell.phase.probeName ?? cell.phase.label }
    var place: String? { cell.phase.probePlace }
    /// The nodes of "node0-node1": whose CPUs, whose memory.
    var nodes: (cpus: Int, memory: Int)? {
      let ids = place?.split(separator: "-").compactMap { $0.hasPrefix("node") ? Int($0.dropFirst(4)) : nil } ?? []
      return ids.count == 2 ? (ids[0], ids[1]) : nil
    }

    /// The median, and half of the range as a part of it: "52.3 ±2%".
    ///
    /// Rates are in billions.
    var text: String {
      let scale = metric.name.hasPrefix("rate_") ? 1e-9 : 1
      guard summary.median > 0 else { return Number.threeDigits(summary.median * scale) }
      let half = (summary.maximum - summary.minimum) / 2 / summary.median
      return "\(Number.threeDigits(summary.median * scale)) ±\(Int((half * 100).rounded(.up)))%"
    }

    /// Bytes that one thread walks.
    var workingSet: Int? { cell.facts["working_set_thread_bytes"].map { Int($0) } }
  }

  // MARK: - Text

  func render(width: Int) -> String {
    let machine = record.machine
    let head = "\(machine.cpu.model), \(machine.cpu.coresPhysical) cores"
    var parts = [Prose.wrapped(head, width: width).joined(separator: "\n") + "\n"]
    if !rates.rows.isEmpty { parts.append(rates.render(width: width)) }
    if !latencies.rows.isEmpty { parts.append(latencies.render(width: width)) }
    if !nodes.rows.isEmpty { parts.append(nodes.render(width: width)) }
    parts.append(notes.flatMap { Prose.wrapped($0, width: width) }.map { $0 + "\n" }.joined())
    return parts.joined(separator: "\n")
  }

  /// A row for every number of threads.
  private var rates: TextTable {
    let rated = roofs.filter { $0.name != "latency" && $0.nodes == nil }
    let columns = keys(rated)
    let threads = Set(rated.map(\.cell.threads)).sorted()
    return TextTable(
      columns: [.right("threads", .essential)] + columns.map { .right(title($0), .essential) },
      rows: threads.map { count in
        ["\(count)"]
          + columns.map { label in
            rated.first { $0.cell.threads == count && $0.cell.phase.label == label }?.text ?? Number.unknown
          }
      })
  }

  /// The labels in the order of the record, each once.
  private func keys(_ roofs: [Roof]) -> [String] {
    roofs.map(\.cell.phase.label).reduce(into: []) { labels, label in
      if !labels.contains(label) { labels.append(label) }
    }
  }

  private func title(_ label: String) -> String {
    let phase = PhaseRecord(label: label, kind: .probe)
    switch phase.probeName {
    case "read": return "\(phase.probePlace ?? "memory") GB/s"
    case "int8": return "int8 GMAC/s"
    case "fma": return "f32 GFLOP/s"
    default: return label
    }
  }

  private var latencies: TextTable {
    TextTable(
      columns: [.left("latency", .essential), .right("working set", .essential), .right("ns", .essential)],
      rows: roofs.filter { $0.name == "latency" && $0.nodes == nil }.map { roof in
        [
          roof.place ?? "memory", roof.workingSet.map { ByteCount($0).description } ?? Number.unknown, roof.text,
        ]
      })
  }

  /// A row for every pair of nodes.
  private var nodes: TextTable {
    let pairs = roofs.filter { $0.nodes != nil }
    let places = pairs.compactMap(\.place).reduce(into: [String]()) { places, place in
      if !places.contains(place) { places.append(place) }
    }
    return TextTable(
      columns: [
        .left("CPUs of", .essential), .left("memory of", .essential), .right("threads"), .right("GB/s", .essential),
        .right("ns", .essential),
      ],
      rows: places.compactMap { place in
        let read = pairs.first { $0.place == place && $0.name == "read" }
        let latency = pairs.first { $0.place == place && $0.name == "latency" }
        guard let ids = (read ?? latency)?.nodes else { return nil }
        return [
          "node \(ids.cpus)", "node \(ids.memory)", read.map { "\($0.cell.threads)" } ?? Number.unknown,
          read?.text ?? Number.unknown, latency?.text ?? Number.unknown,
        ]
      })
  }

  private var notes: [String] {
    let counts = Set(roofs.map(\.summary.count)).sorted().map(String.init).joined(separator: " or ")
    var notes: [String] = []
    if record.status != .complete { notes.append("This record is \(record.status.rawValue), not complete.") }
    if !roofs.isEmpty { notes.append("Median of \(counts) repetitions ± half of their range.") }
    if let analysis = record.suite.analysis { notes.append(analysis) }
    if let setting = record.machine.settings["transparent_hugepage"] {
      notes.append("Huge pages here: \(setting).")
    }
    let vetoed = roofs.filter(\.cell.isVetoed)
    if !vetoed.isEmpty {
      let ids = Set(vetoed.flatMap(\.cell.vetoes)).sorted().joined(separator: ", ")
      notes.append("Vetoed (\(ids)): \(vetoed.count) of \(roofs.count) roofs; take them for less than the machine can.")
    }
    // One reason often keeps several cells from running.
    let reasons = Dictionary(grouping: record.cells.filter { $0.outcome.reason != nil }) { $0.outcome.reason ?? "" }
    for (reason, cells) in reasons.sorted(by: { $0.value[0].id < $1.value[0].id }) {
      let labels = keys(cells)
      notes.append("\(cells[0].outcome.state): \(labels.joined(separator: ", ")): \(reason)")
    }
    return notes
  }

  private func keys(_ cells: [CellRecord]) -> [String] {
    cells.map(\.phase.label).reduce(into: []) { labels, label in
      if !labels.contains(label) { labels.append(label) }
    }
  }

  // MARK: - JSON

  var object: Object {
    Object(
      schema: 1, record: record.id, status: record.status.rawValue, machine: record.machine.name,
      cpu: record.machine.cpu.model, tool: record.tool, hugePages: record.machine.settings["transparent_hugepage"],
      warnings: record.warnings, roofs: roofs.map(Object.Roof.init),
      missing: record.cells.compactMap { cell in
        cell.outcome.reason.map {
          Object.Missing(probe: cell.phase.label, threads: cell.threads, state: cell.outcome.state, reason: $0)
        }
      })
  }

  /// `--json`: the median, the ends and the values of every roof under its metric's name, which ends in the unit.
  struct Object: Encodable {
    struct Roof: Encodable {
      let probe: String
      let place: String?
      let threads: Int
      let cpus: [Int]?
      let workingSetThreadBytes: Int?
      let vetoes: [String]
      let metric: String
      let values: Values

      struct Values: Encodable {
        let median: Double
        let minimum: Double
        let maximum: Double
        let samples: [Double]
      }

      init(_ roof: ProbeView.Roof) {
        let kind = Probe.Kind(rawValue: roof.name)
        probe = kind.map { Probe.best($0).id } ?? roof.name
        place = roof.place
        threads = roof.cell.threads
        cpus = roof.cell.cpus
        workingSetThreadBytes = roof.workingSet
        vetoes = roof.cell.vetoes
        metric = roof.metric.name
        values = Values(
          median: roof.summary.median, minimum: roof.summary.minimum, maximum: roof.summary.maximum,
          samples: roof.cell.values(of: roof.metric.name))
      }

      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(probe, forKey: Key("probe"))
        try container.encodeIfPresent(place, forKey: Key("place"))
        try container.encode(threads, forKey: Key("threads"))
        try container.encodeIfPresent(cpus, forKey: Key("cpus"))
        try container.encodeIfPresent(workingSetThreadBytes, forKey: Key("working_set_thread_bytes"))
        if !vetoes.isEmpty { try container.encode(vetoes, forKey: Key("vetoes")) }
        try container.encode(values, forKey: Key(metric))
      }
    }

    /// A key that is the name of a metric.
    struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(_ name: String) { stringValue = name }
      init?(stringValue: String) { self.init(stringValue) }
      init?(intValue: Int) { nil }
    }

    struct Missing: Encodable {
      let probe: String
      let threads: Int
      let state: String
      let reason: String
    }

    let schema: Int
    let record: String
    let status: String
    let machine: String
    let cpu: String
    let tool: ToolIdentity
    let hugePages: String?
    let warnings: [WarningRecord]
    let roofs: [Roof]
    let missing: [Missing]

    enum CodingKeys: String, CodingKey {
      case schema, record, status, machine, cpu, tool, warnings, roofs, missing
      case hugePages = "transparent_hugepage"
    }
  }
}
