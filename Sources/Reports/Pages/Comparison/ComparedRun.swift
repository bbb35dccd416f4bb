import Records

/// One run of a comparison: its name in figures and tables, and what its speeds are divided by.
struct ComparedRun {
  let run: RunView
  /// The machine; with the time where one machine has several runs.
  let label: String
  let style: Int

  /// Physical cores that the run could use.
  var cores: Double { Double(run.record.machine.cpu.coresPhysical) }

  /// What memory gave at most, over every number of threads that was probed, in GB/s.
  var readRoof: Double? {
    run.roofs.all.filter { $0.probe == "read" && $0.place == nil }.map(\.rate).max().map { $0 / 1e9 }
  }

  /// Names the runs: machines by their folder's name, runs of one machine by their time too.
  static func all(_ runs: [RunView]) -> [ComparedRun] {
    let machines = Dictionary(runs.map { ($0.record.machine.name, 1) }, uniquingKeysWith: +)
    var taken: Set<String> = []
    return runs.enumerated().map { index, run in
      let name = run.record.machine.name
      let minute = run.record.startedAt.prefix(16).replacing("T", with: " ")
      var label = machines[name] == 1 ? name : "\(name), \(minute)"
      // Two runs of one minute, or one record named twice.
      if !taken.insert(label).inserted {
        label += " (\(index + 1))"
        taken.insert(label)
      }
      return ComparedRun(run: run, label: label, style: index)
    }
  }
}
