import CNuma
import Glibc

/// The machine's memory nodes, through libnuma (numa(3)).
///
/// The kernel numbers nodes; machines with one node, and kernels without the calls, have node 0 alone.
public enum MemoryNodes {
  /// Whether the kernel answers questions about nodes.
  static let isAvailable = numa_available() >= 0

  /// The nodes that this process may take memory from, in ascending order; nodes without memory are not among them.
  public static let usable: [Int] = existing.filter { allowed.contains($0) }

  /// The nodes that have memory.
  static let existing: [Int] =
    isAvailable ? (0...max(0, Int(numa_max_node()))).filter { numa_node_size64(Int32($0), nil) > 0 } : [0]

  /// The nodes that the process' cpuset allows.
  private static let allowed: Set<Int> = {
    guard isAvailable, let mask = numa_get_mems_allowed() else { return [0] }
    defer { numa_bitmask_free(mask) }
    return Set(existing.filter { numa_bitmask_isbitset(mask, UInt32($0)) != 0 })
  }()

  /// The usable node whose memory is nearest to a CPU: its own, unless that has no memory.
  ///
  /// - Throws: `EngineError` when the kernel does not know the CPU.
  static func node(ofCPU cpu: Int) throws -> Int {
    guard isAvailable else { return 0 }
    let own = Int(numa_node_of_cpu(Int32(cpu)))
    let nearest = nearest(to: own, among: usable) { Int(numa_distance(Int32($0), Int32($1))) }
    guard own >= 0, let node = nearest else {
      throw EngineError(
        .threads, "placement numa: the kernel says no memory node for CPU \(cpu); use placement pinned")
    }
    return node
  }

  /// The node itself where it is among `nodes`, else the nearest of them; the lowest number when several are.
  ///
  /// A distance of 0 is the library's way of not knowing one: such nodes come last.
  static func nearest(to node: Int, among nodes: [Int], distance: (Int, Int) -> Int) -> Int? {
    if nodes.contains(node) { return node }
    func rank(_ other: Int) -> Int {
      let steps = distance(node, other)
      return steps > 0 ? steps : .max
    }
    return nodes.min { (rank($0), $0) < (rank($1), $1) }
  }

  /// Free bytes of a node, or nil where the kernel does not say: `MemFree` of its meminfo, without the page cache.
  public static func freeBytes(of node: Int) -> Int? {
    guard isAvailable, let number = Int32(exactly: node) else { return nil }
    var free: Int64 = 0
    return numa_node_size64(number, &free) >= 0 ? Int(free) : nil
  }

  /// Refuses what a node cannot hold, or a node that cannot be used.
  ///
  /// Asked before memory is bound, because the kernel's own answer to a full node is to end the process. A tenth stays
  /// free for what else lives on the node.
  ///
  /// - Throws: `EngineError` that names the node, what is needed and what is free.
  public static func requireRoom(for bytes: Int, on node: Int) throws {
    guard existing.contains(node) else {
      throw EngineError(
        .memory, "placement numa: there is no memory on a node \(node); nodes with memory are \(list(existing))")
    }
    guard usable.contains(node) else {
      throw EngineError(
        .memory,
        "placement numa: this process may not use memory node \(node); its cpuset.mems allows \(list(usable))")
    }
    if let free = freeBytes(of: node), bytes > free - free / 10 {
      throw EngineError(
        .memory,
        "placement numa: node \(node) has \(free) bytes free and its share needs \(bytes), of which a tenth more must "
          + "be free; use placement pinned, fewer threads on that node or a smaller model, or drop the page cache "
          + "(echo 1 | sudo tee /proc/sys/vm/drop_caches)")
    }
  }

  /// Has the untouched pages of a range come from one node and no other.
  ///
  /// - Throws: `EngineError` when the system refuses.
  static func bind(_ address: UnsafeMutableRawPointer, bytes: Int, to node: Int) throws {
    var mask = [UInt](repeating: 0, count: node / UInt.bitWidth + 1)
    mask[node / UInt.bitWidth] = 1 << UInt(node % UInt.bitWidth)
    // The kernel reads one bit fewer than it is told of (mbind(2), BUGS).
    let bits = UInt(mask.count * UInt.bitWidth + 1)
    guard mbind(address, UInt(bytes), MPOL_BIND, &mask, bits, 0) == 0 else {
      throw EngineError(
        .memory,
        "placement numa: binding memory to node \(node): \(String(cString: strerror(errno))); containers often forbid "
          + "mbind: allow it (docker: --cap-add SYS_NICE), or use placement pinned")
    }
  }

  private static func list(_ nodes: [Int]) -> String { nodes.map(String.init).joined(separator: ",") }
}
