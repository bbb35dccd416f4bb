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

  /// Which of `cpus` are not among `allowed`, and why.
  func refusals(of cpus: [Int], allowed: [Int]) -> [(cpu: Int, reason: Refusal)] {
    let known = TextFile.read("\(folder)/possible") != nil
    return Set(cpus).subtracting(allowed).sorted().map { cpu in
      // The lists of the whole machine are there wherever sysfs is; single CPUs have a switch unless they cannot go.
      let isThere = cpu >= 0 && (!known || TextFile.read("\(folder)/cpu\(cpu)/uevent") != nil)
      if !isThere { return (cpu, .missing) }
      return (cpu, TextFile.read("\(folder)/cpu\(cpu)/online")?.first == "0" ? .offline : .notAllowed)
    }
  }

  /// The refusals as one sentence, with what to do; nil when every CPU may be used.
  func refusal(of cpus: [Int], allowed: [Int]) -> String? {
    let refusals = refusals(of: cpus, allowed: allowed)
    func list(_ reason: Refusal) -> String? {
      let cpus = refusals.filter { $0.reason == reason }.map { "\($0.cpu)" }
      return cpus.isEmpty ? nil : (cpus.count == 1 ? "CPU " : "CPUs ") + cpus.joined(separator: ",")
    }
    let parts = [
      list(.missing).map { "there is no \($0)" },
      list(.offline).map { "\($0) offline (echo 1 | sudo tee \(folder)/cpuN/online)" },
      list(.notAllowed).map { "this process may not use \($0)" },
    ].compactMap { $0 }
    guard !parts.isEmpty else { return nil }
    return parts.joined(separator: ", ") + "; it may use \(allowed.map(String.init).joined(separator: ","))"
  }
}
