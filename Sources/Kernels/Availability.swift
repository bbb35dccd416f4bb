/// Says whether this machine can run something, and if not, why, in words for a table.
public enum Availability: Sendable, Hashable {
  /// It runs here.
  case available
  /// It does not; the reason reads like "needs avx512bw, which this CPU lacks".
  case unavailable(reason: String)

  /// Tells whether it runs here.
  public var isAvailable: Bool { self == .available }

  /// Gives the reason why it does not run here, or nil where it does.
  public var reason: String? {
    switch self {
    case .available: nil
    case .unavailable(let reason): reason
    }
  }

  /// Compares what is needed with what there is.
  init(needs: InstructionSets, detected: InstructionSets = .detected) {
    let missing = needs.subtracting(detected).names
    if missing.isEmpty {
      self = .available
    } else {
      self = .unavailable(reason: "needs \(missing.joined(separator: " and ")), which this CPU lacks")
    }
  }
}

/// Says where a kernel has been proven equal to the scalar reference.
public enum Verification: String, Sendable, Codable {
  /// On a CPU that has the instructions.
  case hardware
  /// Under emulation only: the logic is proven, the speed is not.
  case emulated
}
