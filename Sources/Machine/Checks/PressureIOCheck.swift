import Records

extension Check {
  /// Windows read no files, so that waiting for disks is others' work: a sign of it, not a disturbance by itself.
  static let pressureIO = Check(
    id: "W-pressure-io", group: "machine", title: "I/O pressure", severity: .note,
    threshold: "Some task waited for a disk in more than 10 % of the last ten seconds.",
    fix: "wait until copies, builds and backups are done"
  ) { machine in
    verdict(Pressure.read("io", files: machine.files), key: "pressure_io_fraction", above: 0.1) {
      "tasks waited for a disk in \($0) of the last ten seconds"
    }
  }
}
