import Engine
import Kernels
import Meters

/// What calibration measured on one machine for one shape: for each matrix of a layer, the time of every kernel.
public struct Calibration: Codable, Sendable, Equatable {
  /// One kernel on one matrix.
  public struct Timing: Codable, Sendable, Equatable {
    /// The kernel's id.
    public var kernel: String
    /// One vector times one layer's matrix, preparing it included, nanoseconds.
    public var singleNs: Double
    /// `batch` vectors times the same, nanoseconds.
    public var batchNs: Double

    enum CodingKeys: String, CodingKey {
      case kernel
      case singleNs = "single_ns"
      case batchNs = "batch_ns"
    }
  }

  /// One matrix of a layer.
  public struct Matrix: Codable, Sendable, Equatable {
    /// "qkv", "o", "gate+up", "down".
    public var name: String
    /// Input and output width.
    public var columns, rows: Int
    /// Every kernel that was tried.
    public var timings: [Timing]
  }

  /// Vectors of the batch that was timed: enough that tiles pay, few enough to be quick.
  public static let batch = 64

  /// In the order of `TransformerShape.Role`.
  public var matrices: [Matrix]

  /// The kernels that were fastest: for each matrix the packing with the fastest single vector, and in that packing the
  /// fastest kernel for batches.
  ///
  /// Decoding comes first because a packing is for good and its bytes decide decoding; batches differ little between
  /// packings. Nil when a kernel is not known to this build, or cannot run here.
  public func plan(name: String) -> KernelPlan? {
    let choices = matrices.map(choice)
    guard choices.count == TransformerShape.Role.allCases.count, !choices.contains(where: { $0 == nil }) else {
      return nil
    }
    return KernelPlan(name: name) { choices[$0.rawValue]! }
  }

  private func choice(_ matrix: Matrix) -> KernelPlan.Choice? {
    let known = matrix.timings.compactMap { timing in
      (try? KernelRegistry.resolve(timing.kernel)).map { (kernel: $0, timing: timing) }
    }
    guard known.count == matrix.timings.count, let single = known.min(by: { $0.timing.singleNs < $1.timing.singleNs })
    else { return nil }
    let sharing = known.filter { $0.kernel.packing == single.kernel.packing }
    guard let batch = sharing.min(by: { $0.timing.batchNs < $1.timing.batchNs }) else { return nil }
    return KernelPlan.Choice(single: single.kernel, batch: batch.kernel, batchFrom: Self.batchFrom)
  }

  /// From here on a batch is what was timed as one; below, kernels multiply one vector after the other.
  private static let batchFrom = 6
}
