import Glibc

extension Machine {
  /// Whether hardware performance counters can be opened here and advance.
  public func hardwareCounters() -> Capability {
    switch perf.ask(.cycles) {
    case .counts: .usable("cycles can be counted for this process")
    case .staysZero:
      .unusable(
        reason: "the cycles event opens and stays at zero: the counters are not passed through to this machine",
        fix: Self.counterHardwareFix)
    case .implausible(let words):
      .unusable(reason: "the counters open and do not tell the truth: \(words)", fix: Self.counterHardwareFix)
    case .refused(let number): counterObstacle(errno: number)
    }
  }

  /// Why perf_event_open(2) refused a hardware event with this errno, and what can be done about it.
  public func counterObstacle(errno number: Int32) -> Capability {
    switch number {
    case ENOENT, ENODEV, EOPNOTSUPP:
      .unusable(reason: "there are no hardware performance counters here (\(place))", fix: Self.counterHardwareFix)
    default: refusal(number, mayCount: "hardware counters", paranoidNeeded: 2)
    }
  }

  /// What a reader of counts must know of this machine besides: who else holds counters.
  public var counterNotes: [String] {
    guard KernelSettings.named("nmi_watchdog", files: files) == "1" else { return [] }
    return ["the NMI watchdog holds one counter of every core; to free it: sudo sysctl kernel.nmi_watchdog=0"]
  }

  /// What may be counted besides user mode is known by trying; this is the setting that decides it.
  public var perfEventParanoid: Int? {
    KernelSettings.named("perf_event_paranoid", files: files).flatMap { Fields.integer($0) }
  }

  /// Whether the kernel's software events (task-clock, context-switches, …) can be counted here.
  public func softwareEvents() -> Capability {
    switch perf.ask(.contextSwitches) {
    case .counts, .staysZero, .implausible:
      .usable("kernel-side software events can be counted for this process")
    // Context switches happen in the kernel. With kernel events excluded, the event opens and reads 0, so the level
    // at which user-mode counting is still allowed does not help.
    case .refused(let number): refusal(number, mayCount: "software events", paranoidNeeded: 1)
    }
  }

  private static let counterHardwareFix =
    "run on bare metal, or give the guest a virtual PMU (QEMU: -cpu host,pmu=on; clouds: a .metal instance type)"

  private var place: String {
    if let hypervisor = virtualization.hypervisor { return "virtual machine: \(hypervisor); perf_event_open: ENOENT" }
    return "perf_event_open: ENOENT; the kernel found no PMU driver for this CPU"
  }

  /// The errnos of perf_event_open(2), each with the cause that the manual page and the kernel's source give it.
  private func refusal(_ number: Int32, mayCount what: String, paranoidNeeded: Int) -> Capability {
    switch number {
    case EACCES: return permissionDenied(what, paranoidNeeded: paranoidNeeded)
    case EPERM:
      return .unusable(
        reason: "perf_event_open is forbidden (EPERM): a seccomp filter or a missing capability, as in most containers",
        fix: "docker run --cap-add PERFMON … (older engines: --security-opt seccomp=unconfined)")
    case ENOSYS:
      return .unusable(
        reason: "perf_event_open does not exist (ENOSYS): CONFIG_PERF_EVENTS is off, or a sandbox hides it",
        fix: "boot a kernel with CONFIG_PERF_EVENTS=y, or leave the sandbox")
    case EBUSY:
      return .unusable(
        reason: "somebody else holds the counters (EBUSY)",
        fix: "sudo sysctl kernel.nmi_watchdog=0, and stop other profilers")
    case EINVAL:
      return .unusable(
        reason: "the kernel refuses the event, or so many together (EINVAL): an old kernel, or too few counters",
        fix: "sudo sysctl kernel.nmi_watchdog=0, ask for fewer events in a group, or use a newer kernel")
    case EMFILE:
      return .unusable(reason: "the process has no file descriptors left (EMFILE)", fix: "ulimit -n 4096")
    default:
      return .unusable(
        reason: "\(what) could not be opened: \(String(cString: strerror(number))) (errno \(number))",
        fix: "try `perf stat -e task-clock,cycles true` for the kernel's own words")
    }
  }

  private func permissionDenied(_ what: String, paranoidNeeded: Int) -> Capability {
    guard let level = perfEventParanoid, level > paranoidNeeded else {
      return .unusable(
        reason: "\(what) are refused (EACCES) although kernel.perf_event_paranoid would allow them: a security module",
        fix: "sudo setcap cap_perfmon+ep \"$(command -v tern)\"")
    }
    return .unusable(
      reason: "kernel.perf_event_paranoid is \(level), and \(what) need \(paranoidNeeded) or less",
      fix: "sudo sysctl kernel.perf_event_paranoid=\(paranoidNeeded)"
        + " (or: sudo setcap cap_perfmon+ep \"$(command -v tern)\")")
  }
}
