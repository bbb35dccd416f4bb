import Records

/// Frequency scaling of one CPU as cpufreq shows it (Documentation/admin-guide/pm/cpufreq.rst).
struct FrequencyScaling: Sendable, Equatable {
  var driver: String?
  var governor: String?
  var minKhz: Int?
  var maxKhz: Int?
  /// What the hardware could do, where the driver says; above `maxKhz` when somebody lowered the limit.
  var hardwareMaxKhz: Int?
  var turbo: Bool?
  var energyPerformancePreference: String?

  /// Reads the policy of the CPU; every field is nil on a machine without cpufreq.
  init(cpu: Int, files: SystemFiles) {
    driver = files.line(Self.path(cpu, "scaling_driver"))
    governor = files.line(Self.path(cpu, Self.governorFile))
    minKhz = files.integer(Self.path(cpu, "scaling_min_freq"))
    maxKhz = files.integer(Self.path(cpu, Self.limitFile))
    hardwareMaxKhz = files.integer(Self.path(cpu, Self.hardwareLimitFile))
    turbo = Self.turbo(files: files)
    energyPerformancePreference = files.line(Self.path(cpu, Self.preferenceFile))
  }

  static let governorFile = "scaling_governor"
  static let limitFile = "scaling_max_freq"
  static let hardwareLimitFile = "cpuinfo_max_freq"
  static let preferenceFile = "energy_performance_preference"

  /// A file of one CPU's policy.
  static func path(_ cpu: Int, _ file: String) -> String { "/sys/devices/system/cpu/cpu\(cpu)/cpufreq/\(file)" }

  /// One line of the policies of several CPUs, grouped: text to the CPUs that have it.
  static func lines(_ file: String, cpus: [Int], files: SystemFiles) -> [(text: String, cpus: [Int])] {
    var groups: [String: [Int]] = [:]
    for cpu in cpus {
      if let line = files.line(path(cpu, file)) { groups[line, default: []].append(cpu) }
    }
    return groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The form that a record holds; nil when nothing at all is known.
  var record: FrequencyRecord? {
    let record = FrequencyRecord(
      driver: driver, governor: governor, minKhz: minKhz, maxKhz: maxKhz, turbo: turbo,
      energyPerformancePreference: energyPerformancePreference)
    return record == FrequencyRecord() ? nil : record
  }

  /// Intel's driver says "no turbo", the generic one says "boost".
  static let noTurboPath = "/sys/devices/system/cpu/intel_pstate/no_turbo"
  static let boostPath = "/sys/devices/system/cpu/cpufreq/boost"

  /// Whether the clock may rise above what all cores can sustain; nil where there is no switch, or one that lies.
  static func turbo(files: SystemFiles) -> Bool? {
    if let off = files.integer(noTurboPath) { return [0: true, 1: false][off] }
    return files.integer(boostPath).flatMap { [0: false, 1: true][$0] }
  }
}
