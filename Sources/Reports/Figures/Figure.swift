import Charts
import Records

/// A chart with the words that stand under it.
public struct Figure: Sendable {
  /// What is drawn.
  public var chart: Chart
  /// How to read it: which numbers, what the intervals mean, what is left out.
  public let caption: String
  /// Where published numbers in it come from, each with CPU and date; empty where all are measured.
  public let sources: [String]
  /// Whether its numbers are what it is for, and stand open below it.
  public let showsTable: Bool
  /// The numbers for files where those differ from what readers see; else `chart.table`.
  let data: ChartTable?

  init(
    chart: Chart, caption: String, sources: [String] = [], showsTable: Bool = false, data: ChartTable? = nil
  ) {
    self.chart = chart
    self.data = data
    self.sources = sources
    self.showsTable = showsTable
    self.caption = sources.isEmpty ? caption : "\(caption) Hatched: \(sources.joined(separator: "; "))."
  }
}

/// Every figure of a report, drawn from one record.
public enum Figures {
  /// The figures that the record has numbers for, in the order of the report.
  ///
  /// Each is a pure function of the record and of what stands beside it. Their charts can be rendered into files with
  /// `SVGRenderer(for: .file)`, which print their provenance; a chart's `id` is stable between runs of one suite.
  public static func all(of record: RunRecord, in context: ReportContext = .none) -> [Figure] {
    let run = RunView(record, prefix: "", context: context)
    let others = [NoiseByCell.figure(of: run), TimeOfRun.figure(of: run)].compactMap(\.self)
    return (groups(of: run).flatMap(\.figures) + others).map { figure in
      var figure = figure
      figure.chart.provenance = [Provenance.line(of: record)] + figure.sources
      return figure
    }
  }

  /// Where in the report a group stands.
  enum Place {
    /// Among the answers.
    case front
    /// In the section on energy.
    case energy
    /// Behind them, for those who look closer.
    case back
  }

  /// A figure that is not drawn, and why.
  struct Missing: Equatable {
    let figure: String
    /// Ends without a full stop.
    let reason: String
  }

  /// A figure, or why there is none.
  enum Drawing {
    case figure(Figure)
    case missing(String, because: String)
  }

  /// Figures with the heading under which they stand.
  struct Group {
    /// Ends the id of the section.
    let id: String
    let title: String
    /// A sentence or two above the figures.
    let introduction: String
    let figures: [Figure]
    var missing: [Missing] = []
    var place = Place.front
  }

  /// Those without figures say what is missing.
  static func groups(of run: RunView) -> [Group] {
    [
      SpeedByModelSize.group(of: run), KernelsByModelSize.group(of: run), ThroughputByThreads.group(of: run),
      PrefillAndDecode.group(of: run), SpeedByDepth.group(of: run), ceilings(of: run), MatrixTimes.group(of: run),
      PaperTable.group(of: run),
      energy(of: run), details(of: run),
    ].filter { !$0.figures.isEmpty || !$0.missing.isEmpty }
  }

  /// Fractions of the ceilings, then the roofline itself.
  private static func ceilings(of run: RunView) -> Group {
    let fractions = KernelCeilings.group(of: run)
    let rooflines = Roofline.draw(run)
    return Group(
      id: fractions.id, title: fractions.title,
      introduction: fractions.figures.isEmpty
        ? """
        One vector at a time is bound by reading weights, many at a time by products. The roofs are what the machine \
        gives to either.
        """ : fractions.introduction,
      figures: fractions.figures + rooflines.figures, missing: rooflines.missing)
  }

  private static func energy(of run: RunView) -> Group {
    let drawings =
      EnergyByModel.draw(run) + EnergyAgainstSpeed.draw(run) + EnergyByDomain.draw(run) + PowerOverRun.draw(run)
    return Group(
      id: "energy", title: "Energy",
      introduction: "Each model and kernel at its fastest number of threads, unless the figure says otherwise.",
      figures: drawings.figures, missing: drawings.missing, place: .energy)
  }

  private static func details(of run: RunView) -> Group {
    let drawings = TimeOfToken.draw(run) + CountersPerToken.draw(run) + Repetitions.draw(run) + DriftOverRun.draw(run)
    return Group(
      id: "details", title: "Where the time goes, what the processor did, and every repetition",
      introduction: """
        The times of single operations and the counts of hardware events per token say why one kernel is faster than \
        another; single repetitions say whether the machine was steady while it was asked.
        """,
      figures: drawings.figures, missing: drawings.missing, place: .back)
  }
}

extension [Figures.Drawing] {
  var figures: [Figure] {
    compactMap { if case .figure(let figure) = $0 { figure } else { nil } }
  }

  var missing: [Figures.Missing] {
    compactMap { drawing in
      guard case .missing(let figure, let reason) = drawing else { return nil }
      return Figures.Missing(figure: figure, reason: reason)
    }
  }
}
