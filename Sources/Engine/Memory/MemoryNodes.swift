import CNuma
import Glibc
import Kernels

/// The machine's memory nodes, through libnuma (numa(3)).
///
/// The kernel numbers nodes; machines with one node, and kernels without the calls, have node 0 alone.
enum MemoryNodes {
  /// Whether the kernel answers questions about nodes.
  static let isAvailable = numa_available() >= 0

  /// The node whose memory is nearest to a CPU.
  static func node(ofCPU cpu: Int) -> Int {
    guard isAvailable else { return 0 }
    return max(0, Int(numa_node_of_cpu(Int32(cpu))))
  }

  /// Free bytes of a node, or nil where the kernel does not say.
  static func freeBytes(of node: Int) -> Int? {
    guard isAvailable else { return nil }
    var free: Int64 = 0
    return numa_node_size64(Int32(node), &free) >= 0 ? Int(free) : nil
  }

  /// Maps memory whose pages will come from one node and no other.
  ///
  /// - Throws: `EngineError` when the node has not enough free memory (asked before, because the kernel's own answer to
  ///   a full node is to end the process), or when the system refuses the placement.
  static func map(bytes: Int, node: Int) throws -> AlignedBuffer {
    // A tenth stays free for what else lives on the node.
    if let free = freeBytes(of: node), bytes > free - free / 10 {
      throw EngineError(
        .memory,
        "placement numa: node \(node) has \(free) bytes free and its share needs \(bytes); use placement pinned, "
          + "fewer threads on that node, or a smaller model")
    }
    let buffer = try AlignedBuffer(bytes: bytes)
    var mask = [UInt](repeating: 0, count: node / UInt.bitWidth + 1)
    mask[node / UInt.bitWidth] = 1 << UInt(node % UInt.bitWidth)
    // The kernel reads one bit fewer than it is told of (mbind(2), BUGS).
    let bits = UInt(mask.count * UInt.bitWidth + 1)
    guard mbind(buffer.address, UInt(bytes), MPOL_BIND, &mask, bits, 0) == 0 else {
      throw EngineError(
        .memory,
        "placement numa: binding memory to node \(node): \(String(cString: strerror(errno))); containers often forbid "
          + "mbind: allow it (docker: --cap-add SYS_NICE), or use placement pinned")
    }
    return buffer
  }

  /// Asks where pages are: adds to `counts` by node, and gives the number of pages that the kernel said nothing of.
  ///
  /// - Throws: `EngineError` when the kernel refuses the question.
  static func countPages(
    from address: UnsafeMutableRawPointer, bytes: Int, into counts: inout [Int: Int]
  ) throws -> Int {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    // A few thousand pages a call: the arrays stay small.
    let pagesPerCall = 4096
    let first = UInt(bitPattern: address) / UInt(page) * UInt(page)
    let count = Int((UInt(bitPattern: address) + UInt(bytes) - first + UInt(page) - 1) / UInt(page))
    var unknown = 0
    for start in stride(from: 0, to: count, by: pagesPerCall) {
      let taken = min(pagesPerCall, count - start)
      var pages = (0..<taken).map { UnsafeMutableRawPointer(bitPattern: first + UInt((start + $0) * page)) }
      var nodes = [Int32](repeating: -1, count: taken)
      guard move_pages(0, UInt(taken), &pages, nil, &nodes, 0) == 0 else {
        throw EngineError(
          .memory,
          "placement numa: asking where pages are: \(String(cString: strerror(errno))); containers often forbid "
            + "move_pages: allow it (docker: --cap-add SYS_NICE), or use placement pinned")
      }
      for node in nodes {
        if node >= 0 { counts[Int(node), default: 0] += 1 } else { unknown += 1 }
      }
    }
    return unknown
  }
}
