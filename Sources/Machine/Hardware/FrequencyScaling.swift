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
    let path = "/sys/devices/system/cpu/cpu\(cpu)/cpufreq"
    driver = files.line("\(path)/scaling_driver")
    governor = files.line("\(path)/scaling_governor")
    minKhz = files.integer("\(path)/scaling_min_freq")
    maxKhz = files.integer("\(path)/scaling_max_freq")
    hardwareMaxKhz = files.integer("\(path)/cpuinfo_max_freq")
    turbo = Self.turbo(files: files)
    energyPerformancePreference = files.line("\(path)/energy_performance_preference")
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

  private static func turbo(files: SystemFiles) -> Bool? {
    if let off = files.integer(noTurboPath) { return off == 0 }
    return files.integer(boostPath).map { $0 != 0 }
  }
}
