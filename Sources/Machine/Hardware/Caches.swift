import Records

/// The caches that a CPU sees.
enum Caches {
  /// Level by level as sysfs lists them; an entry that lacks its level, type or size is left out.
  static func records(of cpu: Int, files: SystemFiles) -> [CacheRecord] {
    let folder = "/sys/devices/system/cpu/cpu\(cpu)/cache"
    let found = files.names(in: folder).filter { $0.hasPrefix("index") }.compactMap { name -> CacheRecord? in
      let path = "\(folder)/\(name)"
      guard let level = files.integer("\(path)/level"), let type = files.line("\(path)/type")?.lowercased(),
        let size = files.line("\(path)/size").flatMap({ Fields.bytes($0) })
      else { return nil }
      return CacheRecord(
        level: level, type: type, sizeBytes: size, sharedByCpus: files.cpus("\(path)/shared_cpu_list")?.count)
    }
    return found.sorted { ($0.level, $0.type) < ($1.level, $1.type) }
  }
}
