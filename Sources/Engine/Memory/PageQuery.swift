import CNuma
import Glibc
import Synchronization

/// The questions about pages that the kernel is asked; other answers stand in its place in tests.
struct PageQuery {
  /// Bytes of a base page.
  var pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))
  /// The node of each page, or a negative errno: −2 (ENOENT) and −14 (EFAULT) are what pages without memory give.
  var ask: ([UnsafeMutableRawPointer?]) throws -> [Int32]
  /// Brings a page into memory without changing it.
  var touch: (UnsafeMutableRawPointer) -> Void
  /// Whether the kernel unmaps and moves pages by itself.
  var isBalancing: () -> Bool
  /// The kernel's list of mappings; nil where it gives none.
  var maps: () -> NUMAMaps?

  /// A few thousand pages a call: the arrays stay small.
  static let pagesPerCall = 4096
  /// Balancing may unmap a page between the touch and the question; it comes by once a second at most.
  static let retries = 3

  static func pageCount(of addresses: Range<UInt>, pageBytes: Int) -> Int {
    let page = UInt(pageBytes)
    return addresses.isEmpty ? 0 : Int((addresses.upperBound + page - 1) / page - addresses.lowerBound / page)
  }

  /// The node of every page that holds any of the addresses, in order; negative for pages that stay unanswered.
  ///
  /// - Throws: `EngineError` when the kernel refuses the question.
  func nodes(of addresses: Range<UInt>) throws -> [Int32] {
    let first = addresses.lowerBound / UInt(pageBytes)
    let count = Self.pageCount(of: addresses, pageBytes: pageBytes)
    var nodes: [Int32] = []
    nodes.reserveCapacity(count)
    for start in stride(from: 0, to: count, by: Self.pagesPerCall) {
      let taken = min(Self.pagesPerCall, count - start)
      let pages = (0..<taken).map { UnsafeMutableRawPointer(bitPattern: (first + UInt(start + $0)) * UInt(pageBytes)) }
      nodes += try answered(pages)
    }
    return nodes
  }

  private func answered(_ pages: [UnsafeMutableRawPointer?]) throws -> [Int32] {
    var nodes = try ask(pages)
    for _ in 0..<Self.retries {
      let open = nodes.indices.filter { nodes[$0] < 0 }
      if open.isEmpty { break }
      for index in open {
        if let page = pages[index] { touch(page) }
      }
      for (index, node) in zip(open, try ask(open.map { pages[$0] })) { nodes[index] = node }
    }
    return nodes
  }
}

extension PageQuery {
  /// The kernel that runs this process.
  static var live: PageQuery {
    PageQuery(
      ask: askKernel, touch: writeBack,
      isBalancing: { TextFile.read("/proc/sys/kernel/numa_balancing").map { !$0.hasPrefix("0") } ?? false },
      maps: { TextFile.read("/proc/self/numa_maps").map(NUMAMaps.init) })
  }

  private static func askKernel(_ pages: [UnsafeMutableRawPointer?]) throws -> [Int32] {
    var pages = pages
    var nodes = [Int32](repeating: -1, count: pages.count)
    guard move_pages(0, UInt(pages.count), &pages, nil, &nodes, 0) == 0 else {
      throw EngineError(
        .memory,
        "placement numa: asking where pages are: \(String(cString: strerror(errno))); containers often forbid "
          + "move_pages: allow it (docker: --cap-add SYS_NICE), or use placement pinned")
    }
    return nodes
  }

  /// Writes a byte back: a read would be answered with the kernel's one page of zeros.
  ///
  /// Nothing else may write meanwhile; weights and inputs stand still between windows. Atomic, because a plain store of
  /// what was just loaded is removed by the compiler.
  private static func writeBack(_ page: UnsafeMutableRawPointer) {
    page.withMemoryRebound(to: Atomic<UInt8>.self, capacity: 1) { byte in
      byte.pointee.store(byte.pointee.load(ordering: .relaxed), ordering: .relaxed)
    }
  }
}
