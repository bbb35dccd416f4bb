import Records

extension Machine {
  /// Everything that `tern doctor` tells: what the machine is, what can be measured, what stands in the way.
  ///
  /// Ordered by group, and within a group facts first.
  public func findings() -> [Finding] {
    let all = facts() + capabilities() + Check.all.map(finding)
    return ["machine", "frequency", "memory", "measuring"].flatMap { group in all.filter { $0.group == group } }
  }

  /// What the machine is.
  private func facts() -> [Finding] {
    let record = record(isa: [])
    let cpu = record.cpu
    let missing = "unknown"
    return [
      Finding(id: "cpu", group: "machine", title: "processor", state: .ok, detail: cpu.model),
      Finding(
        id: "cpus", group: "machine", title: "CPUs", state: .ok,
        detail: "\(cpu.cpusUsable) usable of \(cpu.cpusOnline) online, \(cpu.coresPhysical) cores, "
          + "\(cpu.sockets) \(cpu.sockets == 1 ? "socket" : "sockets")",
        measured: ["usable_cpus": Double(cpu.cpusUsable), "online_cpus": Double(cpu.cpusOnline)]),
      Finding(
        id: "os", group: "machine", title: "system", state: .ok,
        detail: "\(record.os ?? missing), Linux \(record.kernelRelease ?? missing)"),
      frequencyFact(record.frequency),
      Finding(
        id: "caches", group: "memory", title: "caches", state: record.caches.isEmpty ? .unavailable : .ok,
        detail: record.caches.isEmpty ? "the kernel shows none" : Self.text(of: record.caches)),
      Finding(
        id: "numa", group: "memory", title: "NUMA nodes", state: .ok,
        detail: "\(max(1, record.numaNodes.count))"),
    ]
  }

  private func frequencyFact(_ frequency: FrequencyRecord?) -> Finding {
    guard let frequency, let driver = frequency.driver else {
      return Finding(
        id: "frequency", group: "frequency", title: "frequency scaling", state: .unavailable,
        detail: "the kernel shows none: the firmware or a hypervisor sets the clock unseen")
    }
    let range = [frequency.minKhz, frequency.maxKhz].compactMap { $0.map { "\($0 / 1000) MHz" } }
    return Finding(
      id: "frequency", group: "frequency", title: "frequency scaling", state: .ok,
      detail: ([driver] + [range.joined(separator: " to ")].filter { !$0.isEmpty }).joined(separator: ", "))
  }

  private static func text(of caches: [CacheRecord]) -> String {
    caches.map { "L\($0.level) \($0.type) \(Bytes.text($0.sizeBytes))" }.joined(separator: ", ")
  }

  /// What can be measured.
  private func capabilities() -> [Finding] {
    clockFindings() + [
      kernelFinding("software-events", "software events") { softwareEvents() },
      kernelFinding("counters", "hardware counters") { hardwareCounters() },
      finding("energy", "package energy", packageEnergy()),
    ]
  }

  /// A capability that the running kernel has to be asked about, which another root cannot answer for.
  private func kernelFinding(_ id: String, _ title: String, _ ask: () -> Capability) -> Finding {
    asksKernel ? finding(id, title, ask()) : notAsked(id, title)
  }

  /// What is told of a system call's answer where the files are not the running kernel's.
  func notAsked(_ id: String, _ title: String) -> Finding {
    Finding(
      id: id, group: "measuring", title: title, state: .unavailable,
      detail: "another root is looked at, and the running kernel does not answer for it")
  }

  private func finding(_ id: String, _ title: String, _ capability: Capability) -> Finding {
    switch capability {
    case .usable(let detail): Finding(id: id, group: "measuring", title: title, state: .ok, detail: detail)
    case .unusable(let reason, let fix):
      Finding(id: id, group: "measuring", title: title, state: .unavailable, detail: reason, fix: fix)
    }
  }

  private func finding(_ check: Check) -> Finding {
    let verdict = check.look(self)
    let warning = check.warning(of: verdict)
    let state: Finding.State =
      switch verdict.state {
      case .fine: .ok
      case .concern: .warning
      case .unknown: .unavailable
      }
    return Finding(
      id: check.id, group: check.group, title: check.title, state: state, detail: verdict.detail, fix: warning?.fix,
      severity: warning?.severity, threshold: check.threshold, measured: verdict.measured)
  }
}
