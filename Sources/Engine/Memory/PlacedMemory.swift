import Glibc
import Kernels

/// Ranges of memory and the nodes that their pages belong on: what can be counted at any time.
struct PlacedMemory: Sendable {
  /// Some bytes of a buffer, whole pages but for the last.
  struct Range: Sendable {
    let owner: AlignedBuffer
    let offset: Int
    let bytes: Int
    let node: Int

    init(_ owner: AlignedBuffer, offset: Int = 0, bytes: Int, node: Int) {
      self.owner = owner
      self.offset = offset
      self.bytes = bytes
      self.node = node
    }

    /// The addresses of the pages that hold any of the bytes.
    var addresses: Swift.Range<UInt> {
      let start = UInt(bitPattern: owner.address) + UInt(offset)
      return start..<start + UInt(bytes)
    }
  }

  let ranges: [Range]

  init(_ ranges: [Range]) { self.ranges = ranges.filter { $0.bytes > 0 } }

  static func + (a: PlacedMemory, b: PlacedMemory) -> PlacedMemory { PlacedMemory(a.ranges + b.ranges) }

  /// Asks where every page is.
  ///
  /// Pages that the kernel says nothing of were paged out, or unmapped by NUMA balancing to see who touches them; they
  /// are touched and asked about again. Where some remain, or where balancing is on, /proc/self/numa_maps is a second
  /// witness.
  ///
  /// - Throws: `EngineError` when the kernel refuses the question.
  func count(_ kernel: PageQuery = .live) throws -> PagePlacement {
    var placement = PagePlacement()
    var unknownByNode: [Int: Int] = [:]
    for range in ranges {
      let found = try kernel.nodes(of: range.addresses)
      for node in found {
        if node < 0 {
          unknownByNode[range.node, default: 0] += 1
        } else {
          placement.pagesByNode[Int(node), default: 0] += 1
          if Int(node) != range.node { placement.pagesMisplaced += 1 }
        }
      }
    }
    placement.pagesUnknown = unknownByNode.values.reduce(0, +)
    if placement.pagesUnknown > 0 || kernel.isBalancing(), let maps = kernel.maps() {
      check(&placement, unknownByNode: unknownByNode, against: maps, pageBytes: kernel.pageBytes)
    }
    return placement
  }

  /// Holds a count against the kernel's list of mappings.
  ///
  /// Mappings bound to a node hold nothing but such memory, so pages on other nodes are misplaced; where there are none
  /// and as many pages as there should be, those that were not answered for are where they belong.
  private func check(
    _ placement: inout PagePlacement, unknownByNode: [Int: Int], against maps: NUMAMaps, pageBytes: Int
  ) {
    var misplaced = 0
    for (node, ranges) in Dictionary(grouping: ranges, by: \.node) {
      let counts = maps.pagesByNode(of: ranges.map(\.addresses), policy: "bind:\(node)", pageBytes: pageBytes)
      let own = counts[node, default: 0]
      let foreign = counts.values.reduce(0, +) - own
      misplaced += foreign
      let expected = ranges.reduce(0) { $0 + PageQuery.pageCount(of: $1.addresses, pageBytes: pageBytes) }
      if let unknown = unknownByNode[node], foreign == 0, own >= expected {
        placement.pagesUnknown -= unknown
        placement.pagesByNode[node, default: 0] += unknown
      }
    }
    placement.pagesMisplaced = max(placement.pagesMisplaced, misplaced)
  }
}
