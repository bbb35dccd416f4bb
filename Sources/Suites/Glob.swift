/// Patterns with `*` (any run of characters, also none) and `?` (exactly one), as fnmatch(3) without its brackets.
struct Glob: Sendable, Equatable {
  /// The pattern as it was written.
  let pattern: String

  init(_ pattern: String) { self.pattern = pattern }

  /// Whether the pattern is more than a plain name.
  var hasWildcard: Bool { pattern.contains("*") || pattern.contains("?") }

  /// Whether the whole of `name` fits.
  ///
  /// Only the last `*` is ever returned to, so the time is at most the product of both lengths.
  func matches(_ name: String) -> Bool {
    let pattern = Array(pattern)
    let name = Array(name)
    var p = 0
    var n = 0
    var star: (pattern: Int, name: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == "*" {
        star = (p, n)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == name[n] {
        p += 1
        n += 1
      } else if let last = star {
        star = (last.pattern, last.name + 1)
        p = last.pattern + 1
        n = last.name + 1
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}
