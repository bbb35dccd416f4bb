#if TERN_TEST_HOOKS
  import Foundation

  /// A known regression, for tests of the gate: every window does a part of its matrices' work once more.
  ///
  /// Compiled in by `make test-gate` alone, so that no binary that anybody measures with can be slowed by its
  /// environment.
  enum Slowdown {
    /// TERN_INJECT_SLOWDOWN: 0.03 adds three hundredths of the work.
    static let fraction: Double =
      ProcessInfo.processInfo.environment["TERN_INJECT_SLOWDOWN"].flatMap(Double.init) ?? 0

    /// Reads the variable, and looks for once whether a workload can be divided: half a million instructions that are
    /// not to be in the window.
    static func prepare(_ workload: any Workload) { _ = fraction > 0 && workload is any PartlyRepeatable }

    /// Adds to what a window of so many iterations did.
    static func add(to workload: any Workload, after iterations: Int) throws {
      guard fraction > 0, let workload = workload as? any PartlyRepeatable else { return }
      workload.repeatMatrices(iterations: fraction * Double(iterations))
    }
  }

  /// A workload that can do a part of an iteration's matrix products: real work, the same in every run.
  protocol PartlyRepeatable {
    /// Does the products of so many iterations again, a part of one as closely as its matrices can be divided.
    func repeatMatrices(iterations: Double)
  }
#endif
