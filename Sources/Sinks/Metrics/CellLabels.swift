import Records

/// What tells one series of a time-series database from another: names and values, in a fixed order.
enum CellLabels {
  /// The labels of a cell; what is unknown or does not apply is left out.
  static func of(_ cell: CellRecord, in record: RunRecord) -> [(name: String, value: String)] {
    let labels: [(String, String?)] = [
      ("suite", record.suite.name), ("machine", record.machine.name), ("commit", record.tool.commit),
      ("cell", cell.id), ("case", cell.caseName), ("model", cell.model?.name), ("head", cell.model?.head),
      ("kernel", cell.kernel?.name), ("isa", cell.kernel?.isa), ("threads", String(cell.threads)),
      ("placement", cell.placement), ("phase", cell.phase.label),
    ]
    return labels.compactMap { name, value in
      guard let value, !value.isEmpty else { return nil }
      return (name, value)
    }
  }
}
