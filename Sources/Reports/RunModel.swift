import Charts
import Foundation
import Records

/// What the template of one run reads, in the order of the page.
struct RunModel {
  /// A link of the run's table of contents.
  struct Link {
    let id: String
    let title: String
  }

  /// A figure with everything that stands around it.
  struct FigureModel {
    let id: String
    /// Whether it takes the whole column, and scrolls on a narrow screen.
    let wide: Bool
    let width: Int
    let number: String
    let title: String
    let svg: String
    let caption: String
    let table: String
    /// Whether the numbers are what the figure is for, and stand open.
    let open: Bool
  }

  /// Figures under one heading.
  struct GroupModel {
    let id: String
    let title: String
    let introduction: String
    let figures: [FigureModel]
    /// Small multiples beyond those that are looked at one by one, folded away.
    let more: [FigureModel]
    /// "8 more figures: …", with what they show.
    let moreTitle: String
    let missing: [Figures.Missing]
  }

  /// Figures of a group that stand open: six rows of two.
  private static let openFigures = 12

  let prefix: String
  let several: Bool
  let h: Int
  let h2: Int
  let h3: Int
  let id: String
  let question: String
  /// What the figures leave out.
  let remark: String?
  let subtitle: String
  let answer: [String]
  let analysis: [String]
  let contents: [Link]
  let machine: [MachineCard.Line]
  let settings: [MachineCard.Line]
  let trust: TrustCard
  let figureGroups: [GroupModel]
  let missing: [Figures.Missing]
  let latency: String?
  let energy: EnergySection?
  let energyFigures: GroupModel?
  let hasEnergy: Bool
  let details: [GroupModel]
  let noise: FigureModel?
  let time: FigureModel?
  let results: String
  let provenance: [MachineCard.Line]
  let suiteText: String
}

extension RunModel {
  /// `thinned` is what the figures are drawn from.
  init(_ run: RunView, thinned: ThinnedRun, isSeveral: Bool, figures: inout FigureNumbers) {
    let record = run.record
    let drawnRun = thinned.run
    remark = thinned.remark
    prefix = run.prefix
    several = isSeveral
    h = isSeveral ? 2 : 1
    h2 = h + 1
    h3 = h + 2
    id = record.id
    question = record.suite.question ?? "Results of the suite \(record.suite.name)"
    subtitle = Self.subtitle(of: record)
    answer = InShort.sentences(of: run)
    analysis = Self.paragraphs(of: record.suite.analysis)
    machine = MachineCard.lines(of: record.machine)
    settings = MachineCard.settings(of: record.machine)
    trust = TrustCard(run)
    let groups = Figures.groups(of: drawnRun)
    let drawn = groups.filter { !$0.figures.isEmpty }
    func models(of place: Figures.Place) -> [GroupModel] {
      drawn.filter { $0.place == place }.map { Self.model(of: $0, in: drawnRun, numbers: &figures) }
    }
    figureGroups = models(of: .front)
    energyFigures = models(of: .energy).first
    details = models(of: .back)
    // What belongs to a heading that is not there would be looked for in vain.
    missing = groups.filter(\.figures.isEmpty).flatMap(\.missing)
    noise = NoiseByCell.figure(of: run).map { Self.model(of: $0, in: run, numbers: &figures) }
    time = TimeOfRun.figure(of: run).map { Self.model(of: $0, in: run, numbers: &figures) }
    latency = LatencyTable.table(of: drawnRun)?.html
    energy = EnergySection(drawnRun)
    hasEnergy = energy != nil || energyFigures != nil
    results = ResultsTable.table(of: run).folded(beyond: ThinnedRun.mostCells).html
    provenance = Provenance.lines(of: record)
    suiteText = record.suite.text
    contents = Self.contents(
      groups: figureGroups, details: details, hasLatency: latency != nil,
      hasEnergy: hasEnergy, hasMissing: !missing.isEmpty)
  }

  private static func contents(
    groups: [GroupModel], details: [GroupModel], hasLatency: Bool, hasEnergy: Bool, hasMissing: Bool
  ) -> [Link] {
    var links = [Link(id: "machine", title: "Machine"), Link(id: "trust", title: "Can I trust this?")]
    links += groups.map { Link(id: $0.id, title: $0.title) }
    if hasLatency { links.append(Link(id: "latency-s", title: "Latency")) }
    if hasEnergy { links.append(Link(id: "energy-s", title: "Energy")) }
    links += details.map { Link(id: $0.id, title: $0.title) }
    links.append(Link(id: "noise", title: "Noise and overhead"))
    if hasMissing { links.append(Link(id: "left-out", title: "Figures left out")) }
    return links + [Link(id: "results-s", title: "All results"), Link(id: "provenance-s", title: "Provenance")]
  }

  private static func subtitle(of record: RunRecord) -> String {
    let minute = record.startedAt.prefix(16).replacingOccurrences(of: "T", with: " ")
    return "\(record.suite.name) · \(record.machine.cpu.model) · \(minute) UTC"
  }

  /// Paragraphs are apart by an empty line; single line ends are where the author's editor broke the text.
  private static func paragraphs(of text: String?) -> [String] {
    (text ?? "").components(separatedBy: "\n\n")
      .map {
        $0.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
      }
      .filter { !$0.isEmpty }
  }

  private static func model(of group: Figures.Group, in run: RunView, numbers: inout FigureNumbers) -> GroupModel {
    let models = group.figures.map { model(of: $0, in: run, numbers: &numbers) }
    let more = models.dropFirst(openFigures)
    return GroupModel(
      id: group.id, title: group.title, introduction: group.introduction,
      figures: Array(models.prefix(openFigures)), more: Array(more),
      moreTitle: "\(Format.count(more.count, "more figure")): \(more.map(\.title).joined(separator: "; "))",
      missing: group.missing)
  }

  private static func model(of figure: Figure, in run: RunView, numbers: inout FigureNumbers) -> FigureModel {
    model(of: figure, prefix: run.prefix, numbers: &numbers)
  }

  /// `prefix` keeps the ids of the page's charts apart.
  static func model(of figure: Figure, prefix: String, numbers: inout FigureNumbers) -> FigureModel {
    var chart = figure.chart
    chart.id = "\(prefix)-\(chart.id)".lowercased()
    let id = String(chart.id.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    let number = numbers.next()
    return FigureModel(
      id: "figure-\(number)", wide: chart.size.width > 500, width: Int(chart.size.width), number: String(number),
      title: chart.title, svg: SVGRenderer(for: .page).render(chart),
      caption: figure.caption.replacingOccurrences(of: " %", with: "\u{A0}%"),
      table: Table(chart.table, id: "\(id)-numbers", caption: chart.title).html,
      open: figure.showsTable)
  }
}
