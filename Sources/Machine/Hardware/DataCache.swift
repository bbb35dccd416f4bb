import Records

/// A level of the caches that hold data, as a set of CPUs sees it.
public struct DataCache: Sendable, Equatable {
  /// 1, 2, 3 or 4, counted from the core.
  public let level: Int
  /// The size of one instance, bytes; of the smallest where CPUs differ.
  public let sizeBytes: Int
  /// The most CPUs of the set that share one instance.
  public let sharers: Int
  /// Instances that the set reaches.
  public let instances: Int
}

extension Machine {
  /// The data caches that some CPUs see, level by level; empty where the kernel does not say.
  public func dataCaches(of cpus: [Int]) -> [DataCache] {
    let found = Set(cpus).flatMap { cpu in Self.instances(of: cpu, within: Set(cpus), files: files) }
    return Dictionary(grouping: found, by: \.level).sorted { $0.key < $1.key }.map { level, instances in
      DataCache(
        level: level, sizeBytes: instances.map(\.sizeBytes).min() ?? 0,
        sharers: instances.map(\.sharers.count).max() ?? 1, instances: Set(instances.map(\.sharers)).count)
    }
  }

  /// The memory nodes by number, each with its CPUs that this process may use, in the order for pinning.
  ///
  /// Nodes without memory are left out; those without CPUs stay. One node 0 with every CPU where the kernel has none.
  public func memoryNodes() -> [(id: Int, cpus: [Int])] {
    let order = cpusForPinning()
    let nodes = NUMANodes.records(files: files).filter { $0.memoryTotalBytes != 0 }
    guard !nodes.isEmpty else { return [(0, order)] }
    return nodes.map { node in (node.id, order.filter { node.cpus.contains($0) }) }
  }

  private struct Instance {
    let level: Int
    let sizeBytes: Int
    /// CPUs of the set that share it.
    let sharers: Set<Int>
  }

  private static func instances(of cpu: Int, within cpus: Set<Int>, files: SystemFiles) -> [Instance] {
    let folder = "/sys/devices/system/cpu/cpu\(cpu)/cache"
    return files.names(in: folder).filter { $0.hasPrefix("index") }.compactMap { name in
      let path = "\(folder)/\(name)"
      guard let level = files.integer("\(path)/level"), let type = files.line("\(path)/type")?.lowercased(),
        type != "instruction", let size = files.line("\(path)/size").flatMap({ Fields.bytes($0) }), size > 0
      else { return nil }
      let shared = files.cpus("\(path)/shared_cpu_list") ?? [cpu]
      return Instance(level: level, sizeBytes: size, sharers: cpus.intersection(shared).union([cpu]))
    }
  }
}
