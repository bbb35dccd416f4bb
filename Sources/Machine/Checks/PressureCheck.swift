extension Check {
  /// Pressure stall information says how long some task waited for a CPU, which a load average cannot.
  static let pressure = Check(
    id: "W-pressure", group: "machine", title: "CPU pressure",
    threshold: "Some task waited for a CPU in more than 5 % of the last ten seconds."
  ) { machine in
    // "some avg10=0.18 avg60=0.09 avg300=0.38 total=4996448" (Documentation/accounting/psi.rst)
    let words = machine.files.line("/proc/pressure/cpu")?.split(separator: " ") ?? []
    guard words.first == "some", let average = words.first(where: { $0.hasPrefix("avg10=") }),
      let percent = Fields.number(average.dropFirst(6))
    else { return .unknown("the kernel keeps no pressure statistics") }
    let seen = "tasks waited for a CPU in \(Percent.decimal(percent)) % of the last ten seconds"
    guard percent > 5 else { return .fine(seen) }
    return .concern(seen, fix: "stop other work, or use fewer threads")
  }
}
