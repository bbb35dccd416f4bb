import Foundation
import Records
import Testing

@testable import Compare

@Suite struct GateProcedureTests {
  // MARK: Verdicts

  @Test func aSlowdownBeyondTheMarginIsFlaggedAndConfirmedByFreshBlocks() throws {
    let verdict = try Samples.verdict { _, _, number in Samples.block(Samples.ratio(1.03, number)) }
    #expect(verdict.verdict == .regressed && verdict.reason == nil && verdict.looks == 1)
    #expect(verdict.blocksUsed == 40 && verdict.blocks.count { $0.stage == .confirmation } == 20)
    // All 20 agree: 2⁻²⁰.
    #expect(verdict.p == 0x1p-20 && verdict.confirmationP == 0x1p-20 && verdict.agreement == 1)
    #expect(isClose(verdict.effect, 0.03, 0.001))
    #expect(try #require(verdict.effectLower) > 0.01)
    #expect(verdict.margin == 0.01)
    #expect(verdict.baseMedian == 100 && isClose(verdict.headMedian, 103, 0.3))
  }

  @Test func theDirectionIsTheMetrics() throws {
    for (metric, ratio, expected) in [
      ("rate_tokens_per_s", 0.97, GateVerdict.Outcome.regressed), ("rate_tokens_per_s", 1.03, .improved),
      ("time_wall_ns", 0.97, .improved), ("time_wall_ns", 1.0, .pass),
    ] {
      let verdict = try Samples.verdict(Samples.key(metric)) { _, _, n in Samples.block(Samples.ratio(ratio, n)) }
      #expect(verdict.verdict == expected, "\(metric) × \(ratio)")
      let effect = try #require(verdict.effect)
      #expect((effect > 0) == (ratio > 1) || ratio == 1)
    }
  }

  @Test func equalValuesPassWithoutANaN() throws {
    let verdict = try Samples.verdict { _, _, _ in Samples.block(1) }
    #expect(verdict.verdict == .pass && verdict.effect == 0 && verdict.effectLower == 0 && verdict.effectUpper == 0)
    #expect(verdict.p == 1 && verdict.confirmationP == nil && verdict.agreement == 1)
    #expect(isClose(verdict.smallestVisible, 0.01, 1e-12))
  }

  @Test func aFlagThatFreshBlocksDoNotConfirmIsNone() throws {
    let quiet = try Samples.verdict { request, _, n in
      Samples.block(Samples.ratio(request.stage == .confirmation ? 1 : 1.03, n))
    }
    #expect(quiet.verdict == .pass)
    #expect(try #require(quiet.reason).hasPrefix("flagged with p < 0.0001, and fresh blocks do not confirm it (p = 1)"))
    // The effect that is left is that of the fresh blocks.
    #expect(isClose(quiet.effect, 0, 0.002))
    let noisy = try Samples.verdict { request, _, n in
      Samples.block(request.stage == .confirmation ? 1 + 0.03 * Double(n % 3 - 1) : Samples.ratio(1.03, n))
    }
    #expect(noisy.verdict == .inconclusive && noisy.confirmationP != nil)
  }

  @Test func whoIsUndecidedGetsTwiceAsManyBlocksTwice() throws {
    let verdict = try Samples.verdict { _, _, n in Samples.block(1.01 * (1 + 0.03 * Double(n % 5 - 2))) }
    #expect(verdict.verdict == .inconclusive && verdict.looks == 3 && verdict.blocksUsed == 80)
    #expect(try #require(verdict.reason).hasPrefix("the interval holds both no change and one beyond the margin"))
    #expect(try #require(verdict.smallestVisible) > 0.01)
    for (look, count) in [(1, 20), (2, 20), (3, 40)] {
      #expect(verdict.blocks.count { $0.stage == .look(look) } == count)
    }
  }

  /// 2⁻⁷ is above 0.005, so seven blocks can show nothing, whatever they hold.
  @Test func tooFewBlocksAreInconclusiveByConstruction() throws {
    var rules = GateRules.standard
    rules.looks = [7]
    let verdict = try Samples.verdict(rules: rules) { _, _, n in Samples.block(Samples.ratio(2, n)) }
    #expect(verdict.verdict == .inconclusive && verdict.reason?.hasPrefix("7 blocks cannot show a change") == true)
    rules.looks = [8]
    let eight = try Samples.verdict(rules: rules) { _, _, n in Samples.block(Samples.ratio(2, n)) }
    #expect(eight.verdict == .regressed && eight.p == 0x1p-8)
  }

  // MARK: Dropped blocks

  @Test func aFifthOfTheBlocksMayBeDroppedAndNoMore() throws {
    let fewer = try Samples.verdict { _, _, n in
      Samples.block(Samples.ratio(1, n), vetoes: n < 4 ? ["W-steal"] : [])
    }
    #expect(fewer.verdict == .pass && fewer.blocksUsed == 16 && fewer.blocksDropped == 4)
    #expect(fewer.blocks[0].dropped == ["W-steal"] && fewer.blocks[4].dropped == nil)
    let more = try Samples.verdict { _, _, n in
      Samples.block(Samples.ratio(1.5, n), vetoes: n < 3 ? ["W-steal"] : n < 5 ? ["W-throttled"] : [])
    }
    #expect(more.verdict == .invalid)
    #expect(
      more.reason == "5 of 20 blocks were dropped (W-steal 3, W-throttled 2), and 20 % is the most")
  }

  @Test func aBlockWithoutAllFourValuesIsDroppedAndItsFiniteOnesAreKept() throws {
    let verdict = try Samples.verdict { _, _, n in
      n == 0 ? Block(base: [1, .nan], head: [], order: .abba) : Samples.block(Samples.ratio(1, n))
    }
    #expect(verdict.verdict == .pass && verdict.blocksDropped == 1 && verdict.blocks[0].base == [1])
    #expect(verdict.blocks[0].dropped == ["not measured in all four processes"])
  }

  @Test func aSideThatFailsMakesItsCellInvalidAndLeavesTheOthersAlone() throws {
    var procedure = GateProcedure(keys: [Samples.key(cell: "a"), Samples.key(cell: "b")], seed: 1)
    procedure.fail(cell: "a", because: "the head's process crashed (signal 11)")
    #expect(procedure.wanted().map(\.cell) == ["b"])
    try Samples.finish(&procedure) { _, _, n in Samples.block(Samples.ratio(1, n)) }
    #expect(procedure.verdicts().map(\.verdict) == [.invalid, .pass])
    #expect(procedure.verdicts()[0].reason == "the head's process crashed (signal 11)")
  }

  @Test func whatIsInterruptedIsInconclusiveWithWhatItHas() throws {
    var procedure = GateProcedure(keys: [Samples.key()], seed: 1)
    try procedure.add(Samples.block(2), cell: "c", metric: "time_wall_ns", stage: .look(1))
    let open = procedure.verdicts()[0]
    #expect(open.verdict == .inconclusive && open.blocksUsed == 1 && open.p == nil && open.headMedian == 200)
    #expect(open.reason == "the gate ended before the 19 blocks that were still needed")
    procedure.stop(because: "the time that was allowed is over")
    #expect(procedure.wanted() == [] && procedure.decided == 1)
    #expect(procedure.verdicts()[0].reason == "the time that was allowed is over")
  }

  // MARK: Requests

  @Test func metricsOfACellShareTheirBlocksAndCountsHaveTheirOwn() throws {
    let keys = [
      Samples.key(), Samples.key("energy_package_j"), Samples.key("counter_instructions", isDeterministic: true),
      Samples.key(cell: "d"),
    ]
    let procedure = GateProcedure(keys: keys + keys, seed: 5)
    let wanted = procedure.wanted()
    #expect(wanted.map(\.cell) == ["c", "c", "d"])
    #expect(
      wanted.map(\.metrics) == [["time_wall_ns", "energy_package_j"], ["counter_instructions"], ["time_wall_ns"]])
    #expect(wanted.map(\.orders.count) == [20, 1, 20] && wanted.map(\.isDeterministic) == [false, true, false])
    #expect(wanted[0].orders != wanted[2].orders)
    #expect(Set(wanted[0].orders) == [.abba, .baab])
    #expect(GateProcedure(keys: keys, seed: 5).wanted() == wanted)
    #expect(GateProcedure(keys: keys, seed: 6).wanted() != wanted)
  }

  @Test func ordersDoNotDependOnWhenTheyAreAskedFor() throws {
    var procedure = GateProcedure(keys: [Samples.key()], seed: 1)
    let all = procedure.wanted()[0].orders
    try procedure.add(Samples.block(1), cell: "c", metric: "time_wall_ns", stage: .look(1))
    #expect(procedure.wanted()[0].orders == Array(all.dropFirst()))
  }

  @Test func blocksThatNobodyAskedForAreRefused() throws {
    var procedure = GateProcedure(keys: [Samples.key()], seed: 1)
    #expect(throws: GateProcedureError.unknownKey(cell: "c", metric: "power_package_w")) {
      try procedure.add(Samples.block(1), cell: "c", metric: "power_package_w", stage: .look(1))
    }
    #expect(throws: GateProcedureError.notWanted(cell: "c", metric: "time_wall_ns", stage: .confirmation)) {
      try procedure.add(Samples.block(1), cell: "c", metric: "time_wall_ns", stage: .confirmation)
    }
    try Samples.finish(&procedure) { _, _, n in Samples.block(Samples.ratio(1, n)) }
    #expect(throws: GateProcedureError.self) {
      try procedure.add(Samples.block(1), cell: "c", metric: "time_wall_ns", stage: .look(1))
    }
  }

  @Test func nothingToJudgeIsJudgedAtOnce() {
    #expect(GateProcedure(keys: [], seed: 1).wanted() == [] && GateProcedure(keys: [], seed: 1).verdicts() == [])
    var rules = GateRules.standard
    for looks in [[], [0], [20, 20], [20, 1001]] {
      rules.looks = looks
      let procedure = GateProcedure(rules: rules, keys: [Samples.key()], seed: 1)
      #expect(procedure.wanted() == [] && procedure.verdicts()[0].verdict == .inconclusive)
    }
  }

  @Test func aMetricOfWhichNeitherDirectionIsBetterIsNotJudged() throws {
    #expect(GateKey(cell: "c", metric: try #require(Metric.named("frequency_hz"))) == nil)
  }

  // MARK: Many tests

  @Test func aSuiteSharesItsRateAndOneTestHasAlphaItself() {
    let rules = GateRules.standard
    #expect(abs(GateProcedure.rate(rules, tests: 1) - 0.005 / 3) < 1e-15)
    #expect(abs(GateProcedure.rate(rules, tests: 2) - 0.01 / 3) < 1e-15)
    #expect(abs(GateProcedure.rate(rules, tests: 50) - 0.05 / 3) < 1e-15)
  }

  @Test func marginsAreThoseOfTheKindUnlessTheMetricHasItsOwn() {
    var rules = GateRules.standard
    rules.margins = ["time_wall_ns": 0.05]
    for (key, margin) in [
      (Samples.key(), 0.05), (Samples.key("rate_tokens_per_s"), 0.01),
      (Samples.key("energy_package_j_per_token"), 0.02),
      (Samples.key("power_package_w"), 0.02), (Samples.key("rate_tokens_per_kwh"), 0.02),
      (Samples.key("counter_instructions"), 0.001), (Samples.key("page_faults_minor", isDeterministic: true), 0.001),
    ] {
      #expect(rules.margin(of: key) == margin, "\(key.metric)")
    }
  }

  // MARK: Recomputing

  @Test func aRecordsVerdictsComeOutAgainToTheLastBit() throws {
    let keys = [
      Samples.key(cell: "a"), Samples.key("energy_package_j", cell: "a", advisory: "a shared machine"),
      Samples.key("rate_tokens_per_s", cell: "b"),
      Samples.key("counter_instructions", cell: "b", isDeterministic: true),
      Samples.key(cell: "crashed"), Samples.key(cell: "vetoed"), Samples.key(cell: "stopped"),
    ]
    var procedure = GateProcedure(keys: keys, seed: 77)
    procedure.fail(cell: "crashed", because: "signal 11")
    try procedure.add(Samples.block(1), cell: "stopped", metric: "time_wall_ns", stage: .look(1))
    procedure.stop(cell: "stopped", because: "time is up")
    try Samples.finish(&procedure) { request, metric, n in
      switch (request.cell, metric) {
      case ("a", "time_wall_ns"): Samples.block(Samples.ratio(1.03, n), order: .baab)
      case ("a", _): Samples.block(1.02 * (1 + 0.05 * Double(n % 5 - 2)), vetoes: n % 19 == 0 ? ["W-steal"] : [])
      case ("b", "counter_instructions"): Block(base: [1000, 1000], head: [1002, 1002], order: .abba)
      case ("vetoed", _): Samples.block(1, vetoes: ["W-throttled"])
      default: Samples.block(Samples.ratio(1.004, n))
      }
    }
    let verdicts = procedure.verdicts()
    #expect(
      verdicts.map(\.verdict) == [.regressed, .inconclusive, .pass, .regressed, .invalid, .invalid, .inconclusive])
    var gate = try SampleGate.record()
    (gate.rules, gate.seed, gate.verdicts) = (.standard, 77, verdicts)
    let read = try RecordCodec.decodeGate(try RecordCodec.encode(gate))
    #expect(GateProcedure.recompute(read) == verdicts)
    // A value that is changed afterwards is found.
    var changed = read
    for block in changed.verdicts[0].blocks.indices { changed.verdicts[0].blocks[block].head = [100, 100] }
    #expect(GateProcedure.recompute(changed) != verdicts)
  }
}
