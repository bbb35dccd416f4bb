import Foundation

/// A folder with the /sys and /proc of a small machine, which the commands can be shown in place of this one's.
final class FakeMachine {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    for cpu in 0..<2 {
      let policy = "sys/devices/system/cpu/cpu\(cpu)/cpufreq"
      try write("\(policy)/scaling_governor", "powersave")
      try write("\(policy)/scaling_available_governors", "performance powersave")
    }
    try write("sys/devices/system/cpu/online", "0-1")
    try write("sys/devices/system/cpu/intel_pstate/no_turbo", "0")
    try write("proc/sys/kernel/random/boot_id", "1b4e28ba-2fa1-11d2-883f-0016d3cca427")
    try write("proc/sys/kernel/nmi_watchdog", "1")
    try write("proc/cpuinfo", "processor\t: 0\nmodel name\t: Made-up CPU\nflags\t\t: fpu")
    try write("proc/loadavg", "0.25 0.1 0.1 1/2 3")
  }

  /// The flags that put it in place of the running machine.
  var flags: [String] { ["--sysfs-root", scratch.path("sys"), "--procfs-root", scratch.path("proc")] }

  var governors: [String] { (0..<2).map { text("sys/devices/system/cpu/cpu\($0)/cpufreq/scaling_governor") } }
  var noTurbo: String { text("sys/devices/system/cpu/intel_pstate/no_turbo") }
  var journal: String { text("sys/tern-tune.json") }

  func text(_ path: String) -> String { scratch.text(path).trimmingCharacters(in: .whitespacesAndNewlines) }

  func write(_ path: String, _ text: String) throws {
    let folder = (scratch.path(path) as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try scratch.write(path, text + "\n")
  }
}
