/// What sysfs says about single CPUs: which share a core, which are switched off.
struct CPUTopology: Sendable {
  /// Where the folders cpu0, cpu1, … are.
  var folder = "/sys/devices/system/cpu"

  /// Why the process may not use a CPU.
  enum Refusal: Equatable {
    case missing
    case offline
    case notAllowed
  }

  /// A name for the core of a CPU: the lowest CPU on it.
  ///
  /// The CPU itself where the kernel does not say, as in containers that hide sysfs: then no two CPUs are known to
  /// share a core.
  func core(of cpu: Int) -> Int {
    for file in ["thread_siblings_list", "core_cpus_list"] {
      // "2,34" or "2-3": the first number is the lowest.
      if let text = TextFile.read("\(folder)/cpu\(cpu)/topology/\(file)"), let first = Int(text.prefix { $0.isNumber })
      {
        return first
      }
    }
    return cpu
  }

  /// Which of `cpus` cannot be used, and why; `allowed` are those that the process could use when it asked, of which
  /// some may be offline by now.
  func refusals(of cpus: [Int], allowed: [Int]) -> [(cpu: Int, reason: Refusal)] {
    // The lists of the whole machine are there wherever sysfs is.
    let isShown = TextFile.read("\(folder)/possible") != nil
    return Set(cpus).sorted().compactMap { cpu in
      if isOffline(cpu) { return (cpu, .offline) }
      if allowed.contains(cpu) { return nil }
      let isThere = cpu >= 0 && (!isShown || TextFile.read("\(folder)/cpu\(cpu)/uevent") != nil)
      return (cpu, isThere ? .notAllowed : .missing)
    }
  }

  /// The refusals as one sentence, with what to do; nil when every CPU can be used.
  func refusal(of cpus: [Int], allowed: [Int]) -> String? {
    let refusals = refusals(of: cpus, allowed: allowed)
    if refusals.isEmpty { return nil }
    func list(_ reason: Refusal, _ words: (_ cpus: String, _ areMany: Bool) -> String) -> String? {
      let cpus = refusals.filter { $0.reason == reason }.map { "\($0.cpu)" }
      let names = (cpus.count == 1 ? "CPU " : "CPUs ") + cpus.joined(separator: ",")
      return cpus.isEmpty ? nil : words(names, cpus.count > 1)
    }
    let parts = [
      list(.missing) { "there \($1 ? "are" : "is") no \($0)" },
      list(.offline) { "\($0) \($1 ? "are" : "is") offline (echo 1 | sudo tee \(folder)/cpuN/online)" },
      list(.notAllowed) { cpus, _ in "this process may not use \(cpus)" },
    ].compactMap { $0 }
    let rest = allowed.filter { !isOffline($0) }.map(String.init).joined(separator: ",")
    return "\(parts.joined(separator: ", ")); it may use \(rest)"
  }

  /// Single CPUs have a switch, unless they cannot go.
  private func isOffline(_ cpu: Int) -> Bool { TextFile.read("\(folder)/cpu\(cpu)/online")?.first == "0" }
}
