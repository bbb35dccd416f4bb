import Records

extension Check {
  /// A clock that is not read in user space costs a microsecond per reading instead of some twenty nanoseconds.
  static let clockSource = Check(
    id: "W-clocksource", group: "measuring", title: "clock source", severity: .warn,
    threshold: "A clock source other than tsc, kvm-clock, hyperv_clocksource_tsc_page or arch_sys_counter.",
    fix: "echo tsc | sudo tee /sys/devices/system/clocksource/clocksource0/current_clocksource"
  ) { machine in
    guard let source = KernelSettings.named("clocksource", files: machine.files) else {
      return .unknown("the kernel does not say")
    }
    let quick: Set<String> = ["tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "arch_sys_counter"]
    if quick.contains(source) { return .fine(source) }
    return .concern("the clock source is \(source): every reading of the clock is a slow system call")
  }
}
