import Records

/// Rules about memory that was slow, elsewhere or not there.
extension EnvironmentRule {
  static let misplacedPages = EnvironmentRule(
    id: "W-numa-misplaced", severity: .veto,
    threshold:
      "Any verified page of weights on another node than its threads: each pass reads it over the link between nodes.",
    fix: "sudo sysctl kernel.numa_balancing=0, free memory on the node, and run the cell again"
  ) { change in
    guard let pages = change.misplacedPages, pages > 0 else { return nil }
    let all = change.verifiedPages.map { " of \($0)" } ?? ""
    return Sight(message: "\(pages)\(all) pages of weights lie on another node than the threads that read them")
  }

  static let majorFaults = EnvironmentRule(
    id: "W-major-faults", severity: .warn, threshold: "Any: the window waited for a disk to bring a page.",
    fix: "free memory, switch swap off (sudo swapoff -a), and run the cell again"
  ) { change in
    guard let faults = change.majorFaults, faults > 0 else { return nil }
    return Sight(message: "\(faults) page faults waited for a disk during the cell")
  }

  static let memoryStalls = EnvironmentRule(
    id: "W-pressure-memory", severity: .warn,
    threshold: "Some task waited for memory in more than 1 % of the cell's time: an idle system never does.",
    fix: "close other programs, or raise the control group's limit"
  ) { change in
    guard let fraction = change.memoryStallFraction, fraction > 0.01 else { return nil }
    return Sight(message: "tasks waited for memory in \(Percent.text(fraction)) of the cell's time")
  }

  static let ioStalls = EnvironmentRule(
    id: "W-pressure-io", severity: .note,
    threshold: "Some task waited for a disk in more than 10 % of the cell's time: others are at work.",
    fix: "wait until copies, builds and backups are done"
  ) { change in
    guard let fraction = change.ioStallFraction, fraction > 0.1 else { return nil }
    return Sight(message: "tasks waited for a disk in \(Percent.text(fraction)) of the cell's time")
  }
}
