import CKernels

/// Makes ternary weights from a seed, any row on any thread, the same for every packing.
public enum SyntheticWeights {
  /// Writes one row of `columns` weights, each of −1, 0 and +1 about a third of them.
  public static func row(_ row: Int, seed: UInt64, columns: Int, into weights: UnsafeMutablePointer<Int8>) {
    ck_synthetic_row(seed, UInt64(bitPattern: Int64(row)), columns, weights)
  }
}
