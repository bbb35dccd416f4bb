import CKernels

/// Knows every row that is linked into this program, and finds kernels by the names that users write.
public enum KernelRegistry {
  /// Every ternary kernel, available or not, by name and then best first.
  public static let kernels: [Kernel] = rows(count: ck_kernel_count(), at: ck_kernel_at)
    .map(Kernel.init(row:))
    .sorted { ($0.name, -$0.priority, $0.isa) < ($1.name, -$1.priority, $1.isa) }

  /// Every packing, by name.
  public static let packings: [Packing] = rows(count: ck_packing_count(), at: ck_packing_at)
    .map(Packing.init(row:))
    .sorted { $0.name < $1.name }

  /// Every dense kernel, available or not, by format and then best first.
  public static let denseKernels: [DenseKernel] = rows(count: ck_dense_kernel_count(), at: ck_dense_kernel_at)
    .map(DenseKernel.init(row:))
    .sorted { ($0.format.rawValue, -$0.priority, $0.isa) < ($1.format.rawValue, -$1.priority, $1.isa) }

  /// Every set of vector operations, available or not, best first.
  public static let vectorOps: [VectorOps] = rows(count: ck_vector_ops_count(), at: ck_vector_ops_at)
    .map(VectorOps.init(row:))
    .sorted { ($1.priority, $0.isa) < ($0.priority, $1.isa) }

  /// Every probe, available or not, by name and then best first.
  public static let probes: [Probe] = rows(count: ck_probe_count(), at: ck_probe_at)
    .map(Probe.init(row:))
    .sorted { ($0.name, -$0.priority, $0.isa) < ($1.name, -$1.priority, $1.isa) }

  private static func rows<Row>(count: Int, at row: (Int) -> UnsafePointer<Row>?) -> [UnsafePointer<Row>] {
    (0..<count).compactMap(row)
  }

  /// Finds a packing by the name that a kernel's row holds.
  static func packing(named name: UnsafePointer<CChar>) -> Packing? {
    let name = String(cString: name)
    return packings.first { $0.name == name }
  }
}

extension KernelRegistry {
  /// Finds the kernel that a user names: "simd" is the best of that name that this CPU runs, "simd@avx2" exactly that.
  ///
  /// Throws `KernelError.unknown` with the nearest name, or `KernelError.unavailable` with what there is instead.
  public static func resolve(_ name: String) throws(KernelError) -> Kernel {
    let candidates = try named(name)
    if let kernel = candidates.first(where: \.isAvailable) { return kernel }
    throw .unavailable(
      name: name, reason: candidates[0].availability.reason ?? "has no reason",
      available: kernels.filter(\.isAvailable).map(\.id))
  }

  /// Finds every kernel that a pattern names, available or not, so that a suite can record what it skipped and why.
  ///
  /// "*" stands for any characters: "*" and "simd@*" match ids, "s*" matches names and gives the best row of each. A
  /// pattern without "*" gives one kernel, the best of its name. Throws `KernelError.unknown` if nothing matches.
  public static func matching(_ pattern: String) throws(KernelError) -> [Kernel] {
    guard pattern.contains("*") else { return [preferred(try named(pattern))] }
    let matches: [Kernel]
    if pattern.contains("@") {
      matches = kernels.filter { glob(pattern, matches: $0.id) }
    } else {
      let names = Set(kernels.map(\.name).filter { glob(pattern, matches: $0) })
      matches = names.sorted().map { name in preferred(kernels.filter { $0.name == name }) }
    }
    guard !matches.isEmpty else { throw unknown(pattern) }
    return matches
  }

  /// Picks the first row that runs here, or the best one that does not.
  private static func preferred(_ candidates: [Kernel]) -> Kernel {
    candidates.first(where: \.isAvailable) ?? candidates[0]
  }

  /// Lists the rows of a name or an id, best first; never empty.
  private static func named(_ name: String) throws(KernelError) -> [Kernel] {
    let candidates = kernels.filter { name.contains("@") ? $0.id == name : $0.name == name }
    guard !candidates.isEmpty else { throw unknown(name) }
    return candidates
  }

  private static func unknown(_ name: String) -> KernelError {
    let names = Set(kernels.map(\.name)).sorted()
    let known = name.contains("@") ? kernels.map(\.id) : names
    return .unknown(name: name, nearest: nearest(to: name, among: known), known: known)
  }
}
