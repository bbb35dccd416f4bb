/// /proc/self/numa_maps: the mappings of a process, their policy, and how many of their pages are on which node
/// (proc_pid_numa_maps(5)).
///
/// A line is "7f0e40000000 bind:1 anon=512 dirty=512 N1=512 kernelpagesize_kB=4"; what does not look like that is
/// left out.
struct NUMAMaps: Sendable, Equatable {
  struct Mapping: Sendable, Equatable {
    let start: UInt
    let policy: String
    let pagesByNode: [Int: Int]
    let pageBytes: Int
  }

  /// In ascending order of `start`.
  let mappings: [Mapping]

  /// Nodes at or above this are not believed: no kernel is configured for more.
  private static let nodeLimit = 1024
  /// 1 GiB, the largest page there is, in the file's unit.
  private static let pageLimitKiB = 1 << 20

  init(_ text: String) {
    mappings = text.split(separator: "\n").compactMap { Self.mapping($0) }.sorted { $0.start < $1.start }
  }

  /// Pages of `pageBytes` on each node, summed over the mappings of a policy that hold any of the addresses; each
  /// mapping counts once, and whole.
  func pagesByNode(of ranges: [Range<UInt>], policy: String, pageBytes: Int) -> [Int: Int] {
    var seen: Set<Int> = []
    for range in ranges where !range.isEmpty {
      // Lines do not say where a mapping ends; the last one that starts at or before an address is the one it is in.
      var index = firstIndex(above: range.lowerBound) - 1
      while index < mappings.count, index < 0 || mappings[index].start < range.upperBound {
        if index >= 0, mappings[index].policy == policy { seen.insert(index) }
        index += 1
      }
    }
    var counts: [Int: Int] = [:]
    for index in seen {
      for (node, pages) in mappings[index].pagesByNode {
        let basePages = pages.multipliedReportingOverflow(by: mappings[index].pageBytes / pageBytes)
        let sum = counts[node, default: 0].addingReportingOverflow(basePages.partialValue)
        counts[node] = basePages.overflow || sum.overflow ? .max : sum.partialValue
      }
    }
    return counts
  }

  private func firstIndex(above address: UInt) -> Int {
    var (low, high) = (0, mappings.count)
    while low < high {
      let middle = (low + high) / 2
      if mappings[middle].start <= address { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func mapping(_ line: Substring) -> Mapping? {
    let words = line.split(separator: " ")
    guard words.count >= 2, let start = UInt(words[0], radix: 16) else { return nil }
    var pages: [Int: Int] = [:]
    var pageKiB = 4
    for word in words.dropFirst(2) {
      let pair = word.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, let value = Int(pair[1]), value >= 0 else { continue }
      if pair[0] == "kernelpagesize_kB" {
        pageKiB = value
      } else if pair[0].first == "N", let node = Int(pair[0].dropFirst()), (0..<nodeLimit).contains(node) {
        pages[node] = value
      }
    }
    guard (1...pageLimitKiB).contains(pageKiB) else { return nil }
    return Mapping(start: start, policy: String(words[1]), pagesByNode: pages, pageBytes: pageKiB << 10)
  }
}
