import Records

extension Check {
  /// Pressure stall information says how long some task waited for a CPU, which a load average cannot.
  static let pressure = Check(
    id: "W-pressure", group: "machine", title: "CPU pressure", severity: .warn,
    threshold: "Some task waited for a CPU in more than 5 % of the last ten seconds.",
    fix: "stop other work, or use fewer threads"
  ) { machine in
    verdict(Pressure.read("cpu", files: machine.files), key: "pressure_cpu_fraction", above: 0.05) {
      "tasks waited for a CPU in \($0) of the last ten seconds"
    }
  }

  /// The verdict on one resource's pressure.
  static func verdict(
    _ pressure: Pressure?, key: String, above limit: Double, words: (String) -> String
  ) -> Verdict {
    guard let fraction = pressure?.averageFraction else { return .unknown("the kernel keeps no pressure statistics") }
    let seen = words(Percent.text(fraction))
    return fraction > limit ? .concern(seen, [key: fraction]) : .fine(seen, [key: fraction])
  }
}
