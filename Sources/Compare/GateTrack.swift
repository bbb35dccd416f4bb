import Foundation
import Records
import Statistics

/// How far one key has come: its blocks, what is still needed, and what was found.
struct GateTrack: Sendable {
  /// The side of the margin that a flag lies on.
  enum Flag: Sendable, Equatable { case worse, better }

  /// What is being done.
  enum Phase: Sendable, Equatable {
    /// Counts: two runs per side.
    case counts
    /// Counts that differ: the same once more.
    case recounts(Flag)
    /// Blocks up to a look, counted from 1.
    case look(Int)
    /// Fresh blocks after a flag at a look with so many blocks.
    case confirmation(Flag, blocks: Int)
    /// The verdict stands.
    case decided
  }

  let key: GateKey
  let margin: Double
  let rules: GateRules
  private(set) var phase: Phase
  /// Every block, in the order in which they came.
  private(set) var blocks: [GateBlockRecord] = []
  /// The blocks of all looks.
  private var looked = Tally()
  /// The blocks of all confirmations, and where among `blocks` those of the present one begin.
  private var confirmed = Tally()
  private var confirmationStart = 0
  /// The blocks of the present confirmation.
  private var fresh = Tally()
  /// What the blocks of the last look say.
  private(set) var test: BlockTest?
  /// What the fresh blocks say.
  private(set) var confirmation: BlockTest?
  /// What the counts say, where they decided.
  private(set) var counts: CountComparison?
  /// What a single test was held against at the last look.
  var alphaOfLook: Double?
  private(set) var outcome: GateVerdict.Outcome?
  private(set) var reason: String?

  private struct Tally {
    var used = 0
    var dropped = 0
    var all: Int { used + dropped }

    mutating func add(isDropped: Bool) {
      if isDropped { dropped += 1 } else { used += 1 }
    }
  }

  init(key: GateKey, rules: GateRules) {
    self.key = key
    self.rules = rules
    margin = rules.margin(of: key)
    phase = key.isDeterministic ? .counts : .look(1)
    if let problem = rules.problem { decide(.inconclusive, problem) }
  }

  // MARK: What is needed

  /// Why blocks are needed; nil where the verdict stands.
  var stage: GateStage? {
    switch phase {
    case .counts: .look(1)
    case .look(let number): .look(number)
    case .recounts, .confirmation: .confirmation
    case .decided: nil
    }
  }

  /// How many blocks are still needed.
  var missing: Int {
    switch phase {
    case .decided: 0
    // A dropped block cannot be done without where one is all there is.
    case .counts: max(0, 1 - looked.used)
    case .recounts: max(0, 1 - fresh.used)
    case .look(let number): max(0, rules.looks[number - 1] - looked.all)
    case .confirmation(_, let count): max(0, count - fresh.all)
    }
  }

  /// How many blocks of this stage there are; looks are counted through, and so are confirmations.
  var position: Int { stage == .confirmation ? confirmed.all : looked.all }

  private var lookBlocks: [GateBlockRecord] { blocks.filter { $0.stage != .confirmation } }
  private var freshBlocks: [GateBlockRecord] { Array(blocks[confirmationStart...]) }

  /// Adds a block; too many dropped ones end it.
  mutating func add(_ block: Block) {
    guard let stage else { return }
    let reasons = block.reasonsToDrop(needsLogarithm: !isCounting)
    blocks.append(
      GateBlockRecord(
        stage: stage, order: block.order, base: block.base.filter(\.isFinite), head: block.head.filter(\.isFinite),
        dropped: reasons.isEmpty ? nil : reasons))
    if stage == .confirmation {
      fresh.add(isDropped: !reasons.isEmpty)
      confirmed.add(isDropped: !reasons.isEmpty)
    } else {
      looked.add(isDropped: !reasons.isEmpty)
    }
    if !reasons.isEmpty { endIfTooManyAreDropped() }
  }

  private mutating func endIfTooManyAreDropped() {
    let target =
      switch phase {
      case .look(let number): rules.looks[number - 1]
      case .confirmation(_, let count): count
      // Counts are taken once or twice, so the first look's blocks say how many may fail.
      case .counts, .recounts, .decided: rules.looks[0]
      }
    let dropped = stage == .confirmation ? fresh.dropped : looked.dropped
    guard Double(dropped) > rules.droppedFractionMost * Double(target) else { return }
    let share = "\(Int((rules.droppedFractionMost * 100).rounded())) %"
    decide(.invalid, "\(dropped) of \(target) blocks were dropped (\(droppedReasons)), and \(share) is the most")
  }

  private var isCounting: Bool {
    switch phase {
    case .counts, .recounts: true
    default: false
    }
  }

  /// "W-steal 3, W-throttled 1".
  private var droppedReasons: String {
    let inStage = stage == .confirmation ? freshBlocks : lookBlocks
    let reasons = inStage.flatMap { $0.dropped ?? [] }
    let counts = Dictionary(grouping: reasons, by: \.self).mapValues(\.count)
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
      .joined(separator: ", ")
  }

  // MARK: What was found

  mutating func decide(_ outcome: GateVerdict.Outcome, _ reason: String? = nil) {
    self.outcome = outcome
    self.reason = reason
    phase = .decided
  }

  /// Tests all blocks of the looks.
  mutating func look() {
    test = blockTest(of: lookBlocks)
  }

  private func blockTest(of blocks: [GateBlockRecord]) -> BlockTest? {
    let contrasts = blocks.filter { $0.dropped == nil }.compactMap {
      Block(base: $0.base, head: $0.head, order: $0.order).contrast
    }
    return BlockTest(contrasts, better: key.better, margin: margin, level: rules.level)
  }

  /// Asks for fresh blocks, because the last look raised a flag.
  mutating func flag(_ flag: Flag, blocks count: Int) {
    startFresh()
    phase = .confirmation(flag, blocks: count)
  }

  /// Decides by the fresh blocks.
  mutating func confirm(_ flag: Flag) {
    guard let fresh = blockTest(of: freshBlocks), let test else {
      decide(.inconclusive, "no fresh block could be used")
      return
    }
    confirmation = fresh
    let p = flag == .worse ? fresh.pWorse : fresh.pBetter
    if p < rules.confirmationAlpha {
      decide(flag == .worse ? .regressed : .improved)
      return
    }
    // The flag was one that fresh blocks do not bear out; they alone say what is left of it.
    let first = Prose.probability(flag == .worse ? test.pWorse : test.pBetter)
    let remark = "flagged with \(first), and fresh blocks do not confirm it (\(Prose.probability(p)))"
    let isBelow = (fresh.worstCase(better: key.better) ?? .infinity) < log1p(margin)
    decide(isBelow ? .pass : .inconclusive, remark)
  }

  /// Decides by the blocks of a look that raised no flag, or asks for the next look.
  mutating func settle(after number: Int) {
    let worst = test?.worstCase(better: key.better)
    let isEnough = (test?.count ?? 0) >= rules.blocksLeast
    if isEnough, let worst, worst < log1p(margin) {
      decide(.pass)
    } else if number < rules.looks.count {
      phase = .look(number + 1)
    } else if !isEnough {
      decide(
        .inconclusive,
        "\(test?.count ?? 0) blocks cannot show a change, whatever they hold: at least \(rules.blocksLeast) are needed")
    } else {
      decide(
        .inconclusive,
        "the interval holds both no change and one beyond the margin: a quieter machine or longer windows show more")
    }
  }

  // MARK: Counts

  /// Decides by counts that repeat, asks for the same once more where they differ, or turns to blocks and ranks.
  mutating func count() {
    let used = blocks.filter { $0.dropped == nil }
    let comparison = CountComparison(
      base: used.flatMap(\.base), head: used.flatMap(\.head), better: key.better, margin: margin,
      spreadFactor: rules.spreadFactor)
    counts = comparison
    let spread = comparison.isExact ? nil : "the counts do not repeat exactly; the interval is widened by their spread"
    switch (comparison.finding, phase) {
    case (.within, _): decide(.pass, spread)
    case (.worse, .recounts(.worse)): decide(.regressed, spread)
    case (.better, .recounts(.better)): decide(.improved, spread)
    case (.worse, .counts): recount(.worse)
    case (.better, .counts): recount(.better)
    default:
      counts = nil
      if comparison.effect == nil {
        decide(.inconclusive, "the counts do not repeat, and 0 is among them, which has no ratio to another")
      } else {
        phase = .look(1)
      }
    }
  }

  private mutating func recount(_ flag: Flag) {
    startFresh()
    phase = .recounts(flag)
  }

  private mutating func startFresh() {
    confirmationStart = blocks.count
    fresh = Tally()
  }
}
