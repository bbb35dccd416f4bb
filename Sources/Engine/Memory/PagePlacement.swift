import Kernels

/// Where pages are that belong on certain nodes, asked of the kernel after they were written (move_pages(2)).
public struct PagePlacement: Sendable, Equatable {
  /// Pages on each node, by the kernel's number of the node.
  public var pagesByNode: [Int: Int] = [:]
  /// Pages on another node than that of the threads that read them.
  public var pagesMisplaced = 0
  /// Pages that the kernel said nothing of, not even after they were touched again.
  public var pagesUnknown = 0

  /// Pages in all.
  public var pages: Int { pagesByNode.values.reduce(pagesUnknown, +) }

  /// What is wrong with the placement, as a sentence; nil when every page is where it belongs.
  public var problem: String? {
    if pagesMisplaced > 0 {
      return "\(pagesMisplaced) of \(pages) pages are on another memory node than the threads that read them"
    }
    return pagesUnknown > 0 ? "the kernel does not say where \(pagesUnknown) of \(pages) pages are" : nil
  }

  /// What to do about a problem.
  public static let fix = "sudo sysctl kernel.numa_balancing=0, and let nothing else move this process' memory"

  /// Asks where the pages of a buffer are, however it was placed; those on another node than `node` are misplaced.
  ///
  /// - Throws: `EngineError` when the kernel refuses the question.
  public init(of buffer: AlignedBuffer, belongingOn node: Int) throws {
    self = try PlacedMemory([PlacedMemory.Range(buffer, bytes: buffer.bytes, node: node)]).count()
  }

  init() {}

  /// Counts the pages of other memory as well.
  mutating func add(_ other: PagePlacement) {
    pagesByNode.merge(other.pagesByNode, uniquingKeysWith: +)
    pagesMisplaced += other.pagesMisplaced
    pagesUnknown += other.pagesUnknown
  }
}
