import Foundation
import Meters
import Records
import Suites

/// One process of a gate: `tern run` of one cell, one repetition, in a process of its own.
///
/// What a letter measures is what a user measures: the other side need not know anything of gates.
public struct GateLetter: Sendable {
  /// What the letter's suite says beside the cell.
  public struct Settings: Sendable, Equatable {
    /// Meters around the window.
    public var meters: [String]
    /// Iterations of the window; nil lets the process calibrate.
    public var iterations: Int?
    /// The least window that it calibrates for.
    public var minTimeSeconds: Double
    /// Warm-up runs; nil leaves what the suite says.
    public var warmup: Int?

    /// Makes settings.
    public init(meters: [String], iterations: Int? = nil, minTimeSeconds: Double = 0, warmup: Int? = nil) {
      self.meters = meters
      self.iterations = iterations
      self.minTimeSeconds = minTimeSeconds
      self.warmup = warmup
    }
  }

  /// The cell that is run.
  public let cell: Cell
  /// The suite of that cell alone.
  public let suite: Suite

  /// Makes the letter of a cell of a suite.
  public init(_ cell: Cell, of suite: Suite, settings: Settings) {
    self.cell = cell
    let only = SuiteCase(
      name: "gate", models: cell.model.map { [$0] } ?? [], shapes: cell.matrix.map { ["\($0)"] } ?? [],
      kernels: cell.kernel.map { [$0] } ?? [], threads: ["\(cell.threads)"], placements: [cell.placement],
      phases: [cell.phase.label], repetitions: 1, minTimeSeconds: settings.minTimeSeconds,
      iterations: settings.iterations, warmup: settings.warmup ?? cell.warmup, cooldownSeconds: cell.cooldownSeconds,
      profile: false, expectTokensSHA256: cell.expectTokensSHA256)
    // Without a baseline of idle power: what both sides have in common cancels in their ratio.
    self.suite = Suite(
      name: "gate", order: .sequential, seed: 1, meters: settings.meters, counters: suite.counters, baselineSeconds: 0,
      cacheFormat: suite.cacheFormat, cases: [only])
  }
}

extension Cell {
  /// The same cell with one thread: threads that wait for each other spin, and how long is not repeatable.
  public var withOneThread: Cell {
    guard threads != 1 else { return self }
    var cell = self
    cell.threads = 1
    // Ids are built by the suite's expansion: subject, kernel, threads, placement, phase.
    cell.id = id.replacingOccurrences(of: "/t\(threads)/\(placement)/", with: "/t1/\(placement)/")
    return cell
  }
}

/// A program of one side.
public struct GateBinary: Sendable {
  /// "base" or "head", for messages.
  public let role: String
  /// Where it is.
  public let path: String

  /// Makes a binary.
  public init(role: String, path: String) {
    self.role = role
    self.path = path
  }

  /// What the variable says that slows a binary of the tests: it is for the head, so that one binary can be both sides.
  var injectedSlowdown: String? {
    role == "head" ? ProcessInfo.processInfo.environment["TERN_INJECT_SLOWDOWN"] : nil
  }
}

/// A side went wrong in a cell: it crashed, hung, gave wrong output, or wrote a record that cannot be used.
public struct LetterFailure: Error, CustomStringConvertible, Sendable, Equatable {
  /// The side and what happened.
  public let description: String

  /// Makes a failure.
  public init(_ description: String) { self.description = description }
}
