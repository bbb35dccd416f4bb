/// What a gate found for one metric of one cell, with everything that the finding rests on.
public struct GateVerdict: Codable, Sendable, Equatable {
  /// What was found.
  public enum Outcome: String, Codable, Sendable, CaseIterable {
    /// Worse by more than the margin, seen twice.
    case regressed
    /// Better by more than the margin, seen twice.
    case improved
    /// Not worse by the margin: the interval's worse end lies below it.
    case pass
    /// Neither shown: too few blocks, or too much noise for so small an effect.
    case inconclusive
    /// Nothing can be said: too many blocks were dropped, or a side failed.
    case invalid
  }

  /// The id of the cell.
  public var cell: String
  /// The name of the metric, see `Metric.all`.
  public var metric: String
  /// The metric's unit, for tables.
  public var unit: String
  /// Which direction is better, `higher` or `lower`.
  public var better: Metric.Direction
  /// What was found.
  public var verdict: Outcome
  /// Why there is no decision, in words; also of a pass or a flag where there is more to know.
  public var reason: String?
  /// Why this verdict is shown and does not count: time on a shared machine; absent where it counts.
  public var advisory: String?

  /// The relative change of the metric, head over base − 1; negative is less of the metric, be that good or bad.
  ///
  /// After a confirmation it is that of the fresh blocks alone: those that raised the flag were chosen for being far
  /// out. Absent without values, or where the base is 0.
  public var effect: Double?
  /// The lower end of the effect's interval; absent where there are too few blocks.
  public var effectLower: Double?
  /// The upper end of the effect's interval.
  public var effectUpper: Double?
  /// How much worse the metric may become before it counts, as a share.
  public var margin: Double
  /// The smallest worsening, as a share above 0, that this number of blocks and this noise would have flagged with the
  /// probability of the rules.
  public var smallestVisible: Double?

  /// The p-value of the signed-rank test at the last look, against the margin, on the side of the effect; absent where
  /// none was made.
  public var p: Double?
  /// The same in the fresh blocks; absent where nothing was flagged.
  public var confirmationP: Double?
  /// The share of the blocks behind `effect` that lie on its side of 0.
  public var agreement: Double?

  /// The blocks that count, confirmation included.
  public var blocksUsed: Int
  /// The blocks that do not.
  public var blocksDropped: Int
  /// How often the blocks were looked at, the confirmation not counted.
  public var looks: Int
  /// Whether the metric was taken as a count that repeats, which two runs per side decide.
  public var deterministic: Bool
  /// The median of the base's values in the blocks that count.
  public var baseMedian: Double?
  /// The median of the head's.
  public var headMedian: Double?
  /// Every block, in the order in which they ran.
  public var blocks: [GateBlockRecord]

  enum CodingKeys: String, CodingKey {
    case cell, metric, unit, better, verdict, reason, advisory, effect, margin, p, agreement, looks, deterministic
    case blocks
    case effectLower = "effect_lower"
    case effectUpper = "effect_upper"
    case smallestVisible = "smallest_visible"
    case confirmationP = "confirmation_p"
    case blocksUsed = "blocks_used"
    case blocksDropped = "blocks_dropped"
    case baseMedian = "base_median"
    case headMedian = "head_median"
  }

  /// Makes a verdict; what is not known stays nil.
  public init(
    cell: String, metric: String, unit: String, better: Metric.Direction, verdict: Outcome, reason: String? = nil,
    advisory: String? = nil, effect: Double? = nil, effectLower: Double? = nil, effectUpper: Double? = nil,
    margin: Double, smallestVisible: Double? = nil, p: Double? = nil, confirmationP: Double? = nil,
    agreement: Double? = nil, blocksUsed: Int = 0, blocksDropped: Int = 0, looks: Int = 0, deterministic: Bool = false,
    baseMedian: Double? = nil, headMedian: Double? = nil, blocks: [GateBlockRecord] = []
  ) {
    self.cell = cell
    self.metric = metric
    self.unit = unit
    self.better = better
    self.verdict = verdict
    self.reason = reason
    self.advisory = advisory
    self.effect = effect
    self.effectLower = effectLower
    self.effectUpper = effectUpper
    self.margin = margin
    self.smallestVisible = smallestVisible
    self.p = p
    self.confirmationP = confirmationP
    self.agreement = agreement
    self.blocksUsed = blocksUsed
    self.blocksDropped = blocksDropped
    self.looks = looks
    self.deterministic = deterministic
    self.baseMedian = baseMedian
    self.headMedian = headMedian
    self.blocks = blocks
  }
}
