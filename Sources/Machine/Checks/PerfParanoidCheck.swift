import Records

extension Check {
  /// The level decides what an ordinary user may count (Documentation/admin-guide/sysctl/kernel.rst).
  static let perfParanoid = Check(
    id: "W-perf-paranoid", group: "measuring", title: "perf_event_paranoid", severity: .note,
    threshold: "Above 1: kernel events need 1 or less, and energy events, which count whole CPUs, 0 or less.",
    fix: "sudo sysctl kernel.perf_event_paranoid=0 (or: sudo tern tune --apply perf-paranoid)"
  ) { machine in
    guard let text = KernelSettings.named("perf_event_paranoid", files: machine.files),
      let level = Fields.integer(text)
    else { return .unknown("the kernel does not say") }
    guard level > 1 else { return .fine("\(level)") }
    let what = level > 2 ? "no events at all" : "no kernel events and none of whole CPUs"
    return .concern("kernel.perf_event_paranoid is \(level): without privilege, \(what) can be counted")
  }
}
