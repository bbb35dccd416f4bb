extension PhaseRecord {
  /// A probe of the machine: "probe:read", and with a place "probe:read@L2", "probe:latency@node0-node1".
  ///
  /// Without a place it is main memory, or registers for what reads none: the ceiling that kernels are held against.
  public static func probe(_ name: String, at place: String? = nil) -> PhaseRecord {
    PhaseRecord(label: "probe:\(name)" + (place.map { "@\($0)" } ?? ""), kind: .probe)
  }

  /// What a probe measures ("read", "int8", "fma", "latency"); nil for other phases.
  public var probeName: String? { probeParts.first }

  /// Where a probe measures it: "L2", "node0-node1"; nil for main memory and registers.
  public var probePlace: String? { probeParts.count > 1 ? probeParts[1] : nil }

  private var probeParts: [String] {
    guard kind == .probe, label.hasPrefix("probe:") else { return [] }
    return label.dropFirst(6).split(separator: "@", maxSplits: 1).map(String.init)
  }
}
