import CKernels

/// Runs into one of this machine's ceilings: what a kernel's speed is compared with, in the same run.
public struct Probe: Sendable, Hashable, Identifiable {
  /// Names a ceiling.
  public enum Kind: String, Sendable, CaseIterable {
    /// Bytes of memory read: what bounds one vector.
    case read
    /// Int8 multiply-accumulates: what bounds many vectors.
    case int8
    /// Float multiply-adds: what bounds dense products and attention.
    case fma
    /// Loads of which each waits for the one before: what bounds a walk without a pattern.
    case latency
  }

  // The row is a constant of the program: never written, never freed.
  nonisolated(unsafe) let row: UnsafePointer<ck_probe>

  /// The unique id: "read@avx2".
  public var id: String { "\(name)@\(isa)" }
  /// The name of its kind.
  public var name: String { String(cString: row.pointee.name) }
  /// The instruction set that the row is written for.
  public var isa: String { String(cString: row.pointee.isa) }
  /// One line on how it works.
  public var summary: String { String(cString: row.pointee.summary) }
  /// The instruction sets without which it cannot run.
  public var needs: InstructionSets { InstructionSets(rawValue: row.pointee.needs) }
  /// The rank within a kind: the highest available row wins.
  public var priority: Int { Int(row.pointee.priority) }
  /// Whether this CPU can run it, and if not, why.
  public var availability: Availability { Availability(needs: needs) }

  /// Finds the best probe of a kind that this CPU runs; the portable one always does.
  public static func best(_ kind: Kind) -> Probe {
    KernelRegistry.probes.first { $0.name == kind.rawValue && $0.availability.isAvailable }!
  }

  /// Writes into a buffer what the probe needs to find there: for `latency` a random cycle through all of its lines.
  ///
  /// `buffer` is 64-byte aligned and holds `bytes` bytes.
  public func prepare(buffer: UnsafeMutablePointer<UInt8>, bytes: Int) {
    row.pointee.prepare?(buffer, bytes)
  }

  /// Does `work` units on the calling thread: bytes for `read`, products for `int8` and `fma`, loads for `latency`.
  ///
  /// `read` and `latency` walk the `bytes` bytes of the 64-byte aligned `buffer`, again and again until the work is
  /// done; the others take no buffer. The result depends on all the work, so that none can be optimised away.
  public func run(buffer: UnsafePointer<UInt8>? = nil, bytes: Int = 0, work: Int) -> UInt64 {
    row.pointee.run(buffer, bytes, work)
  }
}
