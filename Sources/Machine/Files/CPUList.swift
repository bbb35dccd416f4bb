/// The kernel's list format: "0-3,8,10-11" (Documentation/admin-guide/cputopology.rst).
enum CPUList {
  /// CPU numbers at or above this are not believed: distributions' kernels are built for 8192 CPUs at most.
  static let limit = 8192

  /// The numbers in ascending order, each once; nil when the text is not such a list.
  ///
  /// An empty line is an empty list.
  static func parse(_ text: String) -> [Int]? {
    let line = Fields.trimmed(text)
    if line.isEmpty { return [] }
    var cpus: Set<Int> = []
    for part in line.split(separator: ",", omittingEmptySubsequences: false) {
      guard let range = range(part) else { return nil }
      cpus.formUnion(range)
    }
    return cpus.sorted()
  }

  /// The shortest spelling of a sorted list.
  static func format(_ cpus: [Int]) -> String {
    var parts: [String] = []
    var rest = cpus[...]
    while let first = rest.first {
      let run = zip(rest, first...).prefix { $0 == $1 }.count
      parts.append(run == 1 ? "\(first)" : "\(first)-\(first + run - 1)")
      rest = rest.dropFirst(run)
    }
    return parts.joined(separator: ",")
  }

  private static func range(_ part: Substring) -> ClosedRange<Int>? {
    let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Fields.integer($0) }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1] else { return nil }
    guard first >= 0, first <= last, last < limit else { return nil }
    return first...last
  }
}
