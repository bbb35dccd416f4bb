import Charts
import Records
import Sinks

/// What a token costs in energy: one page that answers without asking the reader to know the harness.
public enum EnergyPage {
  /// Renders the page as HTML.
  ///
  /// Nothing is averaged across records. Where no energy was measured the first line says so, and only the estimate of
  /// the arithmetic is shown, labelled; costs are never computed from an estimate.
  ///
  /// - Parameters:
  ///   - records: The runs, in the order of the page.
  ///   - prices: What a kilowatt-hour costs and emits, as far as it was stated.
  ///   - command: The command line that makes the page, program name first; printed in the footer.
  ///   - problems: What was asked for and could not be read; named on the page.
  /// - Throws: `ReportError.noRecords` for an empty list, `ReportError.template` where a template cannot be read.
  public static func render(
    records: [RunRecord], prices: EnergyPrices, command: [String], problems: [PageProblem] = []
  ) throws -> String {
    try document(records: records, prices: prices, problems: problems).html(command: command)
  }

  /// Renders the page as Markdown.
  ///
  /// - Throws: `ReportError.noRecords` for an empty list.
  public static func markdown(
    records: [RunRecord], prices: EnergyPrices, command: [String], problems: [PageProblem] = []
  ) throws -> String {
    try document(records: records, prices: prices, problems: problems).markdown(command: command)
  }

  static func document(records: [RunRecord], prices: EnergyPrices, problems: [PageProblem]) throws -> Document {
    guard let first = records.first else { throw ReportError.noRecords }
    let runs = ComparedRun.all(
      records.enumerated().map { index, record in RunView(record, prefix: "r\(index + 1)") })
    let energies = runs.map { EnergyOfRun($0, prices: prices) }
    let machine = first.machine.cpu.model
    let several = Format.count(records.count, "run")
    return Document(
      title: "Energy per token\(records.count == 1 ? " on \(machine)" : ", \(several)")",
      eyebrow: records.count == 1
        ? "\(first.suite.name) · \(first.machine.name) · \(first.startedAt.prefix(10))"
        : "nothing is averaged across runs",
      answer: energies.flatMap(\.answer), problems: problems,
      sections: energies.enumerated().flatMap { index, energy in
        energy.sections(number: index + 1, isOnly: energies.count == 1)
      })
  }
}
