/// The rules by which a gate decides, as they stood when it decided.
///
/// The defaults and their reasons are those of the module Compare.
public struct GateRules: Codable, Sendable, Equatable {
  /// How much worse a time or a rate may become before it counts, as a share: 0.01 is 1 %.
  public var marginTime: Double
  /// The same for energies and powers.
  public var marginEnergy: Double
  /// The same for counts that repeat (almost) exactly: instructions, memory accesses, allocations, bytes.
  public var marginDeterministic: Double
  /// Margins of single metrics by name, which go before those of their kind.
  public var margins: [String: Double]
  /// The probability of a flag at a single (cell, metric) that is worse by the margin and no more, over all looks.
  public var alpha: Double
  /// The false discovery rate over all (cell, metric) of a suite, over all looks.
  public var falseDiscoveryRate: Double
  /// What the p-value of a confirmation must stay below.
  public var confirmationAlpha: Double
  /// Blocks after which a verdict is sought, ascending: each look has an equal part of `alpha`.
  public var looks: [Int]
  /// The fewest blocks that a test may rest on.
  public var blocksLeast: Int
  /// The largest share of blocks that may be dropped.
  public var droppedFractionMost: Double
  /// The level of the intervals.
  public var level: Double
  /// How many times the spread that was seen an inexact count is widened by before it is compared.
  public var spreadFactor: Double
  /// The probability with which the smallest visible effect would have been flagged.
  public var power: Double

  enum CodingKeys: String, CodingKey {
    case margins, alpha, looks, level, power
    case marginTime = "margin_time"
    case marginEnergy = "margin_energy"
    case marginDeterministic = "margin_deterministic"
    case falseDiscoveryRate = "false_discovery_rate"
    case confirmationAlpha = "confirmation_alpha"
    case blocksLeast = "blocks_least"
    case droppedFractionMost = "dropped_fraction_most"
    case spreadFactor = "spread_factor"
  }

  /// Makes rules.
  public init(
    marginTime: Double, marginEnergy: Double, marginDeterministic: Double, margins: [String: Double] = [:],
    alpha: Double, falseDiscoveryRate: Double, confirmationAlpha: Double, looks: [Int], blocksLeast: Int,
    droppedFractionMost: Double, level: Double, spreadFactor: Double, power: Double
  ) {
    self.marginTime = marginTime
    self.marginEnergy = marginEnergy
    self.marginDeterministic = marginDeterministic
    self.margins = margins
    self.alpha = alpha
    self.falseDiscoveryRate = falseDiscoveryRate
    self.confirmationAlpha = confirmationAlpha
    self.looks = looks
    self.blocksLeast = blocksLeast
    self.droppedFractionMost = droppedFractionMost
    self.level = level
    self.spreadFactor = spreadFactor
    self.power = power
  }
}
