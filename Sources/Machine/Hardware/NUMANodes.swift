import Records

/// The memory nodes of the machine.
enum NUMANodes {
  private static let folder = "/sys/devices/system/node"

  /// Nodes in the order of their numbers; empty when the kernel has no NUMA.
  static func records(files: SystemFiles) -> [NUMANodeRecord] {
    ids(files: files).map { id in
      NUMANodeRecord(
        id: id, cpus: files.cpus("\(folder)/node\(id)/cpulist") ?? [],
        memoryTotalBytes: memoryTotalBytes(of: id, files: files), distances: distances(of: id, files: files))
    }
  }

  static func ids(files: SystemFiles) -> [Int] {
    files.names(in: folder).compactMap { name in
      name.hasPrefix("node") ? Fields.integer(name.dropFirst(4)) : nil
    }.filter { $0 >= 0 }.sorted()
  }

  /// "Node 0 MemTotal:  1024 kB": the node stands before every key.
  private static func memoryTotalBytes(of id: Int, files: SystemFiles) -> Int? {
    guard let text = files.text("\(folder)/node\(id)/meminfo") else { return nil }
    return Fields.pairs(text, separator: ":")["Node \(id) MemTotal"].flatMap { Fields.bytes($0) }
  }

  private static func distances(of id: Int, files: SystemFiles) -> [Int]? {
    guard let line = files.line("\(folder)/node\(id)/distance") else { return nil }
    let words = line.split(separator: " ")
    let numbers = words.compactMap { Fields.integer($0) }
    return numbers.count == words.count ? numbers : nil
  }
}
