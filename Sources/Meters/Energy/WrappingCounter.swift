/// A counter of energy over one window, in whole counts, that begins again behind its range.
///
/// Nothing is corrected that could be something else: what is not a wrap within the power that the zone can take is a
/// fault, and the window has no energy.
struct WrappingCounter: Sendable {
  /// What makes a window's energy unknown.
  enum Fault: Sendable, Equatable {
    /// It went down, and how far it counts is not known.
    case decreased
    /// It gave more than its range.
    case beyondRange
    /// It moved by more than the zone can take in the time: a reset, a sleep, another machine's counter.
    case impossible
    /// It was not read for so long that it may have gone round once unseen.
    case unwatched
    /// It did not move in a time in which it otherwise gives many new values.
    case still
  }

  /// The largest value; nil where nothing states it.
  private let range: UInt64?
  /// The most counts per nanosecond.
  private let mostPerNs: Double
  /// Counts beyond that which steps and late updates can add between two readings.
  private let slack: Double
  /// Nanoseconds after which a reading comes too late.
  private let longestGapNs: UInt64
  /// Nanoseconds after which no change is a failure.
  private let longestRestNs: UInt64

  /// The counts of the window.
  private(set) var total: UInt64 = 0
  /// How often it began again.
  private(set) var wraps = 0
  /// What went wrong first.
  private(set) var fault: Fault?
  /// What was read last.
  var lastValue: UInt64 { last }

  private var last: UInt64 = 0
  private var lastNs: UInt64 = 0

  /// A counter that updates late by this much at most is still plausible; the slowest known, with 10 ms, are AMD's.
  private static let latenessNs = 10_000_000.0

  /// Makes a counter at rest.
  ///
  /// - Parameters:
  ///   - unitJ: joules per count.
  ///   - quantumJ: the step by which the hardware counts.
  ///   - longestGapNs: what the source allows between two readings; where there is a range, less than one round of it.
  ///   - longestRestNs: after how long without a change it counts no more.
  init(
    range: UInt64?, unitJ: Double, quantumJ: Double, maxPowerW: Double, longestGapNs: UInt64 = .max,
    longestRestNs: UInt64 = .max
  ) {
    self.longestRestNs = longestRestNs
    self.range = range
    let mostPerNs = maxPowerW * 1e-9 / unitJ
    self.mostPerNs = mostPerNs
    slack = mostPerNs * Self.latenessNs + 2 * quantumJ / unitJ
    let roundNs = range.map { Double($0) / mostPerNs } ?? .infinity
    // 2^62 ns are a century.
    self.longestGapNs = min(longestGapNs, UInt64(min(roundNs, 0x1p62)))
  }

  /// Takes the first reading.
  mutating func begin(_ value: UInt64, atNs: UInt64) {
    (total, wraps, fault) = (0, 0, nil)
    (last, lastNs) = (value, atNs)
    if let range, value > range { fault = .beyondRange }
  }

  /// Takes a further reading.
  mutating func advance(_ value: UInt64, atNs: UInt64) {
    guard fault == nil else { return }
    let gapNs = atNs >= lastNs ? atNs - lastNs : 0
    guard let step = step(to: value) else {
      fault = range == nil ? .decreased : .beyondRange
      return
    }
    if gapNs >= longestGapNs {
      fault = .unwatched
    } else if Double(step) > mostPerNs * Double(gapNs) + slack {
      fault = .impossible
    } else if step == 0 && gapNs >= longestRestNs {
      fault = .still
    } else {
      if value < last { wraps += 1 }
      total += step
      (last, lastNs) = (value, atNs)
    }
  }

  /// Counts from the last reading to this one; nil where that cannot be said.
  private func step(to value: UInt64) -> UInt64? {
    if let range {
      if value > range { return nil }
      return value >= last ? value - last : (range - last) + value
    }
    return value >= last ? value - last : nil
  }
}
