/// The sustained power that the packages are allowed (Documentation/power/powercap/powercap.rst).
enum PowerLimit {
  private static let folder = "/sys/class/powercap"

  /// The sum of the packages' long-term limits in watts; nil where a package has none, as on AMD, or none is readable.
  static func packagesW(files: SystemFiles) -> Double? {
    let packages = files.names(in: folder).filter { zone in
      zone.hasPrefix("intel-rapl:") && zone.filter { $0 == ":" }.count == 1
        && files.line("\(folder)/\(zone)/name")?.hasPrefix("package") == true
    }
    // Above a megawatt the file is wrong, whatever the machine.
    let limits = packages.compactMap { files.integer("\(folder)/\($0)/constraint_0_power_limit_uw") }
      .filter { $0 > 0 && $0 < 1_000_000_000_000 }
    guard !packages.isEmpty, limits.count == packages.count else { return nil }
    return Double(limits.reduce(0, +)) / 1e6
  }
}
