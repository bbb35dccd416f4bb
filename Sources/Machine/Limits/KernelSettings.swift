/// Kernel settings that change what is measured.
enum KernelSettings {
  /// Name in records to path; the name is the file's own where that is clear.
  static let paths: [(name: String, path: String)] = [
    ("transparent_hugepage", "/sys/kernel/mm/transparent_hugepage/enabled"),
    ("transparent_hugepage_defrag", "/sys/kernel/mm/transparent_hugepage/defrag"),
    ("randomize_va_space", "/proc/sys/kernel/randomize_va_space"),
    ("perf_event_paranoid", "/proc/sys/kernel/perf_event_paranoid"),
    ("numa_balancing", "/proc/sys/kernel/numa_balancing"),
    ("nmi_watchdog", "/proc/sys/kernel/nmi_watchdog"),
    ("sched_autogroup_enabled", "/proc/sys/kernel/sched_autogroup_enabled"),
    ("swappiness", "/proc/sys/vm/swappiness"),
    ("overcommit_memory", "/proc/sys/vm/overcommit_memory"),
    ("zone_reclaim_mode", "/proc/sys/vm/zone_reclaim_mode"),
    ("clocksource", "/sys/devices/system/clocksource/clocksource0/current_clocksource"),
    ("smt_control", "/sys/devices/system/cpu/smt/control"),
    ("isolated_cpus", "/sys/devices/system/cpu/isolated"),
    ("nohz_full_cpus", "/sys/devices/system/cpu/nohz_full"),
    ("cpuidle_driver", "/sys/devices/system/cpu/cpuidle/current_driver"),
    ("cpuidle_governor", "/sys/devices/system/cpu/cpuidle/current_governor"),
  ]

  /// Every setting that could be read, name to text; of a choice such as "always [madvise] never", the chosen word.
  static func all(files: SystemFiles) -> [String: String] {
    var settings: [String: String] = [:]
    for (name, path) in paths { settings[name] = value(at: path, files: files) }
    return settings
  }

  /// One setting by its name in `paths`; nil when the kernel does not have it.
  static func named(_ name: String, files: SystemFiles) -> String? {
    paths.first { $0.name == name }.flatMap { value(at: $0.path, files: files) }
  }

  /// The text of a setting; of a choice such as "always [madvise] never", the chosen word.
  static func value(at path: String, files: SystemFiles) -> String? {
    guard let line = files.line(path) else { return nil }
    guard let open = line.firstIndex(of: "["), let close = line[open...].firstIndex(of: "]") else { return line }
    return String(line[line.index(after: open)..<close])
  }
}
