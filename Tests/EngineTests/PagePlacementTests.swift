import Glibc
import Kernels
import Testing

@testable import Engine

/// Counting pages: what the kernel answers, what it does not, and its second witness.
@Suite struct PagePlacementTests {
  /// A kernel that answers from a table; pages that are not in it are on `node`.
  private final class FakeKernel {
    var node: Int32 = 0
    var answers: [UInt: Int32] = [:]
    /// What a page says once it was touched.
    var touched: [UInt: Int32] = [:]
    var balancing = false
    var maps: String?
    private(set) var asked = 0

    var query: PageQuery {
      PageQuery(
        pageBytes: 4096,
        ask: { pages in
          self.asked += pages.count
          return pages.map { self.answers[UInt(bitPattern: $0) / 4096] ?? self.node }
        },
        touch: { page in
          let page = UInt(bitPattern: page) / 4096
          if let answer = self.touched[page] { self.answers[page] = answer }
        }, isBalancing: { self.balancing }, maps: { self.maps.map(NUMAMaps.init) })
    }
  }

  /// Memory that is reserved and never written: only its addresses matter.
  private func memory(pages: Int, node: Int) throws -> (PlacedMemory, firstPage: UInt) {
    let buffer = try AlignedBuffer(bytes: pages * 4096)
    return (PlacedMemory([.init(buffer, bytes: buffer.bytes, node: node)]), UInt(bitPattern: buffer.address) / 4096)
  }

  @Test(arguments: [0, 49_999, 99_999]) func oneMisplacedPageInAHundredThousandIsFound(page: Int) throws {
    let (memory, first) = try memory(pages: 100_000, node: 0)
    let kernel = FakeKernel()
    #expect(try memory.count(kernel.query).problem == nil)
    #expect(kernel.asked == 100_000)
    kernel.answers[first + UInt(page)] = 1
    let placement = try memory.count(kernel.query)
    #expect(placement.pagesByNode == [0: 99_999, 1: 1] && placement.pagesMisplaced == 1)
    #expect(placement.problem?.hasPrefix("1 of 100000 pages are on another memory node") == true)
  }

  @Test(arguments: [Int32(-2), -14]) func pagesWithoutMemoryAreTouchedAndAskedAboutAgain(status: Int32) throws {
    let (memory, first) = try memory(pages: 10_000, node: 1)
    let kernel = FakeKernel()
    kernel.node = 1
    for page in stride(from: UInt(0), to: 10_000, by: 7) {
      kernel.answers[first + page] = status
      kernel.touched[first + page] = page == 7 ? 0 : 1
    }
    let placement = try memory.count(kernel.query)
    #expect(placement.pagesUnknown == 0)
    #expect(placement.pagesByNode == [1: 9999, 0: 1] && placement.pagesMisplaced == 1)
  }

  @Test func pagesThatStayUnansweredAreNotCalledPlaced() throws {
    let (memory, first) = try memory(pages: 100, node: 0)
    let kernel = FakeKernel()
    kernel.answers[first + 3] = -14
    let placement = try memory.count(kernel.query)
    #expect(placement.pagesUnknown == 1 && placement.pages == 100)
    #expect(placement.problem == "the kernel does not say where 1 of 100 pages are")
  }

  @Test func theListOfMappingsAnswersForThem() throws {
    let (memory, first) = try memory(pages: 100, node: 1)
    let kernel = FakeKernel()
    kernel.node = 1
    kernel.answers[first + 3] = -14
    let start = String(first * 4096, radix: 16)
    kernel.maps = "\(start) bind:1 anon=100 dirty=100 N1=100 kernelpagesize_kB=4\n"
    #expect(try memory.count(kernel.query).pagesByNode == [1: 100])
    // One page too few, or another policy: nothing is proven.
    for line in ["bind:1 anon=99 N1=99 kernelpagesize_kB=4", "default anon=100 N1=100 kernelpagesize_kB=4"] {
      kernel.maps = "\(start) \(line)\n"
      #expect(try memory.count(kernel.query).pagesUnknown == 1)
    }
  }

  @Test func underBalancingTheListOfMappingsIsHeardToo() throws {
    let (memory, first) = try memory(pages: 100, node: 0)
    let kernel = FakeKernel()
    kernel.maps = "\(String(first * 4096, radix: 16)) bind:0 anon=100 N0=98 N1=2 kernelpagesize_kB=4"
    #expect(try memory.count(kernel.query).pagesMisplaced == 0)
    kernel.balancing = true
    #expect(try memory.count(kernel.query).pagesMisplaced == 2)
  }

  @Test(.enabled(if: MemoryNodes.isAvailable, "this kernel has no calls for memory nodes"))
  func theKernelAnswersForEveryPageOfRealMemory() throws {
    let node = MemoryNodes.usable[0]
    // Base pages; then huge pages, of which every part is asked about.
    for pages in [1, 5000, 2048] {
      let memory = try NodeMemory(bytes: pages * 4096 - 100, node: node)
      // Nothing was written: asking brings the pages in, from the node.
      let placement = try memory.countPages()
      #expect(placement.pagesByNode == [node: pages] && placement.pagesUnknown == 0)
      #expect(UnsafeRawBufferPointer(start: memory.buffer.address, count: memory.buffer.bytes).allSatisfy { $0 == 0 })
      #expect(try PagePlacement(of: memory.buffer, belongingOn: node + 1).pagesMisplaced == pages)
    }
  }

  @Test func aLineOfTheListIsReadAsTheKernelWritesIt() {
    let text = """
      00400000 default file=/usr/bin/tern mapped=8 N0=8 kernelpagesize_kB=4
      7f0000400000 bind:1 anon=512 dirty=512 active=0 N0=2 N1=510 kernelpagesize_kB=4
      7f0000000000 prefer (many):0-1 huge anon=3 dirty=3 N1=3 kernelpagesize_kB=2048
      7ffd10000000 default stack anon=3 dirty=3 N0=3 kernelpagesize_kB=4
      """
    let maps = NUMAMaps(text)
    #expect(maps.mappings.map(\.start) == [0x400000, 0x7f00_0000_0000, 0x7f00_0040_0000, 0x7ffd_1000_0000])
    #expect(maps.mappings[2].pagesByNode == [0: 2, 1: 510] && maps.mappings[2].policy == "bind:1")
    let inside: Range<UInt> = 0x7f00_0040_1000..<0x7f00_0040_2000
    #expect(maps.pagesByNode(of: [inside, inside], policy: "bind:1", pageBytes: 4096) == [0: 2, 1: 510])
    #expect(maps.pagesByNode(of: [inside], policy: "bind:0", pageBytes: 4096).isEmpty)
    #expect(maps.pagesByNode(of: [0..<0x1000], policy: "bind:1", pageBytes: 4096).isEmpty)
    let across: Range<UInt> = 0x7f00_0000_0000..<0x7f00_0060_0000
    #expect(maps.pagesByNode(of: [across], policy: "prefer", pageBytes: 4096) == [1: 1536])
  }

  @Test func damagedListsAreReadWithoutHarm() {
    let line = "7f0e40000000 bind:1 anon=512 dirty=512 N0=2 N1=510 kernelpagesize_kB=4\n"
    let pieces = [
      "N0=", "=", "N99999999999999999999=1", "N1=9223372036854775807", "kernelpagesize_kB=0", "\n", " ", "-1",
    ]
    var random = SystemSeed(state: 11)
    for _ in 0..<2000 {
      var bytes = Array((line + line).utf8)
      for _ in 0..<random.next(6) {
        let place = random.next(bytes.count)
        if random.next(2) == 0 {
          bytes[place] = UInt8(truncatingIfNeeded: random.next(256))
        } else {
          bytes.insert(contentsOf: Array(pieces[random.next(pieces.count)].utf8), at: place)
        }
      }
      let maps = NUMAMaps(String(decoding: bytes, as: UTF8.self))
      for mapping in maps.mappings {
        #expect(mapping.pageBytes > 0 && mapping.pagesByNode.values.allSatisfy { $0 >= 0 })
      }
      _ = maps.pagesByNode(of: [0..<UInt.max, 5..<5], policy: "bind:1", pageBytes: 4096)
    }
  }
}

/// A small seeded generator: the same damage in every run.
private struct SystemSeed {
  var state: UInt64

  mutating func next(_ bound: Int) -> Int {
    // Knuth's multiplier of MMIX; the high bits are the good ones.
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(max(bound, 1)))
  }
}
