/// One NUMA node.
public struct NUMANodeRecord: Codable, Sendable, Equatable {
  /// The kernel's node number.
  public var id: Int
  /// The node's CPUs, ascending; empty for a node of memory alone.
  public var cpus: [Int]
  /// The node's memory, bytes.
  public var memoryTotalBytes: Int?
  /// Distances to all nodes, in the order of their ids; 10 is local.
  public var distances: [Int]?

  enum CodingKeys: String, CodingKey {
    case id, cpus, distances
    case memoryTotalBytes = "memory_total_bytes"
  }

  /// Makes a node.
  public init(id: Int, cpus: [Int], memoryTotalBytes: Int?, distances: [Int]?) {
    self.id = id
    self.cpus = cpus
    self.memoryTotalBytes = memoryTotalBytes
    self.distances = distances
  }
}
