/// Main memory and what may be taken of it.
struct Memory: Sendable {
  let files: SystemFiles
  private let information: [String: String]

  init(files: SystemFiles) {
    self.files = files
    information = files.text("/proc/meminfo").map { Fields.pairs($0, separator: ":") } ?? [:]
  }

  /// All memory that the kernel manages.
  var totalBytes: Int? { bytes("MemTotal") }

  /// Swap that is in use.
  var swapUsedBytes: Int? {
    guard let total = bytes("SwapTotal"), let free = bytes("SwapFree") else { return nil }
    return max(0, total - free)
  }

  /// The most that this process could ever have: all memory, or the tightest control group's limit.
  var ceilingBytes: Int? { [totalBytes, controlGroups.limitBytes].compactMap { $0 }.min() }

  /// The lower of MemAvailable and what the control groups leave.
  var availableBytes: Int? { [bytes("MemAvailable"), controlGroups.availableBytes].compactMap { $0 }.min() }

  /// The least limit and the least remainder over the levels of the hierarchy; nil when no level has a limit.
  ///
  /// A group's usage counts the page cache it filled. What of that lies on the inactive list is given back before the
  /// limit is enforced, so it counts as free: otherwise reading a model file once would halve what is left.
  var controlGroups: (limitBytes: Int?, availableBytes: Int?) {
    guard let chain = ControlGroups(files: files).chain(of: "memory") else { return (nil, nil) }
    let levels = chain.folders.compactMap { level(in: $0, version: chain.version) }
    return (levels.map(\.limitBytes).min(), levels.map(\.availableBytes).min())
  }

  private func level(
    in folder: String, version: ControlGroups.Version
  ) -> (limitBytes: Int, availableBytes: Int)? {
    let names =
      version == .v2
      ? (limit: "memory.max", usage: "memory.current", cache: "inactive_file")
      : (limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes", cache: "total_inactive_file")
    // "max", and version 1's 2^63 less a page, are not believable sizes: both mean that there is no limit.
    guard let limit = files.integer("\(folder)/\(names.limit)"), limit >= 0 else { return nil }
    let usage = files.integer("\(folder)/\(names.usage)") ?? 0
    let statistics = files.text("\(folder)/memory.stat").map { Fields.pairs($0, separator: " ") } ?? [:]
    let cache = statistics[names.cache].flatMap { Fields.integer($0) } ?? 0
    return (limit, max(0, limit - max(0, usage - max(0, cache))))
  }

  private func bytes(_ key: String) -> Int? { information[key].flatMap { Fields.bytes($0) } }
}
