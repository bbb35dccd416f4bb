import Records

extension Check {
  /// A container hides other users of the machine, and often the energy counters with them.
  static let container = Check(
    id: "W-container", group: "machine", title: "container", severity: .note,
    threshold: "The control groups or the files of a container's runtime show one.",
    fix: "measure outside of the container where its limits matter"
  ) { machine in
    guard let container = machine.virtualization.container else { return .fine("none, as far as it shows") }
    return .concern("this is a container (\(container)): what else runs on the machine is hidden")
  }
}
