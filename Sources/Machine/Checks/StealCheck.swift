import Records

extension Check {
  /// Stolen time is time in which a virtual CPU was ready and did not run: what was lost since boot promises more.
  static let steal = Check(
    id: "W-steal", group: "machine", title: "stolen time", severity: .warn,
    threshold: "More than 0.1 % (note) or 1 % (warn) of the CPU time since boot.",
    fix: "use a machine with dedicated cores"
  ) { machine in
    guard let time = CPUTimes.read(files: machine.files)?.total, let fraction = time.stealFraction else {
      return .unknown("/proc/stat does not say")
    }
    let seen = "\(Percent.text(fraction)) of the CPU time since boot was taken by the hypervisor"
    let measured = ["cpu_steal_fraction": fraction]
    guard fraction > 0.001 else { return .fine(seen, measured) }
    return .concern(seen, severity: fraction > 0.01 ? .warn : .note, measured)
  }
}
