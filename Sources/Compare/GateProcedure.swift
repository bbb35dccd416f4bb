import Records
import Statistics

/// The decision of a gate as a value: it asks for blocks, is given them, and ends with verdicts.
///
/// ```swift
/// var procedure = GateProcedure(keys: keys, seed: 1)
/// while case let wanted = procedure.wanted(), !wanted.isEmpty {
///   for request in wanted {
///     for order in request.orders {
///       for (metric, block) in run(request.cell, order) {
///         try procedure.add(block, cell: request.cell, metric: metric, stage: request.stage)
///       }
///     }
///   }
/// }
/// ```
///
/// It works in rounds. In the first every key gets the blocks of the first look (a count that repeats gets one). When all
/// are there, each key is tested against its margin, and the p-values of all keys are judged together; those that are
/// flagged get as many fresh blocks for a confirmation, those that are undecided the blocks of the next look. The
/// procedure holds nothing but values: no clock, no process, no file.
public struct GateProcedure: Sendable {
  /// The rules of the decision.
  public let rules: GateRules
  /// The seed of the orders.
  public let seed: UInt64
  private var tracks: [GateTrack]
  private let places: [Place: Int]

  private struct Place: Hashable {
    let cell: String
    let metric: String
  }

  /// Begins; a key that is given twice is judged once.
  public init(rules: GateRules = .standard, keys: [GateKey], seed: UInt64) {
    self.rules = rules
    self.seed = seed
    var places: [Place: Int] = [:]
    var tracks: [GateTrack] = []
    for key in keys where places[Place(cell: key.cell, metric: key.metric)] == nil {
      places[Place(cell: key.cell, metric: key.metric)] = tracks.count
      tracks.append(GateTrack(key: key, rules: rules))
    }
    self.places = places
    self.tracks = tracks
  }

  /// The blocks that are needed now, in the order of the keys; empty when every verdict stands.
  ///
  /// Metrics of one cell that need the same blocks are in one request. It may be asked after any block: what is there
  /// is not asked for again, and the order of each block does not depend on when it is asked for.
  public func wanted() -> [GateRequest] {
    var requests: [GateRequest] = []
    for (track, key) in tracks.map({ ($0, $0.key) }) where track.missing > 0 {
      guard let stage = track.stage else { continue }
      let first = track.position
      let orders = (first..<first + track.missing).map { order(of: $0, cell: key.cell, stage: stage) }
      let same = requests.firstIndex {
        $0.cell == key.cell && $0.stage == stage && $0.isDeterministic == key.isDeterministic && $0.orders == orders
      }
      let metrics = (same.map { requests[$0].metrics } ?? []) + [key.metric]
      let request = GateRequest(
        cell: key.cell, metrics: metrics, stage: stage, isDeterministic: key.isDeterministic, orders: orders)
      if let same { requests[same] = request } else { requests.append(request) }
    }
    return requests
  }

  /// Takes a block of one metric.
  ///
  /// Throws `GateProcedureError` for a block that was not asked for.
  public mutating func add(_ block: Block, cell: String, metric: String, stage: GateStage) throws {
    guard let place = places[Place(cell: cell, metric: metric)] else {
      throw GateProcedureError.unknownKey(cell: cell, metric: metric)
    }
    guard tracks[place].stage == stage, tracks[place].missing > 0 else {
      throw GateProcedureError.notWanted(cell: cell, metric: metric, stage: stage)
    }
    tracks[place].add(block)
    if tracks[place].missing == 0 { advance() }
  }

  /// Ends what is undecided of a cell as invalid: a side of it crashed, hung, or gave wrong output.
  ///
  /// `metrics` nil means all of them.
  public mutating func fail(cell: String, metrics: [String]? = nil, because reason: String) {
    end(.invalid, cell: cell, metrics: metrics, because: reason)
  }

  /// Ends what is undecided as inconclusive: there is no time for more blocks.
  ///
  /// `cell` nil means every cell, `metrics` nil all of them.
  public mutating func stop(cell: String? = nil, metrics: [String]? = nil, because reason: String) {
    end(.inconclusive, cell: cell, metrics: metrics, because: reason)
  }

  /// One verdict per key, in the order of the keys; at any time, with what is known by then.
  public func verdicts() -> [GateVerdict] { tracks.map(\.verdict) }

  /// The number of keys whose verdict stands, for a progress line.
  public var decided: Int { tracks.count { $0.phase == .decided } }

  // MARK: Rounds

  private mutating func end(
    _ outcome: GateVerdict.Outcome, cell: String?, metrics: [String]?, because reason: String
  ) {
    for place in tracks.indices where tracks[place].phase != .decided {
      let key = tracks[place].key
      if key.cell == cell ?? key.cell, metrics?.contains(key.metric) ?? true { tracks[place].decide(outcome, reason) }
    }
    advance()
  }

  /// Judges as long as no block is missing: a round may decide all that is left, or ask for the next.
  private mutating func advance() {
    while tracks.allSatisfy({ $0.missing == 0 }), decided < tracks.count { judge() }
  }

  /// Judges one round.
  private mutating func judge() {
    var looked: [Int] = []
    for place in tracks.indices {
      switch tracks[place].phase {
      case .counts, .recounts: tracks[place].count()
      case .confirmation(let flag, _): tracks[place].confirm(flag)
      case .look:
        tracks[place].look()
        looked.append(place)
      case .decided: break
      }
    }
    guard !looked.isEmpty else { return }
    // Counts that decided are no tests; who has not been tested yet, or never will be, stands in the family as 1.
    let family = tracks.indices.filter { tracks[$0].counts == nil }
    let rate = Self.rate(rules, tests: family.count)
    let worse = flagged(family, rate: rate) { $0.pWorse }
    let better = flagged(family, rate: rate) { $0.pBetter }
    for place in looked {
      guard case .look(let number) = tracks[place].phase else { continue }
      // What a test that stands alone in its family had to stay below.
      tracks[place].alphaOfLook = rate / Double(family.count)
      let isEnough = (tracks[place].test?.count ?? 0) >= rules.blocksLeast
      if isEnough, worse.contains(place) {
        tracks[place].flag(.worse, blocks: rules.looks[number - 1])
      } else if isEnough, better.contains(place) {
        tracks[place].flag(.better, blocks: rules.looks[number - 1])
      } else {
        tracks[place].settle(after: number)
      }
    }
  }

  /// The rate at which a look judges so many tests together.
  ///
  /// The false discovery rate, but never more than `alpha` for each test: two tests are not to be judged ten times more
  /// leniently than one. A single test has `alpha` itself. Every look has its equal part (Bonferroni), which is what
  /// looking again may cost at most.
  static func rate(_ rules: GateRules, tests: Int) -> Double {
    min(rules.falseDiscoveryRate, rules.alpha * Double(tests)) / Double(rules.looks.count)
  }

  private func flagged(_ family: [Int], rate: Double, by p: (BlockTest) -> Double) -> Set<Int> {
    let values = family.map { tracks[$0].test.map(p) ?? 1 }
    return Set(BenjaminiHochberg.rejected(values, rate: rate).map { family[$0] })
  }

  // MARK: Orders

  /// ABBA or BAAB by the toss of a coin that belongs to the cell, the stage and the block's number.
  private func order(of number: Int, cell: String, stage: GateStage) -> BlockOrder {
    // FNV-1a spreads the names, SplitMix64 makes the coin.
    func spread(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    var hash = cell.utf8.reduce(0xcbf2_9ce4_8422_2325, spread)
    hash = spread(hash, stage == .confirmation ? 1 : 0)
    for shift in stride(from: 0, to: 32, by: 8) { hash = spread(hash, UInt8(truncatingIfNeeded: number >> shift)) }
    var random = SplitMix64(seed: seed ^ hash)
    return random.index(below: 2) == 0 ? .abba : .baab
  }
}
