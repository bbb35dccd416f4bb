import Records

/// One model and kernel at one depth: what the figures over depth are made of.
struct DepthRow {
  let view: CellView
  let model: String
  let kernel: String
  /// The phase without its depth: "tg16", "pp512".
  let work: String
  let depth: Int
  let speed: Estimate

  /// Bytes of the cache that one token reads, the mean over those that are generated; nil for a prompt.
  var bytesRead: Double? { view.cell.facts["cache_read_bytes_per_token"] }
  /// Bytes that one more token keeps.
  var bytesAdded: Double? { view.cell.facts["cache_added_bytes_per_token"] }
  /// "phi4-mini-flash", and the kernel where there are several.
  func name(besideKernels: Int) -> String { besideKernels > 1 ? "\(model) · \(kernel)" : model }
  /// "depth 4096".
  var place: String { "depth \(depth)" }

  /// Every work that was run at two depths at least, those that generate first, each at the number of threads that is
  /// fastest, in the order of models and kernels.
  static func works(of run: RunView) -> [[DepthRow]] {
    let rows = run.inOrder(run.measured).compactMap { DepthRow($0, of: run) }
    let fastest = Dictionary(grouping: rows) { [$0.model, $0.kernel, $0.work, String($0.depth)] }
      .compactMapValues { $0.max { $0.speed.value < $1.speed.value }?.view.cell.id }
    let kept = Set(fastest.values)
    let works = RunView.distinct(rows.map(\.work)).map { work in
      rows.filter { $0.work == work && kept.contains($0.view.cell.id) }
    }
    let deep = works.filter { Set($0.map(\.depth)).count > 1 }
    return deep.filter { $0[0].isDecode } + deep.filter { !$0[0].isDecode }
  }

  var isDecode: Bool { view.cell.phase.isDecode }

  /// Nil for what is not of a model, and where prompt and generation share a window.
  private init?(_ view: CellView, of run: RunView) {
    let phase = view.cell.phase
    guard phase.isDecode || phase.isPrefill, let model = view.cell.model, let kernel = run.kernels.id(of: view),
      let speed = view.speed
    else { return nil }
    self.view = view
    self.model = model.name
    self.kernel = kernel
    self.speed = speed
    work = phase.label.split(separator: "@").first.map(String.init) ?? phase.label
    depth = phase.depth ?? 0
  }
}

extension [DepthRow] {
  /// The series of a figure, in order: a model with a kernel.
  var series: [[DepthRow]] {
    RunView.distinct(map { [$0.model, $0.kernel] }).map { key in
      filter { [$0.model, $0.kernel] == key }.sorted { $0.depth < $1.depth }
    }
  }

  var depths: [Int] { Set(map(\.depth)).sorted() }
  var kernels: Int { Set(map(\.kernel)).count }
}
