import Kernels

/// Memory of one node, given out in pieces: one matrix' share is often smaller than a huge page, many together are not.
final class NodeArena {
  private let node: Int
  private var chunks: [(buffer: AlignedBuffer, used: Int)] = []

  /// 32 huge pages: the unused end of the last chunk is small beside a model.
  private static let chunkBytes = 64 << 20

  init(node: Int) { self.node = node }

  /// Takes a piece that starts on a cache line.
  ///
  /// - Throws: `EngineError` when the node has no room or may not be asked for.
  func take(_ bytes: Int) throws -> PanelMemory {
    let bytes = (bytes + 63) / 64 * 64
    if chunks.isEmpty || chunks[chunks.count - 1].used + bytes > chunks[chunks.count - 1].buffer.bytes {
      chunks.append((try MemoryNodes.map(bytes: max(Self.chunkBytes, bytes), node: node), 0))
    }
    let chunk = chunks.count - 1
    defer { chunks[chunk].used += bytes }
    return PanelMemory(chunks[chunk].buffer, offset: chunks[chunk].used)
  }

  /// Adds where the pages in use are; those that lie on another node are misplaced.
  func count(into placement: inout PagePlacement) throws {
    var counts: [Int: Int] = [:]
    for chunk in chunks {
      placement.pagesUnknown += try MemoryNodes.countPages(
        from: chunk.buffer.address, bytes: chunk.used, into: &counts)
    }
    for (found, pages) in counts {
      placement.pagesByNode[found, default: 0] += pages
      if found != node { placement.pagesMisplaced += pages }
    }
  }
}

/// Where the pages of a model's ternary weights are, asked of the kernel after they were written (move_pages(2)).
public struct PagePlacement: Sendable, Equatable {
  /// Pages on each node, by the kernel's number of the node.
  public var pagesByNode: [Int: Int] = [:]
  /// Pages on another node than that of the threads that read them.
  public var pagesMisplaced = 0
  /// Pages that the kernel said nothing of.
  public var pagesUnknown = 0
}
