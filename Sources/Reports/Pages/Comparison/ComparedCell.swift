import Records
import Sinks
import Statistics

/// One model on one machine in one phase, at the kernel and threads that are fastest there, and what it is divided by.
struct ComparedCell {
  /// What a speed is divided by, so that machines of different size can be compared.
  enum Measure: CaseIterable {
    case plain, perCore, perBandwidth, perWatt

    /// The title of its panel and axis.
    var title: String {
      switch self {
      case .plain: "tokens per second"
      case .perCore: "tokens per second and core"
      case .perBandwidth: "tokens per second and GB/s"
      case .perWatt: "tokens per joule"
      }
    }

    /// The heading of its column.
    var column: String {
      switch self {
      case .plain: "t/s"
      case .perCore: "t/s per core"
      case .perBandwidth: "t/s per GB/s"
      case .perWatt: "Tokens/J"
      }
    }
  }

  let model: ModelIdentity
  let compared: ComparedRun
  /// Absent where nothing ran; `absence` says why.
  let view: CellView?
  let absence: String
  /// What the joules of this comparison cover; absent where no machine measured any.
  let domain: EnergyMetric?

  init(model: ModelIdentity, phase: String, compared: ComparedRun, domain: EnergyMetric?) {
    let cells = compared.run.cells.filter { $0.cell.model?.name == model.name && $0.cell.phase.label == phase }
    self.model = model
    self.compared = compared
    self.domain = domain
    view = RunView.fastest(cells)
    absence = cells.lazy.compactMap(\.absence).first ?? "the run has no such cell"
  }

  /// The number of a measure with its interval; nil where it is not known.
  func estimate(_ measure: Measure) -> Estimate? {
    guard let speed = view?.speed else { return nil }
    switch measure {
    case .plain: return speed
    case .perCore: return compared.cores > 0 ? speed.divided(by: compared.cores) : nil
    case .perBandwidth: return compared.readRoof.flatMap { $0 > 0 ? speed.divided(by: $0) : nil }
    case .perWatt: return tokensPerJoule
    }
  }

  /// Why a measure has no number, in words.
  func absence(_ measure: Measure) -> String {
    guard view != nil else { return absence }
    switch measure {
    case .plain, .perCore: return "the machine's cores are not known"
    case .perBandwidth: return "no probe:read was run on this machine: run tern probe there, or add it to the suite"
    case .perWatt:
      let meter = compared.run.record.meters.first { $0.id == "energy" }
      guard let meter else { return "energy was not asked for" }
      guard meter.available else { return "energy was not measured: \(meter.reason ?? "no reason was recorded")" }
      return "the cell has no energy of the \(domain?.title ?? "package")"
    }
  }

  /// Tokens per second over watts: of each repetition, from its own energy.
  private var tokensPerJoule: Estimate? {
    guard let domain, let cell = view?.cell, EnergyPerToken(cell)?.domain == domain else { return nil }
    return Estimate(Summary(cell.values(of: domain.perToken).filter { $0 > 0 }.map { 1 / $0 }))
  }
}

extension Estimate {
  /// The same in another unit; what it is divided by counts as exact.
  func divided(by divisor: Double) -> Estimate {
    Estimate(
      value: value / divisor, interval: interval.map { $0.lowerBound / divisor...$0.upperBound / divisor },
      count: count)
  }
}
