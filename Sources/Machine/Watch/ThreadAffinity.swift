/// Whether pinned threads are where they were put, by the kernel's own word (proc_pid_task(5)).
enum ThreadAffinity {
  /// One sentence for each thread that may run outside of `cpus`, last ran outside of them, or shares its only CPU.
  ///
  /// A thread that has ended is not spoken of.
  static func problems(of threads: [Int32], cpus: [Int], files: SystemFiles) -> [String] {
    let wanted = Set(cpus)
    var problems: [String] = []
    var owners: [Int: Int32] = [:]
    for thread in threads {
      guard let allowed = allowed(thread, files: files) else { continue }
      if !wanted.isSuperset(of: allowed) {
        problems.append("thread \(thread) may run on CPUs \(CPUList.format(allowed))")
      } else if let cpu = lastCPU(thread, files: files), !wanted.contains(cpu) {
        problems.append("thread \(thread) last ran on CPU \(cpu)")
      }
      guard allowed.count == 1 else { continue }
      if let other = owners[allowed[0]] {
        problems.append("threads \(other) and \(thread) share CPU \(allowed[0])")
      }
      owners[allowed[0]] = thread
    }
    return problems
  }

  private static func allowed(_ thread: Int32, files: SystemFiles) -> [Int]? {
    guard let text = files.text("/proc/self/task/\(thread)/status"),
      let list = Fields.pairs(text, separator: ":")["Cpus_allowed_list"], let cpus = CPUList.parse(list), !cpus.isEmpty
    else { return nil }
    return cpus
  }

  /// Field 39 of proc_pid_stat(5), processor, counted from the parenthesis behind field 2.
  private static func lastCPU(_ thread: Int32, files: SystemFiles) -> Int? {
    guard let line = files.line("/proc/self/task/\(thread)/stat"), let end = line.lastIndex(of: ")") else { return nil }
    let fields = line[line.index(after: end)...].split(separator: " ")
    guard fields.count > 36, let cpu = Fields.integer(fields[36]), (0..<CPUList.limit).contains(cpu) else { return nil }
    return cpu
  }
}
