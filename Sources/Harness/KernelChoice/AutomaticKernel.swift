import Kernels

/// A name that stands for the best kernels of this machine instead of one of them.
public enum AutomaticKernel: String, Sendable, CaseIterable {
  /// For each matrix what a short measurement found best.
  case auto
  /// As auto, with threads and weights placed by memory node.
  case numa

  /// The placement that the name brings with it.
  public var placement: String? { self == .numa ? "numa" : nil }

  /// One line for `tern list kernels`.
  public var summary: String {
    switch self {
    case .auto: "for each matrix and batch what a short calibration finds fastest (tern calibrate)"
    case .numa: "as auto, under placement numa: rows split by memory node, each slice on its node"
    }
  }
}
