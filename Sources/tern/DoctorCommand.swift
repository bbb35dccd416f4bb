import ArgumentParser
import Machine
import Records

/// `tern doctor`: what can be measured here, what cannot and why, and the command that allows it.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what this machine is, what can be measured on it, and how to allow more.",
    discussion: """
      ✓ as it should be   ! makes numbers less trustworthy   · a fact to know   ✗ not readable here
      `tern tune` shows what can be set, and sets it.
      """)

  @Flag(help: "The machine and the findings as JSON (schema 1).")
  var json = false

  @OptionGroup var roots: RootOptions
  @OptionGroup var options: OutputOptions

  func run() throws {
    let machine = try roots.machine()
    if let pending = TuneJournal.pending(machine) { Console.note(pending) }
    let report = machine.report(isa: BuildIdentity.isa)
    if json { return try Console.json(report) }
    let style = options.color.stdout
    var group = ""
    for finding in report.findings {
      if finding.group != group {
        if !group.isEmpty { Console.line("") }
        group = finding.group
        Console.line(style.bold(group))
      }
      print(finding, style: style)
    }
  }

  private func print(_ finding: Finding, style: Style) {
    let lines = Prose.wrapped("\(finding.title): \(finding.detail)", width: min(Console.width, 100) - 4)
    Console.line("  \(mark(finding, style: style)) \(lines[0])")
    for line in lines.dropFirst() { Console.line("    \(line)") }
    guard let fix = finding.fix else { return }
    for line in Prose.wrapped("Fix: \(fix)", width: min(Console.width, 100) - 4) {
      Console.line("    \(style.dim(line))")
    }
  }

  private func mark(_ finding: Finding, style: Style) -> String {
    switch (finding.state, finding.severity) {
    case (.ok, _): style.good("✓")
    case (.warning, .note): style.dim("·")
    case (.warning, .veto): style.bad("!")
    case (.warning, _): style.warning("!")
    case (.unavailable, _): style.bad("✗")
    }
  }
}
