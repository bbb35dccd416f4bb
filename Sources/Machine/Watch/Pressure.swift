/// One line of pressure stall information (Documentation/accounting/psi.rst): "some", which some task had to wait for.
struct Pressure: Sendable, Equatable {
  /// The part of the last ten seconds in which some task waited.
  var averageFraction: Double
  /// How long some task waited since boot.
  var totalUs: Int?

  /// Reads "cpu", "memory" or "io"; nil where the kernel keeps no statistics.
  ///
  /// "some avg10=0.18 avg60=0.09 avg300=0.38 total=4996448"
  static func read(_ resource: String, files: SystemFiles) -> Pressure? {
    let words = files.line("/proc/pressure/\(resource)")?.split(separator: " ") ?? []
    guard words.first == "some", let average = words.first(where: { $0.hasPrefix("avg10=") }),
      let percent = Fields.number(average.dropFirst(6)), (0...100).contains(percent)
    else { return nil }
    let total = words.first { $0.hasPrefix("total=") }.flatMap { Fields.integer($0.dropFirst(6)) }
    return Pressure(averageFraction: percent / 100, totalUs: total.flatMap { $0 >= 0 ? $0 : nil })
  }
}
