extension Check {
  /// Stolen time is time in which a virtual CPU was ready and did not run: what was lost since boot promises more.
  static let steal = Check(
    id: "W-steal", group: "machine", title: "stolen time", threshold: "More than 1 % of the CPU time since boot."
  ) { machine in
    guard let time = CPUTimes.read(files: machine.files)?.total, let fraction = time.stealFraction else {
      return .unknown("/proc/stat does not say")
    }
    let seen = "\(Percent.text(fraction)) of the CPU time since boot was taken by the hypervisor"
    guard fraction > 0.01 else { return .fine(seen) }
    return .concern(seen, fix: "use a machine with dedicated cores")
  }
}
