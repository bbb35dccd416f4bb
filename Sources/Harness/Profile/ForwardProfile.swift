import Engine
import Meters
import Statistics

/// Where the time of prefill or decoding goes, part by part.
public struct ForwardProfile: Sendable {
  /// Tokens that the times are of.
  public let tokens: Int
  /// Time of each part over all layers and tokens, nanoseconds; parts that did not run are absent.
  public let timesNs: [ForwardPart: Int]
  /// The same time by kinds of layers: keys of `ForwardLayerKind.all`.
  public let timesByLayerKindNs: [String: Int]
  /// Forks of the thread pool.
  public let forks: Int

  /// Time of all parts, nanoseconds.
  public var totalNs: Int { timesNs.values.reduce(0, +) }
  /// Time of the products with weight matrices, nanoseconds.
  public var matrixNs: Int { timesNs.reduce(0) { $0 + ($1.key.isMatrix ? $1.value : 0) } }
  /// Forks of one token.
  public var forksPerToken: Double { Double(forks) / Double(max(tokens, 1)) }

  /// Reads a prompt of `tokens` tokens, `repetitions` times after one that warms up, and keeps the repetition whose
  /// total is the median: its parts add up.
  ///
  /// - Throws: the engine's errors.
  public static func prefill(_ session: Session, tokens: Int, repetitions: Int) throws -> ForwardProfile {
    let prompt = ids(tokens, of: session)
    return try median(of: session, repetitions: repetitions, tokens: tokens) {
      session.reset()
      try session.forward(prompt, logits: .last)
    }
  }

  /// Decodes `tokens` tokens, one a pass, from position `depth` on, where the cache was filled and not computed,
  /// `repetitions` times after one that warms up, and keeps the repetition whose total is the median.
  ///
  /// - Throws: the engine's errors.
  public static func decoding(
    _ session: Session, tokens: Int, depth: Int, repetitions: Int
  ) throws -> ForwardProfile {
    try session.fill(to: depth, seed: 1)
    let fed = ids(tokens, of: session)
    return try median(of: session, repetitions: repetitions, tokens: tokens) {
      session.truncate(to: depth)
      for id in fed { try session.forward([id], logits: .last) }
    }
  }

  private static func median(
    of session: Session, repetitions: Int, tokens: Int, _ work: () throws -> Void
  ) throws -> ForwardProfile {
    let timer = ForwardTimer(session.model.shape)
    session.observer = timer
    defer { session.observer = nil }
    try work()
    var profiles: [ForwardProfile] = []
    for _ in 0..<max(repetitions, 1) {
      let forks = session.pool.forks
      timer.start()
      try work()
      profiles.append(
        ForwardProfile(
          tokens: tokens, timesNs: timer.timesNs, timesByLayerKindNs: timer.timesByLayerKindNs,
          forks: session.pool.forks - forks))
    }
    profiles.sort { $0.totalNs < $1.totalNs }
    return profiles[profiles.count / 2]
  }

  /// Tokens from a generator, so that rows of the embedding are read as a real prompt reads them.
  private static func ids(_ count: Int, of session: Session) -> [Int32] {
    var random = SplitMix64(seed: 2)
    return (0..<count).map { _ in Int32(random.next() % UInt64(session.model.shape.vocabulary)) }
  }
}

/// What one fork and join of a pool's threads costs when there is nothing to do.
public struct ForkJoinCost: Sendable {
  /// The middle of all forks, nanoseconds.
  public let medianNs: Double
  /// The mean, nanoseconds: it holds the forks during which a thread was away.
  public let meanNs: Double

  /// Enough for a mean that meets the rare slow fork, and done in milliseconds.
  private static let forks = 4000

  /// Forks and joins thousands of times in a row; nil for a pool of one thread, which never forks.
  public static func measure(_ pool: ThreadPool) -> ForkJoinCost? {
    guard pool.threads > 1 else { return nil }
    var times: [Double] = []
    times.reserveCapacity(forks)
    for _ in 0..<forks {
      let start = WallClock.nowNs()
      pool.run { _ in }
      times.append(Double(WallClock.nowNs() - start))
    }
    guard let median = times.median, let mean = times.mean else { return nil }
    return ForkJoinCost(medianNs: median, meanNs: mean)
  }
}
