import Foundation
import Records
import Statistics

extension GateTrack {
  /// The verdict as it stands; inconclusive where more blocks were needed.
  var verdict: GateVerdict {
    let used = blocks.filter { $0.dropped == nil }
    let shown = confirmation ?? test
    let interval = counts?.interval ?? shown?.interval
    let effect = counts?.effect ?? shown?.effect
    let isUp = (effect ?? 0) > 0
    return GateVerdict(
      cell: key.cell, metric: key.metric, unit: key.unit, better: key.better, verdict: outcome ?? .inconclusive,
      reason: outcome == nil ? "the gate ended before the \(missing) blocks that were still needed" : reason,
      advisory: key.advisory, effect: counts == nil ? effect.map(expm1) : counts?.change,
      effectLower: interval.map { expm1($0.lower) }, effectUpper: interval.map { expm1($0.upper) }, margin: margin,
      smallestVisible: smallestVisible, p: counts == nil ? test.map { p(of: $0, isUp: isUp) } : nil,
      confirmationP: confirmation.map { p(of: $0, isUp: isUp) }, agreement: counts == nil ? shown?.agreement : nil,
      blocksUsed: used.count, blocksDropped: blocks.count - used.count, looks: looksTaken,
      deterministic: key.isDeterministic, baseMedian: used.flatMap(\.base).median,
      headMedian: used.flatMap(\.head).median, blocks: blocks)
  }

  /// The p-value on that side of the margin.
  private func p(of test: BlockTest, isUp: Bool) -> Double {
    isUp == (key.better == .lower) ? test.pWorse : test.pBetter
  }

  private var looksTaken: Int {
    blocks.reduce(0) { most, block in
      if case .look(let number) = block.stage { max(most, number) } else { most }
    }
  }

  /// Of counts the margin and their spread; of blocks what the last look could have flagged.
  private var smallestVisible: Double? {
    if let counts {
      return counts.interval.map { expm1(log1p(margin) + $0.halfWidth) }
    }
    guard let test, let alphaOfLook else { return nil }
    return test.smallestVisible(margin: margin, alpha: alphaOfLook, rules: rules).map { expm1($0) }
  }
}
