/// The control groups of this process, version 1 or 2, from its own group up to the mount point.
///
/// Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/: a limit anywhere on the way up binds.
struct ControlGroups: Sendable {
  /// The two interfaces name the same limits differently.
  enum Version: Sendable, Equatable { case v1, v2 }

  /// The folders of one controller, the process's own first.
  struct Chain: Sendable, Equatable {
    let version: Version
    let folders: [String]
  }

  let files: SystemFiles

  /// The CPUs that the nearest cpuset allows; nil without one.
  var cpuset: [Int]? {
    guard let chain = chain(of: "cpuset") else { return nil }
    let name = chain.version == .v2 ? "cpuset.cpus.effective" : "cpuset.effective_cpus"
    for folder in chain.folders {
      let cpus = files.cpus("\(folder)/\(name)") ?? files.cpus("\(folder)/cpuset.cpus")
      if let cpus, !cpus.isEmpty { return cpus }
    }
    return nil
  }

  /// How many CPUs' worth of time the tightest quota allows; nil without one.
  var cpuQuota: Double? {
    guard let chain = chain(of: "cpu") else { return nil }
    return chain.folders.compactMap { quota(in: $0, version: chain.version) }.min()
  }

  /// Where the controller's files lie; nil when the process is in no group of it.
  func chain(of controller: String) -> Chain? {
    let groups = (files.text("/proc/self/cgroup") ?? "").split(whereSeparator: \.isNewline).map {
      $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    }.filter { $0.count == 3 }
    if let group = groups.first(where: { $0[1].split(separator: ",").contains(Substring(controller)) }) {
      return chain(.v1, controller: controller, path: String(group[2]))
    }
    guard let group = groups.first(where: { $0[0] == "0" && $0[1].isEmpty }) else { return nil }
    return chain(.v2, controller: controller, path: String(group[2]))
  }

  private func chain(_ version: Version, controller: String, path: String) -> Chain? {
    let mount = mount(version, controller: controller)
    var below = Self.path(path, below: mount.root)
    var folders: [String] = []
    // No hierarchy is deeper than a few levels; the bound is for files that lie.
    while !below.isEmpty && folders.count < 64 {
      folders.append(mount.point + "/" + below.joined(separator: "/"))
      below.removeLast()
    }
    return Chain(version: version, folders: folders + [mount.point])
  }

  /// Inside a container the mount shows the container's own group, while /proc/self/cgroup may give the host's path:
  /// what the mount's root already holds is taken off.
  private static func path(_ path: String, below root: String) -> [String] {
    let parts = path.split(separator: "/").map(String.init)
    let rootParts = root.split(separator: "/").map(String.init)
    guard !parts.contains(".."), parts.starts(with: rootParts) else { return [] }
    return Array(parts.dropFirst(rootParts.count))
  }

  /// The mount of a hierarchy: proc_pid_mountinfo(5), fields 4 and 5, and the type and options after the dash.
  private func mount(_ version: Version, controller: String) -> (root: String, point: String) {
    for line in (files.text("/proc/self/mountinfo") ?? "").split(whereSeparator: \.isNewline) {
      let fields = line.split(separator: " ")
      guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3 else { continue }
      let (type, options) = (fields[dash + 1], fields[dash + 3].split(separator: ","))
      let isV1 = type == "cgroup" && options.contains(Substring(controller))
      if version == .v1 ? isV1 : type == "cgroup2" { return (String(fields[3]), String(fields[4])) }
    }
    return ("/", version == .v2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/\(controller)")
  }

  /// "max 100000" and "200000 100000" in version 2; a quota of −1 means none in version 1.
  private func quota(in folder: String, version: Version) -> Double? {
    let quota: Int?, period: Int?
    switch version {
    case .v2:
      let words = (files.line("\(folder)/cpu.max") ?? "").split(separator: " ")
      quota = words.first.flatMap { Fields.integer($0) }
      period = words.count == 2 ? Fields.integer(words[1]) : nil
    case .v1:
      quota = files.integer("\(folder)/cpu.cfs_quota_us")
      period = files.integer("\(folder)/cpu.cfs_period_us")
    }
    guard let quota, let period, quota > 0, period > 0 else { return nil }
    return Double(quota) / Double(period)
  }
}
