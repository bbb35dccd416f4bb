import Charts
import Records
import Sinks

/// Holds one record as the sections and figures read it: statistics computed once, kernels with their styles.
struct RunView {
  /// The record.
  let record: RunRecord
  /// Its cells, in the plan's order.
  let cells: [CellView]
  /// Cells with numbers: those that ran with the right output, and in a run that is not complete those with
  /// some repetitions.
  let measured: [CellView]
  /// What the machine can do at all, where the run probed it.
  let ceilings: Ceilings
  /// How each kernel is drawn.
  let kernels: KernelStyles
  /// Begins every id of this record in the page: "r1".
  let prefix: String
  /// Numbers that others have published.
  let published: PublishedResults
  /// What the machine can do at all, by any probe of it.
  let roofs: Roofs

  init(_ record: RunRecord, prefix: String, context: ReportContext = .none) {
    self.record = record
    self.prefix = prefix
    published = context.published
    roofs = Roofs(record, beside: context.probes)
    cells = record.cells.map(CellView.init)
    measured = cells.filter { $0.speed != nil }
    ceilings = Ceilings(record)
    kernels = KernelStyles(of: record)
  }

  /// The commit of the program that ran: seven digits, a star where the tree had changes.
  var commit: String {
    (record.tool.commit.map { String($0.prefix(7)) } ?? "no commit") + (record.tool.dirty == true ? "*" : "")
  }

  /// The distinct values of a property, in the order in which they first appear.
  static func distinct<Value: Hashable>(_ values: [Value]) -> [Value] {
    var seen: Set<Value> = []
    return values.filter { seen.insert($0).inserted }
  }
}

extension RunView {
  /// The cells by model, smallest first, then by kernel as in the keys, then as in the plan.
  func inOrder(_ cells: [CellView]) -> [CellView] {
    let models = Dictionary(uniqueKeysWithValues: Self.models(of: cells).enumerated().map { ($1.name, $0) })
    let kernels = Dictionary(uniqueKeysWithValues: kernels.ids.enumerated().map { ($1, $0) })
    let keyed = cells.enumerated().map { place, view in
      let model = view.cell.model.flatMap { models[$0.name] } ?? -1
      let kernel = self.kernels.id(of: view).flatMap { kernels[$0] } ?? -1
      return (key: (model, kernel, place), view: view)
    }
    return keyed.sorted { $0.key < $1.key }.map(\.view)
  }

  /// Models of the given cells, smallest first, then by name.
  static func models(of cells: [CellView]) -> [ModelIdentity] {
    var byName: [String: ModelIdentity] = [:]
    for model in cells.compactMap(\.cell.model) where byName[model.name] == nil { byName[model.name] = model }
    return byName.values.sorted { ($0.parameters, $0.name) < ($1.parameters, $1.name) }
  }

  /// The cells of each model, by its name: what is asked for every bar is looked up and not searched.
  static func byModel(_ cells: [CellView]) -> [String: [CellView]] {
    Dictionary(grouping: cells) { $0.cell.model?.name ?? "" }
  }

  /// At most that many models, evenly spaced by size with both ends, and the one that is published most in any case:
  /// a figure for each model of a long sweep would say the same again and again.
  static func representative(_ models: [ModelIdentity], most: Int) -> [ModelIdentity] {
    guard models.count > most, most > 1 else { return models }
    let favourite = models.firstIndex { $0.name == "bitnet-2b-4t" }
    let places = favourite == nil ? most : most - 1
    let step = Double(models.count - 1) / Double(max(places - 1, 1))
    var kept = Set((0..<places).map { Int((Double($0) * step).rounded()) })
    if let favourite { kept.insert(favourite) }
    return kept.sorted().map { models[$0] }
  }

  /// The fastest of the cells, by their headline.
  static func fastest(_ cells: [CellView]) -> CellView? {
    cells.filter { $0.speed != nil }.max { ($0.speed?.value ?? 0) < ($1.speed?.value ?? 0) }
  }
}
