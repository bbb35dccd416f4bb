import Glibc

/// The process's limit on open files.
enum DescriptorLimit {
  /// Descriptors that the rest of the process may hold at the same time: weights, records, the terminal.
  private static let others = 128

  /// Raises the soft limit, within the hard one, so that `count` more descriptors fit; never lowers it.
  ///
  /// Returns the soft limit that then holds.
  @discardableResult
  static func raise(toHold count: Int) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
    let wanted = min(rlim_t(count + others), limit.rlim_max)
    if wanted > limit.rlim_cur {
      let before = limit.rlim_cur
      limit.rlim_cur = wanted
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 { limit.rlim_cur = before }
    }
    return Int(clamping: limit.rlim_cur)
  }
}
