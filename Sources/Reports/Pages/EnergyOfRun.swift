import Charts
import Records
import Sinks
import Statistics

/// The energy page of one run: answer, table, method, uncertainty.
struct EnergyOfRun {
  /// One model, phase and kernel at the number of threads that takes the least energy.
  struct Row {
    let view: CellView
    let model: ModelIdentity
    let gross: EnergyPerToken
    let net: EnergyPerToken?
  }

  let compared: ComparedRun
  let prices: EnergyPrices
  let rows: [Row]

  /// What fits on a page that is read in one go; the report has every cell.
  private static let mostRows = 40

  init(_ compared: ComparedRun, prices: EnergyPrices) {
    self.compared = compared
    self.prices = prices
    rows = Self.frugal(compared.run)
  }

  /// Of each model, phase and kernel the cell that takes the fewest joules per token; generation first.
  private static func frugal(_ run: RunView) -> [Row] {
    let all = run.inOrder(run.measured).compactMap { view -> Row? in
      guard let model = view.cell.model, let gross = EnergyPerToken(view.cell) else { return nil }
      let net = EnergyPerToken(view.cell, metric: gross.domain.netPerToken, domain: gross.domain)
      return Row(view: view, model: model, gross: gross, net: net)
    }
    func key(_ row: Row) -> [String] { [row.model.name, row.view.cell.phase.label, row.view.cell.kernel?.id ?? ""] }
    let groups = Dictionary(grouping: all, by: key)
    let best = RunView.distinct(all.map(key)).compactMap { groups[$0]?.min { $0.gross.joules < $1.gross.joules } }
    return RunView.distinct(best.map(\.model.name)).flatMap { model in
      let own = best.filter { $0.model.name == model }
      return own.filter(\.view.cell.phase.isDecode) + own.filter { !$0.view.cell.phase.isDecode }
    }
  }

  // MARK: The answer

  /// One sentence per model for the phase that generates; where nothing was measured, why.
  var answer: [String] {
    guard !rows.isEmpty else { return [absence] }
    let decode = rows.filter(\.view.cell.phase.isDecode)
    let told = decode.isEmpty ? rows : decode
    let models = RunView.models(of: told.map(\.view))
    return models.suffix(3).compactMap { model in
      told.filter { $0.model.name == model.name }.min { $0.gross.joules < $1.gross.joules }.map(sentence)
    }
  }

  /// The first line of a page without measured energy.
  private var absence: String {
    let meter = compared.run.record.meters.first { $0.id == "energy" }
    let reason =
      meter.map { $0.available ? "no cell that finished holds it" : Self.ended($0.reason ?? "no reason was recorded") }
      ?? "the run did not ask for it"
    let fix = meter?.fix.map { " Fix: \(Self.ended($0))." } ?? ""
    return "Energy was not measured on \(compared.label): \(reason).\(fix) "
      + (hasEstimates
        ? "What stands below is an estimate of arithmetic, not a measurement, and no cost follows from it."
        : "There is no estimate either.")
  }

  private static func ended(_ text: String) -> String { Figures.withoutStop(text) }

  private func sentence(_ row: Row) -> String {
    let cell = row.view.cell
    let verb = cell.phase.isDecode ? "Generating one token" : "Processing one token"
    let speed = row.view.speed.map { ", at \(Format.significant($0.value)) tokens/s" } ?? ""
    let tokens = Format.groupedEnergy(EnergyPrices.joulesPerKWh / row.gross.joules)
    var text =
      "\(verb) of \(row.model.name) takes \(row.gross.text) of \(row.gross.domain.title) "
      + "energy on \(compared.label) with \(cell.kernel?.id ?? "no kernel") on \(Format.count(cell.threads, "thread"))"
      + "\(speed): \(tokens) tokens per kWh"
    let costs = [
      prices.price.map { "\(Format.significant(kWhPerMillion(row) * $0.perKWh)) \($0.currency)" },
      prices.carbonGPerKWh.map { "\(Format.significant(kWhPerMillion(row) * $0)) g CO₂" },
    ].compactMap(\.self)
    if let stated = prices.text { text += ", or \(costs.joined(separator: " and ")) per million tokens \(stated)" }
    return text + "."
  }

  private func kWhPerMillion(_ row: Row) -> Double { row.gross.joules * 1e6 / EnergyPrices.joulesPerKWh }

  // MARK: Sections

  func sections(number: Int, isOnly: Bool) -> [Document.Section] {
    let suffix = isOnly ? "" : ", \(compared.label)"
    guard !rows.isEmpty else { return estimateSections(number: number, suffix: suffix) }
    var blocks: [Document.Block] = [.table(table(number: number))]
    var notes = [prices.missing].compactMap(\.self)
    let left = rows.dropFirst(Self.mostRows)
    if !left.isEmpty {
      let names = RunView.distinct(left.map { "\($0.model.name) \($0.view.cell.phase.label)" })
      notes.append(
        "\(Format.count(left.count, "further row")) have no room on this page: \(names.joined(separator: ", ")). The "
          + "report without --energy has every cell.")
    }
    if !notes.isEmpty { blocks.append(.notes(notes)) }
    if let figure { blocks.append(.figure(Self.named(figure, number: number))) }
    return [
      Document.Section(id: "e\(number)-table", title: "Joules, tokens and costs\(suffix)", blocks: blocks),
      Document.Section(
        id: "e\(number)-method", title: "How far to trust it\(suffix)", blocks: [.prose(method), .prose(uncertainty)]),
    ]
  }

  /// A figure of the same name may stand in the section of another run.
  private static func named(_ figure: Figure, number: Int) -> Figure {
    var figure = figure
    figure.chart.id = "e\(number)-\(figure.chart.id)"
    return figure
  }

  private var figure: Figure? {
    let run = compared.run
    let phases = RunView.distinct(rows.map(\.view).filter(\.cell.phase.isDecode).map(\.cell.phase.label))
    return phases.lazy.compactMap { phase in
      EnergyByModel.figure(of: run, phase: phase, cells: run.measured.filter { $0.cell.phase.label == phase })
    }.first
  }

  private func table(number: Int) -> Table {
    let shown = rows.prefix(Self.mostRows)
    let currency = prices.price?.currency ?? ""
    let columns = [
      Table.Column("model", "Model", "The zoo's name or the path.", isNumeric: false),
      Table.Column("phase", "Phase", "pp is prompt processing, tg token generation.", isNumeric: false),
      Table.Column("kernel", "Kernel", "Family and instruction set.", isNumeric: false),
      Table.Column("threads", "Threads", "The number of threads that takes the least energy."),
      Table.Column("domain", "Domain", "What the joules cover.", isNumeric: false),
      Table.Column("energy_j_per_token", "Gross per token", "All joules of the window, per token, ± 95 %."),
      Table.Column("energy_net_j_per_token", "Net per token", "Joules above the idle machine's, per token, ± 95 %."),
      Table.Column("rate_tokens_per_s", "t/s", "Tokens per second, mean of the repetitions."),
      Table.Column("rate_tokens_per_kwh", "Tokens per kWh", "3.6 MJ over gross joules per token."),
      Table.Column(
        "cost_per_million_tokens", "\(currency) per million",
        "Gross energy times the stated price; as uncertain as that."),
      Table.Column(
        "carbon_g_per_million_tokens", "g CO₂ per million",
        "Gross energy times the stated intensity; as uncertain as that."),
    ]
    var table = Table(
      id: "e\(number)-energy", caption: "Energy of one token and of a million\(prices.text.map { ", \($0)" } ?? "")",
      columns: columns, rows: shown.map(cells)
    ).withoutEmptyColumns()
    // What the joules cover is said once where it is the same everywhere: the table has to fit a page.
    if Set(shown.map(\.gross.domain)).count == 1, let place = table.columns.firstIndex(where: { $0.key == "domain" }) {
      table.caption += "; joules of the \(rows[0].gross.domain.title)"
      table.columns.remove(at: place)
      for index in table.rows.indices { table.rows[index].remove(at: place) }
    }
    return table
  }

  private func cells(of row: Row) -> [Table.Cell] {
    let cell = row.view.cell
    let scale = 1e6 / EnergyPrices.joulesPerKWh
    // As uncertain as the joules, which say so: a second ± would push the last column out of sight.
    func cost(_ factor: Double?) -> Table.Cell { .significant(factor.map { row.gross.joules * scale * $0 }) }
    return [
      .text(row.model.name), .text(cell.phase.label), cell.kernel.map { .text($0.id) } ?? .absent,
      .number(Double(cell.threads)) { String(Int($0)) }, .text(row.gross.domain.title), row.gross.tableCell,
      row.net?.tableCell ?? .absent, .significant(row.view.speed?.value),
      .number(EnergyPrices.joulesPerKWh / row.gross.joules, Format.groupedEnergy),
      cost(prices.price?.perKWh), cost(prices.carbonGPerKWh),
    ]
  }

  // MARK: Method and uncertainty

  private var method: String {
    let record = compared.run.record
    let source = EnergySection(compared.run)?.method.joined(separator: " ") ?? ""
    let domains = RunView.distinct(rows.map(\.gross.domain.title)).joined(separator: " and ")
    return "Method and scope. The joules are those of the \(domains), read at the beginning and the end of the same "
      + "window whose tokens are counted, for the whole machine and not for this program alone. \(source) What lies "
      + "outside of the \(domains) is not in them: the losses of the power supply, disks, fans, and the cooling of the "
      + "room. Each model and kernel stands at the number of threads that takes the least energy, in the run "
      + "\(record.id), each cell repeated \(Format.count(record.cells.map(\.samples.count).max() ?? 0, "time"))."
  }

  private var uncertainty: String {
    let shares = rows.compactMap { row in row.gross.halfWidth.map { $0 / row.gross.joules } }
    let worst = shares.max().map { ", here at most \(Format.percent($0)) of the value" } ?? ""
    let warnings = compared.run.record.warnings.map(\.id)
    let warned =
      warnings.isEmpty
      ? "The run gave no warning."
      : "The run gave warnings, which its report explains: \(warnings.joined(separator: ", "))."
    return "Uncertainty. ± is half of the 95 % interval: the scatter of the repetitions (Student's t) and what the "
      + "meter states of a single value, in quadrature\(worst). It does not hold what differs between two machines of one "
      + "kind, nor the meter's own calibration, which no software can see. Costs and emissions take the stated price "
      + "and intensity as exact, and are as uncertain in per cent as the gross energy. \(warned)"
  }

  // MARK: Without a source

  private var hasEstimates: Bool { EnergySection(compared.run)?.estimates != nil }

  private func estimateSections(number: Int, suffix: String) -> [Document.Section] {
    let run = compared.run
    let figures = EnergyByModel.draw(run).figures
    guard var table = EnergySection.table(of: run) else { return [] }
    table.id = "e\(number)-estimates"
    return [
      Document.Section(
        id: "e\(number)-estimate", title: "Estimated, not measured\(suffix)",
        blocks: [
          .prose(
            "The arithmetic of the matrix products and attention at 7\u{A0}nm, with the energies per operation of arXiv "
              + "2310.11453, table 2. It leaves out all memory traffic, so it says how kernels differ in arithmetic and "
              + "nothing about what the socket draws."), .table(table),
        ] + figures.map { .figure(Self.named($0, number: number)) })
    ]
  }
}
