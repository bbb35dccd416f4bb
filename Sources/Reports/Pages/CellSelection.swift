import Records

/// Keeps the cells that a reader asked for: those whose id contains every word, as the filter of the page does.
public struct CellSelection: Sendable, Equatable {
  /// Lower-case words; none keeps everything.
  public let words: [String]

  /// Splits a text at blanks: "simd tg128".
  public init(_ text: String) {
    words = text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
  }

  /// The records with the cells that are left, and a word on each record that none is left of.
  ///
  /// Probes of the machine are kept: they are what speeds are held against.
  public func apply(to records: [RunRecord]) -> (records: [RunRecord], problems: [PageProblem]) {
    guard !words.isEmpty else { return (records, []) }
    var problems: [PageProblem] = []
    let kept = records.map { record in
      var record = record
      let all = record.cells
      record.cells = all.filter { cell in
        let id = cell.id.lowercased()
        return cell.phase.kind == .probe || words.allSatisfy(id.contains)
      }
      if !record.cells.contains(where: { $0.phase.kind != .probe }) {
        let example = all.first { $0.phase.kind != .probe }.map { " Ids look like \($0.id)." } ?? " It has no cells."
        problems.append(
          PageProblem(
            subject: record.id, reason: "No cell's id contains \(words.joined(separator: " and ")).\(example)"))
      }
      return record
    }
    return (kept, problems)
  }
}
